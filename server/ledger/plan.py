"""Plans what a journal writes, or refuses it. Pure: it changes only the working set it is given.

A refused journal leaves the working set as it was. Issues take open receipts in the order of the item's
costing method, within the same item, variant, location, lot and serial; receipts first cover open issues.
Raises: BinUnknown, BinMissing, BinNotUsed, BinBlocked, SameBin, ItemUnknown, ItemBlocked, VariantUnknown,
LocationUnknown, QuantityNotPositive, InsufficientAtBin, InsufficientStock, SerialQuantity, SerialInStock,
ExpiryDiffers.
"""

from datetime import datetime
from decimal import Decimal

from server.costing.layers import Layer, apply_issue
from server.costing.methods import COSTING_METHODS
from server.errors import InsufficientAtBin, InsufficientStock, Refusal
from server.ledger.checks import check_bins, check_line, check_numbers
from server.ledger.draft import Draft
from server.ledger.lines import (
    MAY_GO_NEGATIVE,
    EntryType,
    ItemJournalLine,
    Journal,
    bin_key,
    item_key,
    layer_key,
    number_keys,
)
from server.ledger.rows import Posting
from server.ledger.working_set import ZERO, OpenIssue, WorkingSet
from shared.money import round_amount


def plan_journal(working_set: WorkingSet, journal: Journal, posted_at: datetime) -> Posting:
    """Plan every line of a journal, or raise a Refusal and leave the working set untouched."""
    mark = working_set.mark()
    try:
        draft = Draft(working_set, journal)
        for line in journal.lines:
            assert isinstance(line, ItemJournalLine)
            _plan_line(working_set, draft, line)
        return draft.posting(posted_at)
    except Refusal:
        working_set.back_to(mark)
        raise


def _plan_line(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    check_line(working_set.facts, line)
    check_bins(working_set.facts, line)
    check_numbers(working_set, line)
    if line.entry_type == EntryType.MOVEMENT:
        _plan_bin(draft, line, line.bin_code, -line.quantity_base)
        _plan_bin(draft, line, line.new_bin_code, line.quantity_base)
        return
    _plan_place(working_set, draft, line)
    working_set.change_item(item_key(line), line.quantity_base)
    if line.quantity_base > 0:
        _plan_receipt(working_set, draft, line)
    else:
        _plan_issue(working_set, draft, line)


def _plan_place(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    """Change the bin, or at a location without bins the one balance that it has."""
    if line.serial_no:
        working_set.change_serial((line.item_no, line.variant_code, line.serial_no), line.quantity_base)
    if working_set.facts.locations[line.location_code].bin_mandatory:
        _plan_bin(draft, line, line.bin_code, line.quantity_base)
    else:
        working_set.change_bin(bin_key(line, ""), line.quantity_base)


def _plan_bin(draft: Draft, line: ItemJournalLine, bin_code: str, quantity_base: Decimal) -> None:
    working_set, facts = draft.working_set, draft.working_set.facts
    key = bin_key(line, bin_code)
    on_hand = working_set.bin_balances.get(key, ZERO)
    is_adjustment_bin = bin_code == facts.locations[line.location_code].adjustment_bin_code
    if on_hand + quantity_base < 0 and not is_adjustment_bin:
        raise InsufficientAtBin(line.item_no, bin_code, asked=-quantity_base, on_hand=on_hand)
    working_set.change_bin(key, quantity_base)
    draft.add_warehouse(line, bin_code, quantity_base)


def _plan_receipt(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    journal, entry_no = draft.journal, next(working_set.numbers.item_ledger_entries)
    cost = _cost_at_card(working_set, line)
    draft.add_item_ledger(line, entry_no)
    draft.add_value(line, entry_no, cost_amount=cost, valuation_date=journal.posting_date)
    draft.apply(entry_no, inbound=entry_no, quantity_base=line.quantity_base, on=journal.posting_date)
    remaining = line.quantity_base - _cover_open_issues(working_set, draft, line, entry_no)
    layer = Layer(entry_no, journal.posting_date, line.quantity_base, remaining, cost, journal.posting_date)
    working_set.add_layer(layer_key(line), layer)
    if line.expiration_date is not None:
        for key in number_keys(line):
            working_set.fix_expiry(key, line.expiration_date)


def _cover_open_issues(
    working_set: WorkingSet, draft: Draft, line: ItemJournalLine, entry_no: int
) -> Decimal:
    """Apply a receipt to issues that found no stock, oldest first; gives back what they took.

    Their cost stays as posted and they are marked: the cost adjustment corrects it.
    """
    free, key = line.quantity_base, layer_key(line)
    for issue in list(working_set.open_issues.get(key, ())):
        portion = min(free, -issue.remaining)
        if not portion:
            break
        free -= portion
        working_set.cover_issue(key, issue, portion)
        later = max(draft.journal.posting_date, issue.posting_date)
        draft.apply(
            issue.entry_no, inbound=entry_no, outbound=issue.entry_no, quantity_base=-portion, on=later
        )
    return line.quantity_base - free


def _plan_issue(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    facts, journal, key = working_set.facts, draft.journal, layer_key(line)
    item, precision = facts.items[line.item_no], facts.setup.amount_rounding_precision
    method = COSTING_METHODS[item.costing_method]
    layers = method.order_layers(working_set.layers.get(key, ()))
    applied = apply_issue(-line.quantity_base, layers, precision)
    if applied.uncovered and not _may_go_negative(working_set, line):
        on_hand = -line.quantity_base - applied.uncovered
        raise InsufficientStock(line.item_no, line.location_code, asked=-line.quantity_base, on_hand=on_hand)
    entry_no = next(working_set.numbers.item_ledger_entries)
    valuation_date = max([journal.posting_date, *(part.layer.valuation_date for part in applied.taken)])
    for part in applied.taken:
        working_set.take_from_layer(key, part.layer, part.quantity)
        later = max(journal.posting_date, part.layer.posting_date)
        draft.apply(
            entry_no,
            inbound=part.layer.entry_no,
            outbound=entry_no,
            quantity_base=-part.quantity,
            on=later,
        )
    cost = applied.cost_amount + round_amount(applied.uncovered * item.unit_cost, precision)
    draft.add_item_ledger(line, entry_no)
    draft.add_value(line, entry_no, cost_amount=-cost, valuation_date=valuation_date)
    working_set.add_open_issue(
        key, OpenIssue(entry_no, journal.posting_date, line.quantity_base, -applied.uncovered)
    )


def _may_go_negative(working_set: WorkingSet, line: ItemJournalLine) -> bool:
    """Features 7.14: only sales and negative adjustments, untracked, where set-up does not prevent it."""
    facts = working_set.facts
    return (
        line.entry_type in MAY_GO_NEGATIVE
        and not line.lot_no
        and not line.serial_no
        and not facts.locations[line.location_code].bin_mandatory
        and not facts.items[line.item_no].prevents_negative
    )


def _cost_at_card(working_set: WorkingSet, line: ItemJournalLine) -> Decimal:
    """Cost of a receipt: the stated unit cost, else the item card's."""
    facts = working_set.facts
    unit_cost = facts.items[line.item_no].unit_cost if line.unit_cost is None else line.unit_cost
    return round_amount(line.quantity_base * unit_cost, facts.setup.amount_rounding_precision)
