"""Loads what lines name by entry number, and what hangs on it: receipts to invoice, issues to take back.

Plain receipts and issues name nothing, and then nothing here asks the database.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.ledger.lines import (
    AssemblyLine,
    EntryType,
    InvoiceLine,
    ItemChargeLine,
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


def named_entries(lines: Iterable[JournalLine]) -> set[int]:
    """Every entry number that a line names."""
    named: set[int] = set()
    for line in lines:
        if isinstance(line, ItemJournalLine):
            named |= {line.applies_to_entry_no, line.applies_from_entry_no}
        elif isinstance(line, InvoiceLine | ItemChargeLine | UndoLine):
            named.add(line.entry_no)
        elif isinstance(line, RevaluationLine):
            named.add(line.applies_to_entry_no)
        elif isinstance(line, AssemblyLine):
            named |= named_entries((line.output, *line.components))
    return named - {0}


def is_particular(lines: Iterable[JournalLine]) -> bool:
    """Whether a line is more than a plain receipt or issue: such a journal is posted by itself, because what
    one changes of an entry another could not see in the same working set.
    """
    return any(
        not isinstance(line, ItemJournalLine) or line.applies_to_entry_no or line.applies_from_entry_no
        for line in lines
    )


def movements_of(lines: Iterable[JournalLine]) -> Iterator[ItemJournalLine]:
    """What the lines move, as far as they say so themselves."""
    for line in lines:
        if isinstance(line, ItemJournalLine):
            yield line
        elif isinstance(line, TransferLine):
            yield leg_of(line, is_out=True)
            yield leg_of(line, is_out=False)
        elif isinstance(line, AssemblyLine):
            yield line.output
            yield from line.components


def leg_of(line: TransferLine, *, is_out: bool) -> ItemJournalLine:
    """One side of a transfer."""
    return ItemJournalLine(
        entry_type=EntryType.TRANSFER,
        item_no=line.item_no,
        variant_code=line.variant_code,
        location_code=line.location_code if is_out else line.new_location_code,
        bin_code=line.bin_code if is_out else line.new_bin_code,
        quantity_base=-line.quantity_base if is_out else line.quantity_base,
        unit_of_measure_code=line.unit_of_measure_code,
        quantity_per_unit=line.quantity_per_unit,
        lot_no=line.lot_no,
        serial_no=line.serial_no,
        expiration_date=None if is_out else line.expiration_date,
        order_no=(line.from_order_no or line.order_no) if is_out else line.order_no,
    )


def orders_in_transit(lines: Iterable[JournalLine]) -> set[str]:
    """Transfers whose goods are to be taken out of transit."""
    return {line.from_order_no for line in lines if isinstance(line, TransferLine) and line.from_order_no}


def items_revalued(lines: Iterable[JournalLine]) -> set[str]:
    """Items that lines revalue as a whole."""
    return {line.item_no for line in lines if isinstance(line, RevaluationLine) and line.item_no}


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


def movement_of(place: Place) -> ItemJournalLine:
    """What taking a named entry back moves."""
    return ItemJournalLine(
        entry_type=EntryType(place.entry_type),
        item_no=place.item_no,
        variant_code=place.variant_code,
        location_code=place.location_code,
        bin_code=place.bin_code,
        quantity_base=-place.quantity_base,
        unit_of_measure_code=place.unit_of_measure_code,
        quantity_per_unit=place.quantity_per_unit,
        lot_no=place.lot_no,
        serial_no=place.serial_no,
    )


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
    applications.update({each.entry_no: each for each in around})
    ends = {no for each in around for no in (each.inbound_entry_no, each.outbound_entry_no) if no}
    entries.update(load_entries(connection, centre | ends))
    working_set.entries = entries
    working_set.applications = list(applications.values())


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
