"""Plans what a line does to bins and balances, before anything is said about its cost. Pure."""

from decimal import Decimal

from server.errors import InsufficientAtBin
from server.ledger.draft import Draft
from server.ledger.lines import ItemJournalLine, bin_key, item_key
from server.ledger.working_set import ZERO, WorkingSet


def plan_place(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    """Change the item's total and its bin, or at a location without bins the one balance that it has."""
    working_set.change_item(item_key(line), line.quantity_base)
    if line.serial_no:
        working_set.change_serial((line.item_no, line.variant_code, line.serial_no), line.quantity_base)
    if working_set.facts.locations[line.location_code].bin_mandatory:
        plan_bin(draft, line, line.bin_code, line.quantity_base)
    else:
        working_set.change_bin(bin_key(line, ""), line.quantity_base)


def plan_bin(draft: Draft, line: ItemJournalLine, bin_code: str, quantity_base: Decimal) -> None:
    """Change one bin; only the adjustment bin may go below 0 (InsufficientAtBin)."""
    working_set, facts = draft.working_set, draft.working_set.facts
    key = bin_key(line, bin_code)
    on_hand = working_set.bin_balances.get(key, ZERO)
    is_adjustment_bin = bin_code == facts.locations[line.location_code].adjustment_bin_code
    if on_hand + quantity_base < 0 and not is_adjustment_bin:
        raise InsufficientAtBin(line.item_no, bin_code, asked=-quantity_base, on_hand=on_hand)
    working_set.change_bin(key, quantity_base)
    draft.add_warehouse(line, bin_code, quantity_base)
