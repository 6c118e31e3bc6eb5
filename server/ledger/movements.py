"""What journal lines move and name, whatever their type. Pure.

A transfer moves on two sides, an assembly its components and its output; an undone entry moves back.
"""

from collections.abc import Iterable, Iterator

from server.ledger.lines import (
    AssemblyLine,
    EntryType,
    InvoiceLine,
    ItemChargeLine,
    ItemJournalLine,
    JournalLine,
    RevaluationLine,
    TransferLine,
    UndoLine,
)
from server.ledger.working_set import Place


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


def orders_in_transit(lines: Iterable[JournalLine]) -> set[str]:
    """Transfers whose goods are to be taken out of transit."""
    return {line.from_order_no for line in lines if isinstance(line, TransferLine) and line.from_order_no}


def items_revalued(lines: Iterable[JournalLine]) -> set[str]:
    """Items that lines revalue as a whole."""
    return {line.item_no for line in lines if isinstance(line, RevaluationLine) and line.item_no}
