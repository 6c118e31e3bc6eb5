"""Inventory value by posting date: what it was, what came in and went out, what it is on a day.

Value is the sum of value entries by their own posting date, quantity the sum of item ledger entries by
theirs; so a quantity of 0 with a value other than 0 is possible between dates and no error. An increase is
whatever belongs to an entry that came in, later changes of its cost included; a decrease, negative, belongs
to one that went out. Only the keys of one page are summed up, however long the ledgers are.
Source: costing rules 14; features 13.22.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import given_rows
from server.database import amount_type, db
from server.ledger.tables import ItemBalance, ItemLedgerEntry, ValueEntry
from server.masterdata.tables import Item
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page

_NOTHING = Decimal(0)
_VALUE, _ENTRY, _BALANCE = ValueEntry.__table__, ItemLedgerEntry.__table__, ItemBalance.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuationFilter:
    """Of what and for which days, both inclusive; without a first day everything is a movement.

    `with_expected`: values are actual and expected cost together, else actual cost alone. `text` is a part of
    the item's number or description.
    """

    item_no: str = ""
    location_code: str = ""
    text: str = ""
    posting_date_from: date | None = None
    posting_date_to: date | None = None
    with_expected: bool = False


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Quantities in base units and values, at both ends of the days and between them.

    `expected_value` and `cost_posted_to_gl` are those of the last day; what is posted to the general ledger
    counts expected cost where the value does.
    """

    opening_quantity: Decimal = _NOTHING
    opening_value: Decimal = _NOTHING
    increase_quantity: Decimal = _NOTHING
    increase_value: Decimal = _NOTHING
    decrease_quantity: Decimal = _NOTHING
    decrease_value: Decimal = _NOTHING
    closing_quantity: Decimal = _NOTHING
    closing_value: Decimal = _NOTHING
    expected_value: Decimal = _NOTHING
    cost_posted_to_gl: Decimal = _NOTHING


@dataclass(frozen=True, kw_only=True)
class ItemKey:
    """What a row by item is of."""

    item_no: str
    description: str
    base_unit_of_measure_code: str


@dataclass(frozen=True, kw_only=True)
class LocationKey:
    """What a row by item and location is of."""

    item_no: str
    location_code: str
    description: str
    base_unit_of_measure_code: str


@dataclass(frozen=True, kw_only=True)
class ItemValuation(Movement, ItemKey):
    """An item at all locations that the filter lets through."""


