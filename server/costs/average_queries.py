"""Reads what a period of an average item was made of, summed up per entry, for `average` to explain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.costing.periods import period_of
from server.costs.average import Amount, Balance, Explained, Part, explain
from server.database import amount_type, db
from server.ledger.tables import (
    AverageCostPoint,
    ItemApplicationEntry,
    ItemCost,
    ItemLedgerEntry,
    ValueEntry,
)
from server.masterdata.faults import CardMissing
from server.masterdata.load import load_setup
from server.masterdata.tables import Item

_VALUE, _ENTRY = ValueEntry.__table__, ItemLedgerEntry.__table__
_NOTHING = Decimal(0)
BY_PLACE = "item_location_variant"
_PARTS = {
    "indirect_cost": Part.OVERHEAD,
    "revaluation": Part.REVALUATION,
    "rounding": Part.ROUNDING,
    "variance": Part.VARIANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageAsked:
    """Of which item, on which day; variant and location count only where the average is formed by place."""

    item_no: str = ""
    variant_code: str = ""
    location_code: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageOverview:
    """The period that the day lies in, and the nearest days before and after it that were valued."""

    item_no: str
    description: str
    base_unit_of_measure_code: str
    costing_method: str
    average_cost_period: str
    average_cost_calc_type: str
    variant_code: str
    location_code: str
    first_day: date
    last_day: date
    day_before: date | None
    day_after: date | None
    is_adjusted: bool
    explained: Explained


def read_average(asked: AverageAsked, today: date) -> AverageOverview:
    """The overview; CardMissing when there is no such item."""
    connection = db.session.connection()
    item = connection.execute(
        sa.select(Item.description, Item.base_unit_of_measure_code, Item.costing_method).where(
            Item.no == asked.item_no
        )
    ).one_or_none()
    if item is None:
        raise CardMissing("item", asked.item_no)
    setup = load_setup(connection)
    kind = setup.average_cost_period
    first, last = period_of(asked.day or today, kind, setup.accounting_periods, setup.fiscal_years)
    if setup.average_cost_calc_type != BY_PLACE:
        asked = replace(asked, variant_code="", location_code="")
    scope = _scope(asked, by_place=setup.average_cost_calc_type == BY_PLACE)
    return AverageOverview(
        item_no=asked.item_no,
        description=item.description,
        base_unit_of_measure_code=item.base_unit_of_measure_code,
        costing_method=item.costing_method,
        average_cost_period=kind,
        average_cost_calc_type=setup.average_cost_calc_type,
        variant_code=asked.variant_code,
        location_code=asked.location_code,
        first_day=first,
        last_day=last,
        day_before=_nearest(sa.func.max, scope, _VALUE.c.valuation_date < first),
        day_after=_nearest(sa.func.min, scope, _VALUE.c.valuation_date > last),
        is_adjusted=_is_adjusted(asked, last),
        explained=explain(_opening(scope, first), _amounts(scope, first, last)),
    )


def _scope(asked: AverageAsked, *, by_place: bool) -> list[sa.ColumnElement[bool]]:
    """Which value entries share an average; a resource's cost, of no entry, has none."""
    conditions = [_VALUE.c.item_no == asked.item_no, _VALUE.c.item_ledger_entry_no != 0]
    if by_place:
        conditions += [
            _VALUE.c.variant_code == asked.variant_code,
            _VALUE.c.location_code == asked.location_code,
        ]
    return conditions


def _nearest(pick: Any, scope: Sequence[sa.ColumnElement[bool]], side: sa.ColumnElement[bool]) -> date | None:
    found: date | None = db.session.scalar(sa.select(pick(_VALUE.c.valuation_date)).where(*scope, side))
    return found


def _worth() -> sa.ColumnElement[Any]:
    both = _VALUE.c.cost_amount_actual + _VALUE.c.cost_amount_expected
    return sa.func.sum(sa.type_coerce(both, amount_type()))


def _opening(scope: Sequence[sa.ColumnElement[bool]], first: date) -> Balance:
    row = db.session.execute(
        sa.select(
            sa.func.sum(_VALUE.c.item_ledger_entry_quantity).label("quantity"), _worth().label("cost")
        ).where(*scope, _VALUE.c.valuation_date < first)
    ).one()
    return Balance(quantity_base=row.quantity or _NOTHING, cost_amount=row.cost or _NOTHING)


def _amounts(scope: Sequence[sa.ColumnElement[bool]], first: date, last: date) -> list[Amount]:
    """What was valued in the period, one amount per entry and part, in the order of entries."""
    in_period = (*scope, _VALUE.c.valuation_date.between(first, last))
    rows = db.session.execute(_sums(in_period)).mappings().all()
    averaged = {row["item_ledger_entry_no"] for row in rows if row["is_averaged"]}
    averaged = {row["item_ledger_entry_no"] for row in rows if row["quantity_base"] < 0} & averaged
    copies = _copies(in_period, averaged)
    found: dict[tuple[int, Part, str], Amount] = {}
    for row in rows:
        part = _part(row, averaged, copies)
        is_own = part in (Part.CHARGE, Part.REVALUATION)
        document_no = row["value_document_no"] if is_own else row["document_no"]
        key = (row["item_ledger_entry_no"], part, document_no)
        amount = _amount(row, part, document_no)
        known = found.get(key)
        found[key] = amount if known is None else _together(known, amount)
    return list(found.values())


