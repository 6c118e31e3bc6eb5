"""Loads what lines name by entry number, and what hangs on it: receipts to invoice, issues to take back.

Plain receipts and issues name nothing, and then nothing here asks the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.costing.entries import Application
from server.ledger.lines import (
    EntryType,
    ItemJournalLine,
    JournalLine,
    RevaluationLine,
    RevaluationMode,
    TransferLine,
    UndoLine,
)
from server.ledger.load_entries import (
    load_applications,
    load_entries,
    load_item_applications,
    load_item_entries,
)
from server.ledger.numbers import Room
from server.ledger.tables import ItemLedgerEntry, WarehouseEntry
from server.ledger.working_set import Place, WorkingSet
from server.masterdata.facts import Facts
from server.masterdata.load import load_facts


def room_for(facts: Facts, movements: Iterable[ItemJournalLine]) -> Room:
    """Numbers that plain receipts, issues and movements need; what hangs on named entries takes more."""
    entries = values = warehouse = 0
    for each in movements:
        if each.entry_type == EntryType.MOVEMENT:
            warehouse += 2
            continue
        entries += 1
        warehouse += 1
        item = facts.items[each.item_no]
        has_more = item.costing_method == "Standard" or item.indirect_cost_percent or item.overhead_rate
        # Direct cost, overhead and variance.
        values += 3 if has_more and each.entry_type == EntryType.PURCHASE else 1
    return Room(entries, values, warehouse)


def load_places(connection: sa.Connection, entry_nos: Sequence[int]) -> dict[int, Place]:
    """Where the named entries lie; numbers that no entry has are left out."""
    if not entry_nos:
        return {}
    wanted = [(no,) for no in entry_nos]
    rows = select_given(connection, _places, ItemLedgerEntry.__table__, columns=("entry_no",), rows=wanted)
    return {row[0]: Place(*tuple[Any, ...]((*row[:-1], row[-1] or ""))) for row in rows}


def complete_facts(
    connection: sa.Connection,
    facts: Facts,
    movements: Iterable[ItemJournalLine],
    item_nos: Collection[str] = (),
) -> Facts:
    """The facts with those of everything that the lines touch beyond what was known before."""
    movements = list(movements)
    items = {each.item_no for each in movements} | set(item_nos)
    locations = {each.location_code for each in movements}
    bins = {(each.location_code, each.bin_code) for each in movements if each.bin_code}
    bins |= {(each.location_code, each.new_bin_code) for each in movements if each.new_bin_code}
    if items <= facts.items.keys() and locations <= facts.locations.keys() and bins <= facts.bins.keys():
        return facts
    more = load_facts(
        connection,
        item_nos=items - facts.items.keys(),
        location_codes=locations - facts.locations.keys(),
        bins=bins - facts.bins.keys(),
        reason_codes=(),
    )
    return replace(
        facts,
        items={**facts.items, **more.items},
        locations={**facts.locations, **more.locations},
        bins={**facts.bins, **more.bins},
    )


def load_around(
    connection: sa.Connection, working_set: WorkingSet, lines: Sequence[JournalLine], named: Collection[int]
) -> None:
    """The named entries and everything that is applied to them, and the layers that transfers take."""
    whole = {
        line.item_no
        for line in lines
        if isinstance(line, RevaluationLine) and line.mode == RevaluationMode.ITEM
    }
    entries, applications = {}, {}
    for item_no in sorted(whole):
        entries.update(load_item_entries(connection, item_no))
        applications.update({each.entry_no: each for each in load_item_applications(connection, item_no)})
    centre = set(named) | {layer.entry_no for layers in working_set.layers.values() for layer in layers}
    around = load_applications(connection, centre)
    around += _sources_of_copies(connection, working_set, lines)
    applications.update({each.entry_no: each for each in around})
    ends = {no for each in around for no in (each.inbound_entry_no, each.outbound_entry_no) if no}
    entries.update(load_entries(connection, centre | ends))
    known = {each.entry_no for each in working_set.applications}
    working_set.entries |= entries
    working_set.applications += [each for no, each in applications.items() if no not in known]


def load_followers(connection: sa.Connection, working_set: WorkingSet) -> None:
    """What copies the cost of open issues, and what was taken from that: when a receipt covers the issue
    and moves its valuation date, theirs move along.
    """
    waiting = {issue.entry_no for issues in working_set.open_issues.values() for issue in issues}
    found: dict[int, Application] = {}
    seen: set[int] = set()
    while waiting:
        seen |= waiting
        step = load_applications(connection, waiting)
        found.update({each.entry_no: each for each in step})
        ahead = {each.inbound_entry_no for each in step if not each.takes and each.outbound_entry_no in seen}
        ahead |= {each.outbound_entry_no for each in step if each.takes and each.inbound_entry_no in seen}
        waiting = ahead - seen
    if any(not each.takes and each.outbound_entry_no for each in found.values()):
        working_set.entries |= load_entries(connection, seen)
        working_set.applications += list(found.values())


def _sources_of_copies(
    connection: sa.Connection, working_set: WorkingSet, lines: Iterable[JournalLine]
) -> list[Application]:
    """Where the cost of what a receipt copies comes from, and on to the end: no issue in that chain may be
    covered by the receipt. Transfers copy what they take, so they start from the layers.
    """
    copied = {line.applies_from_entry_no for line in lines if isinstance(line, ItemJournalLine)} - {0}
    copied |= {line.entry_no for line in lines if isinstance(line, UndoLine)}
    found = load_applications(connection, copied)
    seen: set[int] = set()
    waiting = {each.inbound_entry_no for each in found if each.outbound_entry_no in copied and each.takes}
    if any(isinstance(line, TransferLine) or line_names_receipt(line) for line in lines):
        waiting |= {layer.entry_no for layers in working_set.layers.values() for layer in layers}
    while waiting:
        seen |= waiting
        step = load_applications(connection, waiting)
        found += step
        issues = {each.outbound_entry_no for each in step if not each.takes and each.outbound_entry_no}
        more = load_applications(connection, issues)
        found += more
        waiting = {each.inbound_entry_no for each in more if each.outbound_entry_no in issues and each.takes}
        waiting -= seen
    return found


def line_names_receipt(line: JournalLine) -> bool:
    """Whether an issue names the receipt that it takes from, so that others may have to give way."""
    return isinstance(line, ItemJournalLine) and bool(line.applies_to_entry_no)


def _places(given: sa.FromClause) -> AnySelect:
    entry, warehouse = ItemLedgerEntry.__table__, WarehouseEntry.__table__
    # The bin of a posting: the warehouse entry of the same register that moved the same.
    bin_code = (
        sa.select(sa.func.max(warehouse.c.bin_code))
        .where(
            warehouse.c.item_no == entry.c.item_no,
            warehouse.c.register_no == entry.c.register_no,
            warehouse.c.quantity_base == entry.c.quantity_base,
            warehouse.c.lot_no == entry.c.lot_no,
            warehouse.c.serial_no == entry.c.serial_no,
        )
        .scalar_subquery()
    )
    return sa.select(
        entry.c.entry_no,
        entry.c.item_no,
        entry.c.variant_code,
        entry.c.location_code,
        entry.c.lot_no,
        entry.c.serial_no,
        entry.c.entry_type,
        entry.c.quantity_base,
        entry.c.unit_of_measure_code,
        entry.c.quantity_per_unit,
        bin_code,
    ).join_from(given, entry, entry.c.entry_no == given.c.entry_no)
