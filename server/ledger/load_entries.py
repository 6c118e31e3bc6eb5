"""Loads item ledger entries with their values and applications, as the cost rules see them.

Corrections are folded into the values that they correct, so a value shows what it is worth now.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.costing.entries import Application, Entry, Value
from server.ledger.tables import ItemApplicationEntry, ItemLedgerEntry, ValueEntry

_entry = ItemLedgerEntry.__table__
_value = ValueEntry.__table__
_application = ItemApplicationEntry.__table__
_ENTRY = (
    "entry_no",
    "entry_type",
    "item_no",
    "variant_code",
    "location_code",
    "lot_no",
    "serial_no",
    "posting_date",
    "quantity_base",
    "remaining_quantity",
    "invoiced_quantity",
    "is_completely_invoiced",
    "last_invoice_date",
    "is_correction",
    "order_no",
    "applied_entry_to_adjust",
)
_VALUE = (
    "entry_no",
    "entry_type",
    "variance_type",
    "posting_date",
    "valuation_date",
    "valued_quantity",
    "invoiced_quantity",
    "cost_per_unit",
    "cost_amount_actual",
    "cost_amount_expected",
    "is_expected_cost",
    "is_partial_revaluation",
)
_APPLICATION = (
    "item_ledger_entry_no",
    "inbound_entry_no",
    "outbound_entry_no",
    "quantity_base",
    "posting_date",
    "transferred_from_entry_no",
    "is_cost_application",
    "is_fixed",
    "entry_no",
)


def load_entries(connection: sa.Connection, entry_nos: Collection[int]) -> dict[int, Entry]:
    """These entries with their values; numbers that no entry has are left out."""
    wanted = [(no,) for no in sorted(set(entry_nos))]
    if not wanted:
        return {}
    entries = _as_entries(select_given(connection, _entries, _entry, columns=("entry_no",), rows=wanted))
    _add_values(
        entries, select_given(connection, _values, _value, columns=("item_ledger_entry_no",), rows=wanted)
    )
    return entries


def load_item_entries(connection: sa.Connection, item_no: str) -> dict[int, Entry]:
    """All entries of an item, in the order of their numbers."""
    wanted = [(item_no,)]
    entries = _as_entries(select_given(connection, _of_item, _entry, columns=("item_no",), rows=wanted))
    _add_values(entries, select_given(connection, _item_values, _value, columns=("item_no",), rows=wanted))
    return entries


def load_applications(connection: sa.Connection, entry_nos: Collection[int]) -> list[Application]:
    """What holds between these entries and any others, of either side."""
    wanted = [(no,) for no in sorted(set(entry_nos))]
    if not wanted:
        return []
    rows: dict[int, Any] = {}
    for build, column in ((_by_inbound, "inbound_entry_no"), (_by_outbound, "outbound_entry_no")):
        for row in select_given(connection, build, _application, columns=(column,), rows=wanted):
            rows[row.entry_no] = row
    return net([rows[no] for no in sorted(rows)])


def load_item_applications(connection: sa.Connection, item_no: str) -> list[Application]:
    """What holds between all entries of an item."""
    rows = select_given(connection, _item_applications, _entry, columns=("item_no",), rows=[(item_no,)])
    return net(rows)


def net(rows: Iterable[Any]) -> list[Application]:
    """One application per owner and pair: its rows summed up; what was taken back is gone."""
    sums: dict[tuple[int, int, int, bool], Application] = {}
    for row in rows:
        # A fixed application and an automatic one of the same pair stay two: only the latter gives way.
        key = (row[0], row[1], row[2], row[7])
        known = sums.get(key)
        if known is None:
            sums[key] = Application(*row)
        else:
            known.quantity += row[3]
            if known.quantity == row[3]:
                # Taken back in between: the new one counts.
                sums[key] = Application(*row)
    return [each for each in sums.values() if each.quantity]


def _as_entries(rows: Iterable[Any]) -> dict[int, Entry]:
    return {row[0]: Entry(*row) for row in rows}


def _add_values(entries: dict[int, Entry], rows: Iterable[Any]) -> None:
    """Originals first, then each correction onto the one that it corrects."""
    originals: dict[int, Value] = {}
    for row in rows:
        owner, is_correction, corrects, charge = row[12:16]
        if is_correction and corrects in originals:
            value = originals[corrects]
            value.actual += row[8]
            value.expected += row[9]
            continue
        value = Value(*_as_tuple((*row[:12], bool(charge), row[16])))
        originals[value.entry_no] = value
        entries[owner].values.append(value)


def _as_tuple(fields: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(fields)


def _entries(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*(_entry.c[name] for name in _ENTRY))
        .join_from(given, _entry, _entry.c.entry_no == given.c.entry_no)
        .order_by(_entry.c.entry_no)
    )


def _of_item(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*(_entry.c[name] for name in _ENTRY))
        .join_from(given, _entry, _entry.c.item_no == given.c.item_no)
        .order_by(_entry.c.entry_no)
    )


def _value_columns() -> Sequence[sa.ColumnElement[Any]]:
    return [
        *(_value.c[name] for name in _VALUE),
        _value.c.item_ledger_entry_no,
        _value.c.is_adjustment,
        _value.c.applies_to_entry_no,
        _value.c.item_charge_no,
        _value.c.valued_by_average_cost,
    ]


def _values(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*_value_columns())
        .join_from(given, _value, _value.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .order_by(_value.c.entry_no)
    )


def _item_values(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*_value_columns())
        .join_from(given, _value, _value.c.item_no == given.c.item_no)
        .where(_value.c.item_ledger_entry_no != 0)
        .order_by(_value.c.entry_no)
    )


def _by_inbound(given: sa.FromClause) -> AnySelect:
    return sa.select(*(_application.c[name] for name in _APPLICATION)).join_from(
        given, _application, _application.c.inbound_entry_no == given.c.inbound_entry_no
    )


def _by_outbound(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*(_application.c[name] for name in _APPLICATION))
        .join_from(given, _application, _application.c.outbound_entry_no == given.c.outbound_entry_no)
        .where(sa.text("item_application_entry.outbound_entry_no <> 0"))
    )


def _item_applications(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*(_application.c[name] for name in _APPLICATION))
        .join_from(given, _entry, _entry.c.item_no == given.c.item_no)
        .join(_application, _application.c.item_ledger_entry_no == _entry.c.entry_no)
        .order_by(_application.c.entry_no)
    )
