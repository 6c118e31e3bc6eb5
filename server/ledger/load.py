"""Loads the working set of a batch: locks first, in one global order, then what is there.

The order is: number cards (lots, serials), item totals, bin balances, each sorted by key. Taking the union
of all keys of a batch before anything is read rules deadlocks out; SQLite has one writer and locks nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.bulk import AnySelect, Build, select_given, upsert_rows
from server.costing.layers import Layer
from server.ledger.lines import (
    BinKey,
    EntryType,
    ItemJournalLine,
    LayerKey,
    NumberKey,
    bin_key,
    item_key,
    layer_key,
    number_keys,
)
from server.ledger.tables import (
    BinBalance,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.ledger.working_set import ZERO, Numbers, OpenIssue, WorkingSet
from server.masterdata.facts import Facts
from server.tracking.tables import TrackingNumber

Key = TypeVar("Key", bound=tuple[str, ...])
ITEM_KEY = ("item_no", "variant_code", "location_code")
LAYER_KEY = (*ITEM_KEY, "lot_no", "serial_no")
BIN_KEY = ("location_code", "bin_code", "item_no", "variant_code", "lot_no", "serial_no")
SERIAL_KEY = ("item_no", "variant_code", "serial_no")
NUMBER_KEY = ("item_no", "variant_code", "lot_no", "serial_no")


def load_working_set(
    connection: sa.Connection, facts: Facts, lines: Sequence[ItemJournalLine], postings: int
) -> WorkingSet:
    """Lock and load everything that these lines may touch, for at most `postings` journals."""
    known = [line for line in lines if line.item_no in facts.items and line.location_code in facts.locations]
    ledger_lines = [line for line in known if line.entry_type != EntryType.MOVEMENT]
    numbers = sorted({key for line in known for key in number_keys(line)})
    item_keys = sorted({item_key(line) for line in ledger_lines})
    bin_keys = sorted({key for line in known for key in _bin_keys(facts, line)})
    expiry_dates = _lock_numbers(connection, numbers)
    item_balances = _lock_balances(connection, _item_balances, ItemBalance.__table__, item_keys)
    bin_balances = _lock_balances(connection, _bin_balances, BinBalance.__table__, bin_keys)
    return WorkingSet(
        facts=facts,
        numbers=_take_numbers(connection, postings, ledger_lines, known),
        item_balances=item_balances,
        bin_balances=bin_balances,
        layers=_load_layers(connection, ledger_lines),
        open_issues=_load_open_issues(connection, facts, ledger_lines),
        expiry_dates=expiry_dates,
        serials=_load_serials(connection, numbers),
    )


def _bin_keys(facts: Facts, line: ItemJournalLine) -> Iterator[BinKey]:
    if line.entry_type == EntryType.MOVEMENT:
        yield bin_key(line, line.bin_code)
        yield bin_key(line, line.new_bin_code)
    elif facts.locations[line.location_code].bin_mandatory:
        yield bin_key(line, line.bin_code)
    else:
        yield bin_key(line, "")


def _lock_balances(
    connection: sa.Connection, build: Build, table: sa.Table, keys: Sequence[Key]
) -> dict[Key, Decimal]:
    if not keys:
        return {}
    key = ITEM_KEY if table is ItemBalance.__table__ else BIN_KEY
    if connection.dialect.name == "postgresql":
        # A row that is not there cannot be locked: make it, in the same order as everybody else.
        upsert_rows(connection, table, keys=key, rows=keys)
    rows = select_given(connection, build, table, columns=key, rows=keys)
    return {cast(Key, tuple(row[:-1])): row[-1] for row in rows}


def _locked(given: sa.FromClause, table: sa.Table, key: tuple[str, ...], column: str) -> AnySelect:
    """The rows of the given keys, locked in the order of their keys; SQLite ignores the lock."""
    same = sa.and_(*(table.c[name] == given.c[name] for name in key))
    return (
        sa.select(*(table.c[name] for name in key), table.c[column])
        .join_from(given, table, same)
        .order_by(*(table.c[name] for name in key))
        .with_for_update(key_share=True, of=table)
    )


def _item_balances(given: sa.FromClause) -> AnySelect:
    return _locked(given, ItemBalance.__table__, ITEM_KEY, "quantity_base")


def _bin_balances(given: sa.FromClause) -> AnySelect:
    return _locked(given, BinBalance.__table__, BIN_KEY, "quantity_base")


def _tracking_numbers(given: sa.FromClause) -> AnySelect:
    return _locked(given, TrackingNumber.__table__, NUMBER_KEY, "expiration_date")


def _lock_numbers(connection: sa.Connection, numbers: list[NumberKey]) -> dict[NumberKey, date | None]:
    if not numbers:
        return {}
    table = TrackingNumber.__table__
    upsert_rows(connection, table, keys=NUMBER_KEY, rows=numbers)
    rows = select_given(connection, _tracking_numbers, table, columns=NUMBER_KEY, rows=numbers)
    return {cast(NumberKey, tuple(row[:-1])): row[-1] for row in rows}


def _load_layers(connection: sa.Connection, lines: Iterable[ItemJournalLine]) -> dict[LayerKey, list[Layer]]:
    """The open receipts that the issues among the lines may take: oldest first, no more than they need."""
    needed: dict[LayerKey, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.quantity_base < 0:
            needed[layer_key(line)] -= line.quantity_base
    if not needed:
        return {}
    rows = _open_receipts(connection, needed)
    costs = _load_costs(connection, [row.entry_no for row in rows])
    layers: dict[LayerKey, list[Layer]] = defaultdict(list)
    for row in rows:
        cost_amount, valuation_date = costs[row.entry_no]
        layers[cast(LayerKey, tuple(row[4:9]))].append(
            Layer(
                row.entry_no,
                row.posting_date,
                row.quantity_base,
                row.remaining_quantity,
                cost_amount,
                valuation_date,
            )
        )
    return dict(layers)


def _open_receipts(connection: sa.Connection, needed: Mapping[LayerKey, Decimal]) -> Sequence[sa.Row[Any]]:
    """Open receipts of each key, oldest first, as far as those ahead do not cover what is needed."""
    columns = (*LAYER_KEY, "quantity_base")
    rows = [(*key, quantity) for key, quantity in sorted(needed.items())]
    return select_given(connection, _receipts, ItemLedgerEntry.__table__, columns=columns, rows=rows).all()


def _receipts(given: sa.FromClause) -> AnySelect:
    entry = ItemLedgerEntry.__table__
    running = sa.func.sum(entry.c.remaining_quantity).over(
        partition_by=[entry.c[name] for name in LAYER_KEY],
        order_by=[entry.c.posting_date, entry.c.entry_no],
    )
    same = sa.and_(
        *(entry.c[name] == given.c[name] for name in LAYER_KEY), entry.c.is_open, entry.c.quantity_base > 0
    )
    ahead = (
        sa.select(
            entry.c.entry_no,
            entry.c.posting_date,
            entry.c.quantity_base,
            entry.c.remaining_quantity,
            *(entry.c[name] for name in LAYER_KEY),
            (running - entry.c.remaining_quantity).label("ahead"),
            given.c.quantity_base.label("needed"),
        )
        .join_from(given, entry, same)
        .subquery("ahead")
    )
    return (
        sa.select(ahead)
        .where(ahead.c.ahead < ahead.c.needed)
        .order_by(*(ahead.c[name] for name in LAYER_KEY), ahead.c.posting_date, ahead.c.entry_no)
    )


def _load_costs(connection: sa.Connection, entry_nos: list[int]) -> dict[int, tuple[Decimal, date]]:
    """Cost and valuation date of receipts: the sum and the latest of their value entries."""
    if not entry_nos:
        return {}
    wanted = [(no,) for no in entry_nos]
    rows = select_given(
        connection, _costs, ValueEntry.__table__, columns=("item_ledger_entry_no",), rows=wanted
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _costs(given: sa.FromClause) -> AnySelect:
    value = ValueEntry.__table__
    return (
        sa.select(
            value.c.item_ledger_entry_no,
            sa.func.sum(value.c.cost_amount_actual + value.c.cost_amount_expected),
            sa.func.max(value.c.valuation_date),
        )
        .join_from(given, value, value.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .group_by(value.c.item_ledger_entry_no)
    )


def _load_open_issues(
    connection: sa.Connection, facts: Facts, lines: Iterable[ItemJournalLine]
) -> dict[LayerKey, list[OpenIssue]]:
    """Issues without stock that a receipt may cover; where bins are mandatory there are none."""
    keys = sorted(
        {
            layer_key(line)
            for line in lines
            if line.quantity_base > 0 and not facts.locations[line.location_code].bin_mandatory
        }
    )
    if not keys:
        return {}
    issues: dict[LayerKey, list[OpenIssue]] = defaultdict(list)
    for row in select_given(connection, _issues, ItemLedgerEntry.__table__, columns=LAYER_KEY, rows=keys):
        issues[tuple(row[4:9])].append(OpenIssue(*row[:4]))
    return dict(issues)


def _issues(given: sa.FromClause) -> AnySelect:
    entry = ItemLedgerEntry.__table__
    same = sa.and_(
        *(entry.c[name] == given.c[name] for name in LAYER_KEY), entry.c.is_open, entry.c.quantity_base < 0
    )
    return (
        sa.select(
            entry.c.entry_no,
            entry.c.posting_date,
            entry.c.quantity_base,
            entry.c.remaining_quantity,
            *(entry.c[name] for name in LAYER_KEY),
        )
        .join_from(given, entry, same)
        .order_by(entry.c.posting_date, entry.c.entry_no)
    )


def _load_serials(
    connection: sa.Connection, numbers: Iterable[NumberKey]
) -> dict[tuple[str, str, str], Decimal]:
    """Pieces in stock of each serial, at any location; the serials' cards are locked already."""
    keys = [(item_no, variant, serial) for item_no, variant, _, serial in numbers if serial]
    if not keys:
        return {}
    rows = select_given(connection, _serials, BinBalance.__table__, columns=SERIAL_KEY, rows=keys)
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _serials(given: sa.FromClause) -> AnySelect:
    balance = BinBalance.__table__
    return (
        sa.select(*(balance.c[name] for name in SERIAL_KEY), sa.func.sum(balance.c.quantity_base))
        .join_from(given, balance, sa.and_(*(balance.c[name] == given.c[name] for name in SERIAL_KEY)))
        .group_by(*(balance.c[name] for name in SERIAL_KEY))
    )


