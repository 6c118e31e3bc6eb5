"""`receive` and `return` as journal lines.

While there are no documents, a receipt posts a purchase entry and a return a sale entry that comes back.
"""

from server.errors import QuantityNotPositive
from server.inbox.kinds import Circumstances, measure, stated_cost
from server.ledger.lines import EntryType, ItemJournalLine
from shared.wire.lines import BinLine
from shared.wire.receiving import Receive, Return


def receive(body: Receive, circumstances: Circumstances) -> tuple[ItemJournalLine, ...]:
    """A purchase entry per line; cost is the stated one, else the item card's."""
    return tuple(_inbound(EntryType.PURCHASE, line, circumstances, at) for at, line in enumerate(body.lines))


def take_back(body: Return, circumstances: Circumstances) -> tuple[ItemJournalLine, ...]:
    """A sale entry with a positive quantity per line."""
    return tuple(_inbound(EntryType.SALE, line, circumstances, at) for at, line in enumerate(body.lines))


def _inbound(
    entry_type: EntryType, line: BinLine, circumstances: Circumstances, index: int
) -> ItemJournalLine:
    measured = measure(circumstances, line, index)
    if measured.quantity_base <= 0:
        raise QuantityNotPositive(f"{line.item_no}: {line.quantity}")
    return ItemJournalLine(
        entry_type=entry_type,
        item_no=line.item_no,
        variant_code=line.variant_code,
        location_code=circumstances.location_code,
        bin_code=line.bin_code,
        quantity_base=measured.quantity_base,
        unit_of_measure_code=line.unit_of_measure_code,
        quantity_per_unit=measured.quantity_per_unit,
        lot_no=line.lot_no,
        serial_no=line.serial_no,
        expiration_date=line.expiration_date,
        unit_cost=stated_cost(circumstances, line),
    )
