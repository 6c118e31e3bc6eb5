"""`put_away` and `move` as journal lines: movements, which write warehouse entries only."""

from server.errors import QuantityNotPositive
from server.inbox.kinds import Circumstances, measure
from server.ledger.lines import EntryType, ItemJournalLine
from shared.wire.warehousing import Move, PutAway


def move(body: Move | PutAway, circumstances: Circumstances) -> tuple[ItemJournalLine, ...]:
    """A movement per line."""
    lines = []
    for index, line in enumerate(body.lines):
        measured = measure(circumstances, line, index)
        if measured.quantity_base <= 0:
            raise QuantityNotPositive(f"{line.item_no}: {line.quantity}")
        lines.append(
            ItemJournalLine(
                entry_type=EntryType.MOVEMENT,
                item_no=line.item_no,
                variant_code=line.variant_code,
                location_code=circumstances.location_code,
                bin_code=line.from_bin_code,
                new_bin_code=line.to_bin_code,
                quantity_base=measured.quantity_base,
                unit_of_measure_code=line.unit_of_measure_code,
                quantity_per_unit=measured.quantity_per_unit,
                lot_no=line.lot_no,
                serial_no=line.serial_no,
            )
        )
    return tuple(lines)
