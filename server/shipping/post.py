"""`pick` as journal lines. While there are no documents, a pick posts a sale entry."""

from server.errors import QuantityNotPositive
from server.inbox.kinds import Circumstances, measure
from server.ledger.lines import EntryType, ItemJournalLine
from shared.wire.shipping import Pick


def pick(body: Pick, circumstances: Circumstances) -> tuple[ItemJournalLine, ...]:
    """A sale entry with a negative quantity per line."""
    lines = []
    for index, line in enumerate(body.lines):
        measured = measure(circumstances, line, index)
        if measured.quantity_base <= 0:
            raise QuantityNotPositive(f"{line.item_no}: {line.quantity}")
        lines.append(
            ItemJournalLine(
                entry_type=EntryType.SALE,
                item_no=line.item_no,
                variant_code=line.variant_code,
                location_code=circumstances.location_code,
                bin_code=line.bin_code,
                quantity_base=-measured.quantity_base,
                unit_of_measure_code=line.unit_of_measure_code,
                quantity_per_unit=measured.quantity_per_unit,
                lot_no=line.lot_no,
                serial_no=line.serial_no,
            )
        )
    return tuple(lines)