# ------------------------------------------------------------------ numbers


def _take_numbers(
    connection: sa.Connection,
    postings: int,
    ledger_lines: Sequence[ItemJournalLine],
    lines: Sequence[ItemJournalLine],
) -> Numbers:
    """Enough numbers for every line; on SQLite, with its one writer, simply the next ones."""
    wanted = {
        ItemRegister.__table__: ("no", postings),
        ItemLedgerEntry.__table__: ("entry_no", len(ledger_lines)),
        ValueEntry.__table__: ("entry_no", len(ledger_lines)),
        WarehouseEntry.__table__: (
            "entry_no",
            sum(2 if line.entry_type == EntryType.MOVEMENT else 1 for line in lines),
        ),
    }
    if connection.dialect.name == "postgresql":
        return _next_from_sequences(connection, wanted)
    highest = connection.execute(
        sa.select(
            *(sa.select(sa.func.max(table.c[key])).scalar_subquery() for table, (key, _) in wanted.items())
        )
    ).one()
    return Numbers(*(count((value or 0) + 1) for value in highest))


def _next_from_sequences(connection: sa.Connection, wanted: dict[sa.Table, tuple[str, int]]) -> Numbers:
    parts = [
        f"SELECT {place}, nextval('{table}_{key}_seq') FROM generate_series(1, %s)"
        for place, (table, (key, _)) in enumerate(wanted.items())
    ]
    rows = connection.exec_driver_sql(" UNION ALL ".join(parts), tuple(many for _, many in wanted.values()))
    numbers: list[list[int]] = [[] for _ in wanted]
    for place, number in rows:
        numbers[place].append(number)
    return Numbers(*(iter(sorted(each)) for each in numbers))
