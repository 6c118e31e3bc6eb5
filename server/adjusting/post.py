"""`adjust` as journal lines: positive or negative adjustments by the sign of each line."""

from server.inbox.kinds import Circumstances, measure, stated_cost
from server.ledger.lines import EntryType, ItemJournalLine
from server.masterdata.reason_rules import check_reason
from shared.wire.adjusting import Adjust


def adjust(body: Adjust, circumstances: Circumstances) -> tuple[ItemJournalLine, ...]:
    """A positive or negative adjustment per line, with its reason."""
    lines = []
    for index, line in enumerate(body.lines):
        measured = measure(circumstances, line, index)
        reason = circumstances.facts.reasons.get(body.reason_code)
        check_reason(reason, body.reason_code, measured.quantity_base, circumstances.approved)
        is_up = measured.quantity_base > 0
        lines.append(
            ItemJournalLine(
                entry_type=EntryType.POSITIVE_ADJMT if is_up else EntryType.NEGATIVE_ADJMT,
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
                reason_code=body.reason_code,
            )
        )
    return tuple(lines)