@dataclass(frozen=True, kw_only=True)
class LocationValuation(Movement, LocationKey):
    """An item at one location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """What stock was worth at the end of a day."""

    day: date
    value: Decimal
    expected_value: Decimal
    cost_posted_to_gl: Decimal


ITEM_ORDERS = Orders.of(_BALANCE, {"item_no": ("item_no",)})
LOCATION_ORDERS = Orders.of(_BALANCE, {"item_no": ("item_no", "location_code")})


def valuation_by_item(wanted: ValuationFilter, asked: PageAsked) -> Page[ItemValuation]:
    """One row per item that was ever posted, in the order of numbers."""
    statement = _keys(wanted, ("item_no",))
    page = read_page(statement, ITEM_ORDERS, asked, lambda row: ItemValuation(**_own(row)))
    found = _movements(wanted, ("item_no",), [(row.item_no,) for row in page.rows])
    return replace(page, rows=tuple(replace(row, **found.get((row.item_no,), {})) for row in page.rows))


def valuation_by_location(wanted: ValuationFilter, asked: PageAsked) -> Page[LocationValuation]:
    """One row per item and location where it was ever posted."""
    columns = ("item_no", "location_code")
    page = read_page(
        _keys(wanted, columns), LOCATION_ORDERS, asked, lambda row: LocationValuation(**_own(row))
    )
    keys = [(row.item_no, row.location_code) for row in page.rows]
    found = _movements(wanted, columns, keys)
    rows = zip(page.rows, keys, strict=True)
    return replace(page, rows=tuple(replace(row, **found.get(key, {})) for row, key in rows))


def total_valuation(wanted: ValuationFilter) -> Movement:
    """The sums of all rows of the filter."""
    return Movement(**_movements(wanted, (), None).get((), {}))


def value_over_time(wanted: ValuationFilter, days: Sequence[date]) -> tuple[DayValue, ...]:
    """What stock was worth at the end of each of these days, which ascend; one look through the ledger."""
    table = _VALUE
    statement = (
        sa.select(
            table.c.posting_date,
            sa.func.sum(table.c.cost_amount_actual).label("actual"),
            sa.func.sum(table.c.cost_amount_expected).label("expected"),
            sa.func.sum(_posted(wanted)).label("posted"),
        )
        .where(*_of_inventory(wanted), *([table.c.posting_date <= days[-1]] if days else []))
        .group_by(table.c.posting_date)
        .order_by(table.c.posting_date)
    )
    sums = list(db.session.execute(_with_text(statement, table, wanted)))
    found, at = [], 0
    actual = expected = posted = _NOTHING
    for day in days:
        while at < len(sums) and sums[at].posting_date <= day:
            row = sums[at]
            actual, expected, posted = actual + row.actual, expected + row.expected, posted + row.posted
            at += 1
        value = actual + expected if wanted.with_expected else actual
        found.append(DayValue(day=day, value=value, expected_value=expected, cost_posted_to_gl=posted))
    return tuple(found)


def _keys(wanted: ValuationFilter, columns: tuple[str, ...]) -> Statement:
    """What the rows are of. Every posting has left a balance, if only of 0."""
    keys = [_BALANCE.c[name] for name in columns]
    about = (Item.description, Item.base_unit_of_measure_code)
    statement: Statement = (
        sa.select(*keys, *about).join(Item, Item.no == _BALANCE.c.item_no).group_by(*keys, *about)
    )
    if wanted.item_no:
        statement = statement.where(_BALANCE.c.item_no == wanted.item_no)
    if wanted.location_code:
        statement = statement.where(_BALANCE.c.location_code == wanted.location_code)
    return statement.where(_has_text(wanted)) if wanted.text else statement


def _own(row: sa.RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("key_")}


def _movements(
    wanted: ValuationFilter, columns: tuple[str, ...], keys: Sequence[tuple[str, ...]] | None
) -> dict[tuple[str, ...], dict[str, Any]]:
    """The movements of these keys, or of everything where `keys` is None, by key."""
    if keys is not None and not keys:
        return {}
    found: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for read in (_quantities, _value_sums, _value_directions):
        statement = read(wanted, columns)
        table = _ENTRY if read is _quantities else _VALUE
        if keys is not None:
            given = given_rows(db.session.connection(), table, columns, keys)
            same = [table.c[name] == given.c[name] for name in columns]
            statement = statement.join(given, sa.and_(*same))
        for row in db.session.execute(_with_text(statement, table, wanted)).mappings():
            sums = found.setdefault(tuple(row[name] for name in columns), {})
            sums |= {name: value or _NOTHING for name, value in row.items() if name in _SUMS}
    return {key: _completed(sums) for key, sums in found.items()}


_SUMS = frozenset(field.name for field in fields(Movement))


def _completed(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    """With what is known from the rest: the days' sums are what was there and what came and went."""
    both = {name: sums.get(name, _NOTHING) for name in _SUMS}
    both["closing_quantity"] = (
        both["opening_quantity"] + both["increase_quantity"] + both["decrease_quantity"]
    )
    # The movements' own sum: reading in two statements must not make a row that does not add up.
    both["closing_value"] = both["opening_value"] + both["increase_value"] + both["decrease_value"]
    return both


def _quantities(wanted: ValuationFilter, columns: tuple[str, ...]) -> Statement:
    table = _ENTRY
    is_inbound = table.c.quantity_base > 0
    is_before = _is_before(table, wanted)
    quantity = table.c.quantity_base
    return _grouped(
        sa.select(
            *(table.c[name] for name in columns),
            _sum_where(is_before, quantity).label("opening_quantity"),
            _sum_where(sa.and_(~is_before, is_inbound), quantity).label("increase_quantity"),
            _sum_where(sa.and_(~is_before, ~is_inbound), quantity).label("decrease_quantity"),
        ).where(*_until(table, wanted), *_at_location(table, wanted)),
        table,
        columns,
    )


