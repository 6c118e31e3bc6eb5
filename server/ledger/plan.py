"""Plans what a journal writes, or refuses it. Pure: it changes only the working set it is given.

A refused journal leaves the working set as it was. Issues take open receipts in the order of the item's
costing method, within the same item, variant, location, lot and serial; receipts first cover open issues.
Raises: BinUnknown, BinMissing, BinNotUsed, BinBlocked, SameBin, ItemUnknown, ItemBlocked, VariantUnknown,
LocationUnknown, QuantityNotPositive, InsufficientAtBin, InsufficientStock, SerialQuantity, SerialInStock,
ExpiryDiffers.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from server.costing.layers import Layer, apply_issue
from server.costing.methods import COSTING_METHODS
from server.errors import InsufficientAtBin, InsufficientStock, Refusal
from server.ledger.checks import check_bins, check_line, check_numbers
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
from server.ledger.rows import (
    ApplicationRow,
    ItemLedgerRow,
    Posting,
    RegisterRow,
    ValueRow,
    WarehouseRow,
)
from server.ledger.working_set import ZERO, OpenIssue, WorkingSet
from shared.money import round_amount, round_unit_cost


Row = TypeVar("Row")


class _Draft:
    """The rows of one journal while they are being planned."""

    def __init__(self, journal: Journal, register_no: int) -> None:
        self.journal, self.register_no = journal, register_no
        self.document_no = journal.document_no or register_document_no(register_no)
        self.item_ledger: list[ItemLedgerRow] = []
        self.applications: list[ApplicationRow] = []
        self.values: list[ValueRow] = []
        self.warehouse: list[WarehouseRow] = []


def register_document_no(register_no: int) -> str:
    """The document number of a posting that came without one."""
    return f"IR-{register_no:06d}"


def plan_journal(working_set: WorkingSet, journal: Journal, posted_at: datetime) -> Posting:
    """Plan every line of a journal, or raise a Refusal and leave the working set untouched."""
    mark = working_set.mark()
    try:
        draft = _Draft(journal, next(working_set.numbers.registers))
        for line in journal.lines:
            _plan_line(working_set, draft, line)
        return _posting(draft, posted_at)
    except Refusal:
        working_set.back_to(mark)
        raise


def _plan_line(working_set: WorkingSet, draft: _Draft, line: ItemJournalLine) -> None:
    check_line(working_set.facts, line)
    check_bins(working_set.facts, line)
    check_numbers(working_set, line)
    if line.entry_type == EntryType.MOVEMENT:
        _plan_bin(working_set, draft, line, line.bin_code, -line.quantity_base)
        _plan_bin(working_set, draft, line, line.new_bin_code, line.quantity_base)
        return
    _plan_place(working_set, draft, line)
    working_set.change_item(item_key(line), line.quantity_base)
    if line.quantity_base > 0:
        _plan_receipt(working_set, draft, line)
    else:
        _plan_issue(working_set, draft, line)


def _plan_place(working_set: WorkingSet, draft: _Draft, line: ItemJournalLine) -> None:
    """Change the bin, or at a location without bins the one balance that it has."""
    if line.serial_no:
        working_set.change_serial((line.item_no, line.variant_code, line.serial_no), line.quantity_base)
    if working_set.facts.locations[line.location_code].bin_mandatory:
        _plan_bin(working_set, draft, line, line.bin_code, line.quantity_base)
    else:
        working_set.change_bin(bin_key(line, ""), line.quantity_base)


def _plan_bin(
    working_set: WorkingSet, draft: _Draft, line: ItemJournalLine, bin_code: str, quantity_base: Decimal
) -> None:
    facts = working_set.facts
    key = bin_key(line, bin_code)
    on_hand = working_set.bin_balances.get(key, ZERO)
    is_adjustment_bin = bin_code == facts.locations[line.location_code].adjustment_bin_code
    if on_hand + quantity_base < 0 and not is_adjustment_bin:
        raise InsufficientAtBin(line.item_no, bin_code, asked=-quantity_base, on_hand=on_hand)
    working_set.change_bin(key, quantity_base)
    draft.warehouse.append(_warehouse_row(working_set, draft, line, bin_code, quantity_base))


def _plan_receipt(working_set: WorkingSet, draft: _Draft, line: ItemJournalLine) -> None:
    journal, entry_no = draft.journal, next(working_set.numbers.item_ledger_entries)
    cost = _cost_at_card(working_set, line)
    draft.item_ledger.append(_item_ledger_row(draft, line, entry_no))
    draft.values.append(_value_row(working_set, draft, line, entry_no, cost, journal.posting_date))
    draft.applications.append(
        _application_row(entry_no, entry_no, 0, line.quantity_base, journal.posting_date)
    )
    remaining = line.quantity_base - _cover_open_issues(working_set, draft, line, entry_no)
    layer = Layer(entry_no, journal.posting_date, line.quantity_base, remaining, cost, journal.posting_date)
    working_set.add_layer(layer_key(line), layer)
    if line.expiration_date is not None:
        for key in number_keys(line):
            working_set.fix_expiry(key, line.expiration_date)


def _cover_open_issues(
    working_set: WorkingSet, draft: _Draft, line: ItemJournalLine, entry_no: int
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
        draft.applications.append(_application_row(issue.entry_no, entry_no, issue.entry_no, -portion, later))
    return line.quantity_base - free


def _plan_issue(working_set: WorkingSet, draft: _Draft, line: ItemJournalLine) -> None:
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
        draft.applications.append(
            _application_row(entry_no, part.layer.entry_no, entry_no, -part.quantity, later)
        )
    cost = applied.cost_amount + round_amount(applied.uncovered * item.unit_cost, precision)
    draft.item_ledger.append(_item_ledger_row(draft, line, entry_no))
    draft.values.append(_value_row(working_set, draft, line, entry_no, -cost, valuation_date))
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


# ------------------------------------------------------------------ rows


def _item_ledger_row(draft: _Draft, line: ItemJournalLine, entry_no: int) -> ItemLedgerRow:
    journal = draft.journal
    return ItemLedgerRow(
        entry_no,
        journal.posting_date,
        journal.document_date,
        line.entry_type,
        draft.document_no,
        line.item_no,
        line.variant_code,
        line.location_code,
        line.quantity_base,
        line.unit_of_measure_code,
        line.quantity_per_unit,
        line.lot_no,
        line.serial_no,
        line.expiration_date,
        line.reason_code,
        journal.source_code,
        False,
        0,
        draft.register_no,
        journal.user_id,
        journal.transaction_id,
        len(draft.item_ledger) + 1,
        journal.occurred_at,
        line.quantity_base,
        True,
        journal.posting_date,
    )


def _application_row(
    entry_no: int, inbound: int, outbound: int, quantity_base: Decimal, posting_date: date
) -> ApplicationRow:
    return ApplicationRow(entry_no, inbound, outbound, quantity_base, posting_date, 0, True, False)


def _value_row(
    working_set: WorkingSet,
    draft: _Draft,
    line: ItemJournalLine,
    entry_no: int,
    cost_amount: Decimal,
    valuation_date: date,
) -> ValueRow:
    journal = draft.journal
    return ValueRow(
        next(working_set.numbers.value_entries),
        entry_no,
        "direct_cost",
        "",
        line.item_no,
        line.variant_code,
        line.location_code,
        journal.posting_date,
        valuation_date,
        line.quantity_base,
        line.quantity_base,
        line.quantity_base,
        round_unit_cost(cost_amount / line.quantity_base),
        cost_amount,
        ZERO,
        ZERO,
        False,
        False,
        False,
        False,
        0,
        draft.document_no,
        journal.source_code,
        draft.register_no,
        journal.user_id,
        ZERO,
        ZERO,
    )


def _warehouse_row(
    working_set: WorkingSet, draft: _Draft, line: ItemJournalLine, bin_code: str, quantity_base: Decimal
) -> WarehouseRow:
    journal = draft.journal
    if line.entry_type == EntryType.MOVEMENT:
        entry_type = "movement"
    else:
        entry_type = "positive_adjmt" if quantity_base > 0 else "negative_adjmt"
    return WarehouseRow(
        next(working_set.numbers.warehouse_entries),
        entry_type,
        journal.posting_date,
        line.location_code,
        working_set.facts.bins[line.location_code, bin_code].zone_code,
        bin_code,
        line.item_no,
        line.variant_code,
        quantity_base,
        line.unit_of_measure_code,
        line.quantity_per_unit,
        line.lot_no,
        line.serial_no,
        line.expiration_date,
        draft.document_no,
        line.reason_code,
        journal.source_code,
        draft.register_no,
        journal.user_id,
        journal.transaction_id,
        len(draft.warehouse) + 1,
        journal.occurred_at,
    )


def _posting(draft: _Draft, posted_at: datetime) -> Posting:
    journal = draft.journal
    register = RegisterRow(
        draft.register_no,
        journal.transaction_id,
        journal.source_code,
        register_document_no(draft.register_no),
        journal.user_id,
        journal.device_id,
        posted_at,
        *_first_and_last(draft.item_ledger, lambda row: row.entry_no),
        *_first_and_last(draft.values, lambda row: row.entry_no),
        *_first_and_last(draft.warehouse, lambda row: row.entry_no),
    )
    return Posting(register, draft.item_ledger, draft.applications, draft.values, draft.warehouse)


def _first_and_last(rows: Sequence[Row], number: Callable[[Row], int]) -> tuple[int, int]:
    return (number(rows[0]), number(rows[-1])) if rows else (0, 0)
