"""Loads the facts that a batch of postings needs, with one query for each kind of fact."""

from collections.abc import Iterable

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.masterdata.facts import (
    BinFacts,
    Facts,
    ItemFacts,
    LocationFacts,
    ReasonFacts,
    SetupFacts,
    UnitFacts,
)
from server.masterdata.tables import (
    Bin,
    InventorySetup,
    Item,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    ReasonCode,
)


def load_setup(connection: sa.Connection) -> SetupFacts:
    """The company's set-up; a database without one was never prepared (RuntimeError)."""
    row = connection.execute(
        sa.select(
            InventorySetup.amount_rounding_precision,
            InventorySetup.prevent_negative_inventory,
            InventorySetup.server_epoch,
        )
    ).one_or_none()
    if row is None:
        raise RuntimeError("the company has no set-up: expected one inventory_setup row, found none")
    return SetupFacts(*row)


def load_facts(
    connection: sa.Connection,
    *,
    item_nos: Iterable[str],
    location_codes: Iterable[str],
    bins: Iterable[tuple[str, str]],
    reason_codes: Iterable[str],
) -> Facts:
    """Load what the given keys mean; unknown keys are left out."""
    setup = load_setup(connection)
    return Facts(
        setup=setup,
        items=_load_items(connection, sorted(set(item_nos)), setup),
        locations=_load_locations(connection, sorted(set(location_codes))),
        bins=_load_bins(connection, sorted(set(bins))),
        reasons=_load_reasons(connection, sorted(set(reason_codes))),
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
            unit_cost=row.unit_cost,
            prevents_negative=prevents[row.prevent_negative_inventory],
            units=units.get(row.no, {}),
            variants=variants.get(row.no, {}),
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
        sa.select(table.c.code, table.c.time_zone, table.c.bin_mandatory, table.c.adjustment_bin_code).where(
            table.c.code.in_(codes)
        )
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
