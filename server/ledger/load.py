"""Loads the working set of a batch: locks first, in one global order, then what is there.

The order is: number cards (lots, serials), item sums, item totals, bin balances, each sorted by key. Taking
the union of all keys of a batch before anything is read rules deadlocks out; SQLite has one writer and locks
nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast

import sqlalchemy as sa

from server.bulk import AnySelect, Build, select_given, upsert_rows
from server.costing.methods import COSTING_METHODS, CostingMethod
from server.ledger.lines import (
    BinKey,
    EntryType,
    ItemJournalLine,
    JournalLine,
    LayerKey,
    NumberKey,
    UndoLine,
    bin_key,
    item_key,
    layer_key,
    number_keys,
)
from server.ledger.load_layers import load_layers, load_open_issues, load_order_layers
from server.ledger.load_named import (
    complete_facts,
    load_around,
    load_followers,
    load_places,
    room_for,
)
from server.ledger.movements import (
    is_particular,
    items_revalued,
    movement_of,
    movements_of,
    named_entries,
    orders_in_transit,
)
from server.ledger.numbers import add_numbers, take_numbers
from server.ledger.tables import BinBalance, ItemBalance, ItemCost
from server.ledger.working_set import ZERO, ItemSums, Place, WorkingSet
from server.masterdata.facts import Facts, ItemFacts
from server.tracking.tables import TrackingNumber

Key = TypeVar("Key", bound=tuple[str, ...])
ITEM_KEY = ("item_no", "variant_code", "location_code")
BIN_KEY = ("location_code", "bin_code", "item_no", "variant_code", "lot_no", "serial_no")
SERIAL_KEY = ("item_no", "variant_code", "serial_no")
NUMBER_KEY = ("item_no", "variant_code", "lot_no", "serial_no")


def load_working_set(
    connection: sa.Connection, facts: Facts, lines: Sequence[JournalLine], postings: int
) -> WorkingSet:
    """Lock and load everything that these lines may touch, for at most `postings` journals."""
    named = sorted(named_entries(lines))
    places = load_places(connection, named)
    movements = [*movements_of(lines), *_undone(lines, places)]
    items_named = {place.item_no for place in places.values()} | items_revalued(lines)
    facts = complete_facts(connection, facts, movements, items_named)
    known = [
        each for each in movements if each.item_no in facts.items and each.location_code in facts.locations
    ]
    in_ledger = [each for each in known if each.entry_type != EntryType.MOVEMENT]
    numbers = sorted({key for each in known for key in number_keys(each)})
    expiry_dates = _lock_numbers(connection, numbers)
    items = {each.item_no for each in in_ledger} | (items_named & facts.items.keys())
    sums = _lock_sums(connection, sorted(items))
    totals = sorted({item_key(each) for each in in_ledger})
    bins = sorted({key for each in known for key in _bin_keys(facts, each)})
    item_balances = _lock_balances(connection, _item_balances, ItemBalance.__table__, totals)
    bin_balances = _lock_balances(connection, _bin_balances, BinBalance.__table__, bins)
    working_set = WorkingSet(
        facts=facts,
        numbers=take_numbers(connection, postings, room_for(facts, known)),
        item_balances=item_balances,
        bin_balances=bin_balances,
        expiry_dates=expiry_dates,
        serials=_load_serials(connection, numbers),
        sums=sums,
        places=places,
    )
    _load_open_entries(connection, working_set, lines, in_ledger)
    if is_particular(lines):
        load_around(connection, working_set, lines, named)
        add_numbers(connection, working_set)
    return working_set


def _undone(lines: Iterable[JournalLine], places: Mapping[int, Place]) -> list[ItemJournalLine]:
    """What undoing entries moves back."""
    numbers = [line.entry_no for line in lines if isinstance(line, UndoLine)]
    return [movement_of(places[no]) for no in numbers if no in places]


def _load_open_entries(
    connection: sa.Connection,
    working_set: WorkingSet,
    lines: Sequence[JournalLine],
    movements: Sequence[ItemJournalLine],
) -> None:
    """The open receipts that issues may take and the open issues that receipts may cover."""
    items = working_set.facts.items
    newest = frozenset(no for no, item in items.items() if method_of(item).takes_newest)
    needed: dict[LayerKey, Decimal] = defaultdict(lambda: ZERO)
    for each in movements:
        if each.quantity_base < 0:
            needed[layer_key(each)] -= each.quantity_base
            # An issue that takes a named receipt from others leaves them to find as much elsewhere.
            named = working_set.places.get(each.applies_to_entry_no)
            needed[layer_key(each)] += 2 * named.quantity_base if named else ZERO
    layers = load_layers(connection, needed, newest) if needed else {}
    for key, found in load_order_layers(connection, orders_in_transit(lines)).items():
        known = {layer.entry_no for layer in found}
        layers[key] = found + [layer for layer in layers.get(key, ()) if layer.entry_no not in known]
    working_set.layers = layers
    working_set.open_issues = load_open_issues(
        connection,
        (
            layer_key(each)
            for each in movements
            if each.quantity_base > 0
            and not working_set.facts.locations[each.location_code].bin_mandatory
            and method_of(items[each.item_no]).covers_open_issues
        ),
        newest,
    )
    if working_set.open_issues:
        load_followers(connection, working_set)


def method_of(item: ItemFacts) -> CostingMethod:
    """How the item is costed."""
    return COSTING_METHODS[item.costing_method]


def _bin_keys(facts: Facts, line: ItemJournalLine) -> Iterator[BinKey]:
    if line.entry_type == EntryType.MOVEMENT:
        yield bin_key(line, line.bin_code)
        yield bin_key(line, line.new_bin_code)
    elif facts.locations[line.location_code].bin_mandatory:
        yield bin_key(line, line.bin_code)
    else:
        yield bin_key(line, "")


def _lock_sums(connection: sa.Connection, item_nos: Sequence[str]) -> dict[str, ItemSums]:
    """What each item sums to; its row keeps a cost adjustment of the item out until this is committed."""
    if not item_nos:
        return {}
    table, wanted = ItemCost.__table__, [(no,) for no in item_nos]
    if connection.dialect.name == "postgresql":
        upsert_rows(connection, table, keys=("item_no",), rows=wanted)
    rows = select_given(connection, _sums, table, columns=("item_no",), rows=wanted)
    return {row[0]: ItemSums(*row[1:]) for row in rows}


def _sums(given: sa.FromClause) -> AnySelect:
    table = ItemCost.__table__
    return (
        sa.select(
            table.c.item_no,
            table.c.quantity_base,
            table.c.invoiced_quantity,
            table.c.cost_amount_actual,
            table.c.cost_amount_expected,
            table.c.is_adjusted,
            table.c.is_online,
            table.c.unadjusted_from,
        )
        .join_from(given, table, table.c.item_no == given.c.item_no)
        .order_by(table.c.item_no)
        .with_for_update(key_share=True, of=table)
    )


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
