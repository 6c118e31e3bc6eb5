"""Plans the undoing of a receipt or shipment that was not invoiced: a correction on its own date. Pure.

Both become completely invoiced at the expected cost and so cancel out, in quantity and in value.
Raises EntryUnknown, AlreadyInvoiced, AlreadyApplied, InsufficientAtBin, InventoryPeriodClosed.
Source: costing rules 9.
"""

from dataclasses import replace
from decimal import Decimal

from server.costing.entries import Entry
from server.costing.layers import Layer
from server.errors import AlreadyApplied, AlreadyInvoiced, EntryUnknown
from server.ledger.checks import check_bins, check_line
from server.ledger.dates import check_posting_date, check_valuation_date
from server.ledger.draft import Applied, Draft, Stands, Worth
from server.ledger.lines import ItemJournalLine, UndoLine, layer_key
from server.ledger.movements import movement_of
from server.ledger.plan_invoices import known_entry, subject_of_entry
from server.ledger.plan_places import plan_place
from server.ledger.plan_receipts import put_in_stock, subject_of
from server.ledger.working_set import ZERO, Invoicing, WorkingSet

_UNDONE = frozenset({"purchase", "sale"})


def plan_undo(working_set: WorkingSet, draft: Draft, line: UndoLine) -> None:
    """Take back one entry."""
    entry = known_entry(working_set, line.entry_no)
    if entry.entry_type not in _UNDONE or entry.is_correction:
        raise EntryUnknown(f"{line.entry_no}")
    if entry.invoiced_quantity or entry.is_completely_invoiced:
        raise AlreadyInvoiced(f"{line.entry_no}")
    if entry.is_inbound and entry.remaining != entry.quantity:
        raise AlreadyApplied(f"{line.entry_no}")
    setup, journal = working_set.facts.setup, draft.journal
    check_posting_date(setup, working_set.facts.posting_dates.get(journal.user_id), entry.posting_date)
    check_valuation_date(setup, entry.valuation_date)
    correction = _correction(working_set, entry)
    check_line(working_set.facts, correction)
    check_bins(working_set.facts, correction)
    plan_place(working_set, draft, correction)
    cost = entry.expected
    _make_actual(working_set, draft, entry, cost)
    if entry.is_inbound:
        _take_out(working_set, draft, entry, correction, cost=cost)
    else:
        _put_back(working_set, draft, entry, correction, cost=cost)


def _correction(working_set: WorkingSet, entry: Entry) -> ItemJournalLine:
    return replace(movement_of(working_set.places[entry.entry_no]), expiration_date=None)


def _make_actual(working_set: WorkingSet, draft: Draft, entry: Entry, cost: Decimal) -> None:
    draft.add_value(
        subject_of_entry(entry),
        Worth(
            entry.valuation_date,
            entry.quantity,
            actual=cost,
            expected=-cost,
            invoiced_quantity=entry.quantity,
            by_average=entry.valued_by_average,
            posting_date=entry.posting_date,
        ),
    )
    working_set.invoice(entry.entry_no, Invoicing(entry.quantity, True, entry.posting_date))
    working_set.leave_to_adjust(entry.entry_no)


def _add_correction(
    working_set: WorkingSet, draft: Draft, entry: Entry, correction: ItemJournalLine, *, cost: Decimal
) -> int:
    number = next(working_set.numbers.item_ledger_entries)
    draft.add_item_ledger(correction, number, Stands(entry.posting_date, True, True, True))
    draft.add_value(
        subject_of(correction, number),
        Worth(
            entry.valuation_date,
            correction.quantity_base,
            actual=cost,
            invoiced_quantity=correction.quantity_base,
            item_ledger_entry_quantity=correction.quantity_base,
            posting_date=entry.posting_date,
        ),
    )
    return number


def _take_out(
    working_set: WorkingSet, draft: Draft, entry: Entry, correction: ItemJournalLine, *, cost: Decimal
) -> None:
    number = _add_correction(working_set, draft, entry, correction, cost=-cost)
    key = layer_key(correction)
    layer = Layer(
        entry.entry_no,
        entry.posting_date,
        entry.quantity,
        entry.remaining,
        cost,
        entry.source_date,
        entry.order_no,
    )
    working_set.give_back(key, layer)
    working_set.take_from_layer(key, layer, entry.quantity)
    draft.apply(
        number,
        Applied(entry.entry_no, number, -entry.quantity, entry.posting_date, True, True),
    )
    working_set.remaining[number] = ZERO


def _put_back(
    working_set: WorkingSet, draft: Draft, entry: Entry, correction: ItemJournalLine, *, cost: Decimal
) -> None:
    number = _add_correction(working_set, draft, entry, correction, cost=-cost)
    quantity = correction.quantity_base
    draft.apply(number, Applied(number, entry.entry_no, quantity, entry.posting_date))
    layer = Layer(number, entry.posting_date, quantity, quantity, -cost, entry.valuation_date)
    put_in_stock(working_set, draft, correction, layer, copied=(entry.entry_no,))
