"""Writes what a cost adjustment found: corrections and roundings as new value entries under one register."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from server.bulk import AnySelect, insert_rows, select_given, update_rows
from server.costing.adjustment import Adjustment
from server.costing.entries import ZERO, Entry
from server.costing.unit_cost import Stock, unit_cost_of
from server.ledger.dates import adjustment_date, check_posting_date
from server.ledger.draft import register_document_no
from server.ledger.load_entries import load_entries
from server.ledger.numbers import Room, take_numbers
from server.ledger.rows import RegisterRow, ValueRow
from server.ledger.tables import ItemCost, ItemLedgerEntry, ItemRegister, ValueEntry
from server.ledger.write_costs import write_valuation_dates
from server.masterdata.facts import Facts, ItemFacts
from server.masterdata.tables import Item
from shared import ids

SOURCE_CODE = "cost_adjustment"


class _Addition(NamedTuple):
    """What is added to which value entry; a rounding stands beside it instead of correcting it."""

    value_entry_no: int
    actual: Decimal
    expected: Decimal
    is_rounding: bool


def write_adjustment(
    connection: sa.Connection,
    facts: Facts,
    entries: Mapping[int, Entry],
    adjustment: Adjustment,
    *,
    item_no: str,
    user_id: str,
    now: datetime,
) -> list[int]:
    """Store an adjustment; gives back the numbers of the new value entries. Raises PostingDateNotAllowed."""
    _write_changes(connection, adjustment)
    additions = _additions(entries, adjustment)
    if not additions:
        return []
    numbers = take_numbers(connection, 1, Room(0, len(additions), 0))
    register_no = next(numbers.registers)
    originals = _load_originals(connection, {each.value_entry_no for each in additions})
    rows = [
        _row(
            facts,
            originals[each.value_entry_no],
            each,
            number=next(numbers.value_entries),
            register_no=register_no,
            user_id=user_id,
        )
        for each in additions
    ]
    for day in {row.posting_date for row in rows}:
        check_posting_date(facts.setup, facts.posting_dates.get(user_id), day)
    insert_rows(
        connection,
        ItemRegister.__table__,
        RegisterRow._fields,
        [_register(rows, register_no, item_no, user_id=user_id, now=now)],
    )
    insert_rows(connection, ValueEntry.__table__, (*ValueRow._fields,), rows)
    _add_to_sums(connection, item_no, rows)
    return [row.entry_no for row in rows]


def _write_changes(connection: sa.Connection, adjustment: Adjustment) -> None:
    """New valuation dates, and transfers that are completely invoiced now."""
    write_valuation_dates(connection, adjustment.redated.items())
    update_rows(
        connection,
        ItemLedgerEntry.__table__,
        keys=("entry_no",),
        values=("is_completely_invoiced",),
        rows=[(no, True) for no in sorted(adjustment.completed)],
    )


def _additions(entries: Mapping[int, Entry], adjustment: Adjustment) -> list[_Addition]:
    corrections = [
        _Addition(no, sums[0], sums[1], False) for no, sums in sorted(adjustment.corrections.items())
    ]
    return corrections + [
        _Addition(_last_document(entries[no]), amount, ZERO, True)
        for no, amount in sorted(adjustment.roundings.items())
    ]


def _last_document(entry: Entry) -> int:
    return [value for value in entry.values if value.is_document][-1].entry_no


def _row(
    facts: Facts,
    original: ValueRow,
    addition: _Addition,
    *,
    number: int,
    register_no: int,
    user_id: str,
) -> ValueRow:
    row = original._replace(
        entry_no=number,
        posting_date=adjustment_date(facts.setup, original.posting_date),
        valued_quantity=ZERO,
        item_ledger_entry_quantity=ZERO,
        invoiced_quantity=ZERO,
        cost_per_unit=ZERO,
        cost_amount_actual=addition.actual,
        cost_amount_expected=addition.expected,
        cost_amount_non_inventoriable=ZERO,
        is_adjustment=True,
        applies_to_entry_no=original.entry_no,
        source_code=SOURCE_CODE,
        register_no=register_no,
        user_id=user_id,
        cost_posted_to_gl=ZERO,
        expected_cost_posted_to_gl=ZERO,
    )
    if not addition.is_rounding:
        return row
    return row._replace(
        entry_type="rounding",
        variance_type="",
        is_expected_cost=False,
        is_adjustment=False,
        applies_to_entry_no=0,
    )


def _register(
    rows: list[ValueRow], register_no: int, item_no: str, *, user_id: str, now: datetime
) -> RegisterRow:
    content = f"{SOURCE_CODE} {item_no} {rows[0].entry_no}".encode()
    return RegisterRow(
        register_no,
        ids.id_of_content(int(now.timestamp() * 1000), content),
        SOURCE_CODE,
        register_document_no(register_no),
        user_id,
        "",
        now,
        0,
        0,
        rows[0].entry_no,
        rows[-1].entry_no,
        0,
        0,
    )


def _load_originals(connection: sa.Connection, entry_nos: Iterable[int]) -> dict[int, ValueRow]:
    wanted = [(no,) for no in sorted(entry_nos)]
    rows = select_given(connection, _originals, ValueEntry.__table__, columns=("entry_no",), rows=wanted)
    return {row[0]: ValueRow(*row) for row in rows}


def _originals(given: sa.FromClause) -> AnySelect:
    value = ValueEntry.__table__
    return sa.select(*(value.c[name] for name in ValueRow._fields)).join_from(
        given, value, value.c.entry_no == given.c.entry_no
    )


def _add_to_sums(connection: sa.Connection, item_no: str, rows: list[ValueRow]) -> None:
    table = ItemCost.__table__
    actual = sum((row.cost_amount_actual for row in rows), ZERO)
    expected = sum((row.cost_amount_expected for row in rows), ZERO)
    connection.execute(
        sa.update(table)
        .where(table.c.item_no == item_no)
        .values(
            cost_amount_actual=table.c.cost_amount_actual + actual,
            cost_amount_expected=table.c.cost_amount_expected + expected,
        )
    )


def card_after(connection: sa.Connection, item: ItemFacts, precision: Decimal) -> None:
    """Renew the unit cost on the item card from what the adjusted item sums to."""
    if item.costing_method == "Standard":
        return
    table, entry = ItemCost.__table__, ItemLedgerEntry.__table__
    quantity, cost = connection.execute(
        sa.select(table.c.quantity_base, table.c.cost_amount_actual + table.c.cost_amount_expected).where(
            table.c.item_no == item.no
        )
    ).one()
    of_item = sa.select(entry.c.entry_no).where(entry.c.item_no == item.no)
    uncovered = of_item.where(sa.text("is_open AND quantity_base < 0"))
    open_issues = load_entries(connection, connection.execute(uncovered).scalars().all())
    # Whose unrounded cost is asked for only where a cent is left, or where nothing is.
    open_receipts: dict[int, Entry] = {}
    if quantity <= 0 or cost == precision:
        receipts = of_item.where(sa.text("is_open AND quantity_base > 0"))
        open_receipts = load_entries(connection, connection.execute(receipts).scalars().all())
    last = None
    if not quantity and not open_issues and not open_receipts:
        last = _last_issue(connection, item.no)
    stock = Stock(quantity, cost, list(open_issues.values()), list(open_receipts.values()))
    unit_cost = unit_cost_of(stock, last, precision)
    if unit_cost is not None and unit_cost != item.unit_cost:
        connection.execute(sa.update(Item).where(Item.no == item.no).values(unit_cost=unit_cost))


def _last_issue(connection: sa.Connection, item_no: str) -> Entry | None:
    """The issue that tells the unit cost where nothing is left: no correction before one, at average cost
    before another, then the last by valuation date.
    """
    entry, value = ItemLedgerEntry.__table__, ValueEntry.__table__
    row = connection.execute(
        sa.select(entry.c.entry_no)
        .join_from(entry, value, value.c.item_ledger_entry_no == entry.c.entry_no)
        .where(entry.c.item_no == item_no, entry.c.quantity_base < 0)
        .order_by(
            entry.c.is_correction,
            value.c.valued_by_average_cost.desc(),
            value.c.valuation_date.desc(),
            entry.c.entry_no.desc(),
        )
        .limit(1)
    ).first()
    return None if row is None else load_entries(connection, [row[0]])[row[0]]
