"""Loads the facts that a batch of postings needs, with one query for each kind of fact."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.masterdata.facts import (
    BinFacts,
    Facts,
    ItemFacts,
    LocationFacts,
    PostingDates,
    ReasonFacts,
    SetupFacts,
    StandardShares,
    UnitFacts,
)
from server.masterdata.setup_lock import hold_setup
from server.masterdata.tables import (
    AccountingPeriod,
    Bin,
    InventoryPeriod,
    InventorySetup,
    Item,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    PostingDateRange,
    ReasonCode,
)


def load_setup(connection: sa.Connection) -> SetupFacts:
    """The company's set-up; a database without one was never prepared (RuntimeError)."""
    row = connection.execute(_setup()).one_or_none()
    if row is None:
        raise RuntimeError("the company has no set-up: expected one inventory_setup row, found none")
    periods, years = _load_accounting_periods(connection)
    return replace(SetupFacts(*row), accounting_periods=periods, fiscal_years=years)


def business_day(connection: sa.Connection, now: datetime) -> date:
    """The company's work date, or today where it has set none."""
    work_date: date | None = connection.scalar(sa.select(InventorySetup.work_date))
    return work_date or now.date()


@cache
def _setup() -> AnySelect:
    table, period = InventorySetup.__table__, InventoryPeriod.__table__
    closed_through = sa.select(sa.func.max(period.c.ending_date)).where(period.c.is_closed).scalar_subquery()
    return sa.select(
        table.c.amount_rounding_precision,
        table.c.prevent_negative_inventory,
        table.c.server_epoch,
        table.c.automatic_cost_adjustment,
        table.c.average_cost_period,
        table.c.average_cost_calc_type,
        table.c.cost_at_posting,
        table.c.negative_inventory,
        table.c.automatic_cost_posting,
        table.c.expected_cost_posting,
        table.c.allow_posting_from,
        table.c.allow_posting_to,
        table.c.earliest_valuation_date,
        table.c.work_date,
        closed_through,
    )


def _load_accounting_periods(connection: sa.Connection) -> tuple[tuple[date, ...], tuple[date, ...]]:
    rows = connection.execute(
        sa.select(AccountingPeriod.starting_date, AccountingPeriod.is_new_fiscal_year).order_by(
            AccountingPeriod.starting_date
        )
    ).all()
    return tuple(row[0] for row in rows), tuple(row[0] for row in rows if row[1])


def load_facts(
    connection: sa.Connection,
    *,
    item_nos: Iterable[str],
    location_codes: Iterable[str],
    bins: Iterable[tuple[str, str]],
    reason_codes: Iterable[str],
    person_ids: Iterable[str] = (),
) -> Facts:
    """Load what the given keys mean; unknown keys are left out.

    Whoever loads facts to post by them holds the set-up still until the commit, so that no period is closed
    meanwhile.
    """
    hold_setup(connection)
    setup = load_setup(connection)
    return Facts(
        setup=setup,
        items=_load_items(connection, sorted(set(item_nos)), setup),
        locations=_load_locations(connection, sorted(set(location_codes))),
        bins=_load_bins(connection, sorted(set(bins))),
        reasons=_load_reasons(connection, sorted(set(reason_codes))),
        posting_dates=_load_posting_dates(connection, sorted(set(person_ids) - {""})),
    )


def _items(given: sa.FromClause) -> AnySelect:
    table = Item.__table__
    return sa.select(
        table.c.no,
        table.c.type,
        table.c.base_unit_of_measure_code,
        table.c.is_blocked,
        table.c.costing_method,
        table.c.unit_cost,
        table.c.prevent_negative_inventory,
        table.c.tracking,
        table.c.standard_cost,
        table.c.standard_material_cost,
        table.c.standard_capacity_cost,
        table.c.standard_capacity_overhead,
        table.c.standard_manufacturing_overhead,
        table.c.last_direct_cost,
        table.c.indirect_cost_percent,
        table.c.overhead_rate,
        table.c.inventory_posting_group,
        table.c.general_product_posting_group,
    ).join_from(given, table, table.c.no == given.c.no)