def _sums(in_period: Sequence[sa.ColumnElement[bool]]) -> sa.Select[*tuple[Any, ...]]:
    about = (
        _VALUE.c.item_ledger_entry_no,
        _ENTRY.c.entry_type,
        _ENTRY.c.document_no,
        _ENTRY.c.location_code,
        _ENTRY.c.variant_code,
        _ENTRY.c.posting_date,
        _ENTRY.c.quantity_base,
    )
    kinds = (
        _VALUE.c.entry_type.label("value_type"),
        _VALUE.c.item_charge_no,
        _VALUE.c.document_no.label("value_document_no"),
    )
    return (
        sa.select(
            *about,
            *kinds,
            sa.func.max(sa.case((_VALUE.c.valued_by_average_cost, 1), else_=0)).label("is_averaged"),
            sa.func.max(_VALUE.c.valuation_date).label("valuation_date"),
            sa.func.sum(_VALUE.c.item_ledger_entry_quantity).label("quantity"),
            sa.func.sum(_VALUE.c.cost_amount_expected).label("expected"),
            _worth().label("cost"),
            sa.func.min(_VALUE.c.entry_no).label("first_value"),
        )
        .join_from(_VALUE, _ENTRY, _ENTRY.c.entry_no == _VALUE.c.item_ledger_entry_no)
        .where(*in_period)
        .group_by(*about, *kinds)
        .order_by(_VALUE.c.item_ledger_entry_no, sa.literal_column("first_value"))
    )


def _copies(in_period: Sequence[sa.ColumnElement[bool]], averaged: set[int]) -> set[int]:
    """The entries that came in and copy the cost of one of these issues: returns and inbound legs."""
    if not averaged:
        return set()
    table = ItemApplicationEntry.__table__
    inside = sa.select(_VALUE.c.item_ledger_entry_no).where(*in_period)
    rows = db.session.execute(
        sa.select(table.c.item_ledger_entry_no, table.c.outbound_entry_no).where(
            table.c.item_ledger_entry_no.in_(inside),
            table.c.item_ledger_entry_no == table.c.inbound_entry_no,
            table.c.outbound_entry_no != 0,
            table.c.quantity_base > 0,
            table.c.is_cost_application,
        )
    )
    return {row.item_ledger_entry_no for row in rows if row.outbound_entry_no in averaged}


def _part(row: sa.RowMapping, averaged: set[int], copies: set[int]) -> Part:
    entry_no = row["item_ledger_entry_no"]
    if entry_no in averaged:
        return Part.ISSUE
    if entry_no in copies:
        return Part.COPY
    if row["quantity_base"] < 0:
        return Part.FIXED_ISSUE
    if row["item_charge_no"]:
        return Part.CHARGE
    return _PARTS.get(row["value_type"], Part.RECEIPT)


def _amount(row: sa.RowMapping, part: Part, document_no: str) -> Amount:
    return Amount(
        part=part,
        item_ledger_entry_no=row["item_ledger_entry_no"],
        entry_type=row["entry_type"],
        document_no=document_no,
        location_code=row["location_code"],
        variant_code=row["variant_code"],
        posting_date=row["posting_date"],
        valuation_date=row["valuation_date"],
        quantity_base=row["quantity"],
        cost_amount=row["cost"],
        expected_cost_amount=row["expected"],
    )


def _together(known: Amount, more: Amount) -> Amount:
    return replace(
        known,
        valuation_date=max(known.valuation_date, more.valuation_date),
        quantity_base=known.quantity_base + more.quantity_base,
        cost_amount=known.cost_amount + more.cost_amount,
        expected_cost_amount=known.expected_cost_amount + more.expected_cost_amount,
    )


def _is_adjusted(asked: AverageAsked, last: date) -> bool:
    """Whether every issue up to the period's end has its final average."""
    points, costs = AverageCostPoint.__table__, ItemCost.__table__
    waiting = sa.select(sa.literal(1)).where(
        points.c.item_no == asked.item_no,
        points.c.variant_code == asked.variant_code,
        points.c.location_code == asked.location_code,
        points.c.valuation_date <= last,
        ~points.c.is_adjusted,
    )
    item_waits = sa.select(sa.literal(1)).where(costs.c.item_no == asked.item_no, ~costs.c.is_adjusted)
    marks = sa.select(sa.literal(1)).where(points.c.item_no == asked.item_no)
    is_waiting = db.session.execute(waiting.limit(1)).first() is not None
    has_marks = db.session.execute(marks.limit(1)).first() is not None
    # Without marks of periods only the item says whether anything is to be adjusted.
    return not is_waiting and (has_marks or db.session.execute(item_waits.limit(1)).first() is None)