def _value_sums(wanted: ValuationFilter, columns: tuple[str, ...]) -> Statement:
    """What needs value entries only, up to the last day."""
    table = _VALUE
    return _grouped(
        sa.select(
            *(table.c[name] for name in columns),
            _sum_where(_is_before(table, wanted), _worth(wanted)).label("opening_value"),
            sa.func.sum(table.c.cost_amount_expected).label("expected_value"),
            sa.func.sum(_posted(wanted)).label("cost_posted_to_gl"),
        ).where(*_until(table, wanted), *_of_inventory(wanted)),
        table,
        columns,
    )


def _value_directions(wanted: ValuationFilter, columns: tuple[str, ...]) -> Statement:
    """What the days themselves brought, by which way the entries went that it belongs to."""
    table = _VALUE
    is_inbound = _ENTRY.c.quantity_base > 0
    days = [table.c.posting_date >= wanted.posting_date_from] if wanted.posting_date_from else []
    return _grouped(
        sa.select(
            *(table.c[name] for name in columns),
            _sum_where(is_inbound, _worth(wanted)).label("increase_value"),
            _sum_where(~is_inbound, _worth(wanted)).label("decrease_value"),
        )
        .join_from(table, _ENTRY, _ENTRY.c.entry_no == table.c.item_ledger_entry_no)
        .where(*days, *_until(table, wanted), *_of_inventory(wanted)),
        table,
        columns,
    )


def _grouped(statement: Statement, table: sa.FromClause, columns: tuple[str, ...]) -> Statement:
    return statement.group_by(*(table.c[name] for name in columns)) if columns else statement


def _sum_where(condition: sa.ColumnElement[bool], column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.sum(sa.case((condition, column), else_=sa.literal_column("0")), type_=column.type)


def _worth(wanted: ValuationFilter) -> sa.ColumnElement[Any]:
    actual, expected = _VALUE.c.cost_amount_actual, _VALUE.c.cost_amount_expected
    return sa.type_coerce(actual + expected, amount_type()) if wanted.with_expected else actual


def _posted(wanted: ValuationFilter) -> sa.ColumnElement[Any]:
    actual, expected = _VALUE.c.cost_posted_to_gl, _VALUE.c.expected_cost_posted_to_gl
    return sa.type_coerce(actual + expected, amount_type()) if wanted.with_expected else actual


def _is_before(table: sa.FromClause, wanted: ValuationFilter) -> sa.ColumnElement[bool]:
    if wanted.posting_date_from is None:
        return sa.false()
    return table.c.posting_date < wanted.posting_date_from


def _until(table: sa.FromClause, wanted: ValuationFilter) -> list[sa.ColumnElement[bool]]:
    return [table.c.posting_date <= wanted.posting_date_to] if wanted.posting_date_to else []


def _of_inventory(wanted: ValuationFilter) -> list[sa.ColumnElement[bool]]:
    """A resource's cost lies in no stock: its value entries have no item ledger entry."""
    return [_VALUE.c.item_ledger_entry_no != 0, *_at_location(_VALUE, wanted)]


def _at_location(table: sa.FromClause, wanted: ValuationFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [table.c.location_code == wanted.location_code] if wanted.location_code else []
    return conditions + ([table.c.item_no == wanted.item_no] if wanted.item_no else [])


def _with_text(statement: Statement, table: sa.FromClause, wanted: ValuationFilter) -> Statement:
    if not wanted.text:
        return statement
    return statement.join(Item, Item.no == table.c.item_no).where(_has_text(wanted))


def _has_text(wanted: ValuationFilter) -> sa.ColumnElement[bool]:
    return sa.or_(
        Item.no.icontains(wanted.text, autoescape=True),
        Item.description.icontains(wanted.text, autoescape=True),
    )