def _load_items(connection: sa.Connection, item_nos: list[str], setup: SetupFacts) -> dict[str, ItemFacts]:
    if not item_nos:
        return {}
    table = Item.__table__
    rows = select_given(connection, _items, table, columns=("no",), rows=[(no,) for no in item_nos]).all()
    units, variants = _load_units(connection, item_nos), _load_variants(connection, item_nos)
    prevents = {"yes": True, "no": False, "default": setup.prevent_negative_inventory}
    return {
        row.no: ItemFacts(
            no=row.no,
            item_type=row.type,
            base_unit_of_measure_code=row.base_unit_of_measure_code,
            is_blocked=row.is_blocked,
            costing_method=row.costing_method,
            # A standard item's unit cost is its standard cost, whatever else the card says.
            unit_cost=row.standard_cost if row.costing_method == "Standard" else row.unit_cost,
            prevents_negative=prevents[row.prevent_negative_inventory],
            units=units.get(row.no, {}),
            variants=variants.get(row.no, {}),
            tracking=row.tracking,
            standard_cost=row.standard_cost,
            standard_shares=StandardShares(*row[8:12]),
            last_direct_cost=row.last_direct_cost,
            indirect_cost_percent=row.indirect_cost_percent,
            overhead_rate=row.overhead_rate,
            inventory_posting_group=row.inventory_posting_group,
            general_product_posting_group=row.general_product_posting_group,
        )
        for row in rows
    }


def _units(given: sa.FromClause) -> AnySelect:
    table = ItemUnitOfMeasure.__table__
    return sa.select(
        table.c.item_no, table.c.code, table.c.quantity_per_unit, table.c.quantity_rounding_precision
    ).join_from(given, table, table.c.item_no == given.c.item_no)


def _load_units(connection: sa.Connection, item_nos: list[str]) -> dict[str, dict[str, UnitFacts]]:
    table = ItemUnitOfMeasure.__table__
    units: dict[str, dict[str, UnitFacts]] = {}
    for item_no, code, per_unit, precision in select_given(
        connection, _units, table, columns=("item_no",), rows=[(no,) for no in item_nos]
    ):
        units.setdefault(item_no, {})[code] = UnitFacts(per_unit, precision)
    return units


def _variants(given: sa.FromClause) -> AnySelect:
    table = ItemVariant.__table__
    return sa.select(table.c.item_no, table.c.code, table.c.is_blocked).join_from(
        given, table, table.c.item_no == given.c.item_no
    )


def _load_variants(connection: sa.Connection, item_nos: list[str]) -> dict[str, dict[str, bool]]:
    table = ItemVariant.__table__
    variants: dict[str, dict[str, bool]] = {}
    for item_no, code, is_blocked in select_given(
        connection, _variants, table, columns=("item_no",), rows=[(no,) for no in item_nos]
    ):
        variants.setdefault(item_no, {})[code] = is_blocked
    return variants


def _load_locations(connection: sa.Connection, codes: list[str]) -> dict[str, LocationFacts]:
    table = Location.__table__
    rows = connection.execute(
        sa.select(
            table.c.code,
            table.c.time_zone,
            table.c.bin_mandatory,
            table.c.adjustment_bin_code,
            table.c.use_as_in_transit,
        ).where(table.c.code.in_(codes))
    )
    return {row.code: LocationFacts(*row) for row in rows}


def _bins(given: sa.FromClause) -> AnySelect:
    table = Bin.__table__
    same = sa.and_(table.c.location_code == given.c.location_code, table.c.code == given.c.code)
    return sa.select(
        table.c.location_code, table.c.code, table.c.zone_code, table.c.block_movement
    ).join_from(given, table, same)


def _load_bins(connection: sa.Connection, bins: list[tuple[str, str]]) -> dict[tuple[str, str], BinFacts]:
    if not bins:
        return {}
    table = Bin.__table__
    rows = select_given(connection, _bins, table, columns=("location_code", "code"), rows=bins)
    return {(location, code): BinFacts(zone, block) for location, code, zone, block in rows}


def _load_reasons(connection: sa.Connection, codes: list[str]) -> dict[str, ReasonFacts]:
    if not codes:
        return {}
    table = ReasonCode.__table__
    rows = connection.execute(
        sa.select(table.c.code, table.c.direction, table.c.limit_quantity).where(table.c.code.in_(codes))
    )
    return {code: ReasonFacts(direction, limit) for code, direction, limit in rows}


def _load_posting_dates(connection: sa.Connection, person_ids: list[str]) -> dict[str, PostingDates]:
    if not person_ids:
        return {}
    table = PostingDateRange.__table__
    rows = connection.execute(
        sa.select(table.c.person_id, table.c.allow_posting_from, table.c.allow_posting_to).where(
            table.c.person_id.in_(person_ids)
        )
    )
    return {person_id: PostingDates(allow_from, allow_to) for person_id, allow_from, allow_to in rows}
