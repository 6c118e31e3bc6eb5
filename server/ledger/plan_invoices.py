"""Plans invoices of what was posted at expected cost, and item charges. Pure.

Raises EntryUnknown, AlreadyInvoiced, QuantityNotPositive, ValuationDateTooEarly.
Source: costing rules 3, 4.5, 7 (Standard, not invoiced), 10.
"""

from datetime import date
from decimal import Decimal

from server.costing.entries import Entry, Value, share
from server.costing.first_cost import ReceiptCost, invoiced_cost
from server.errors import AlreadyInvoiced, EntryUnknown, QuantityNotPositive
from server.ledger.dates import check_valuation_date
from server.ledger.draft import Draft, Subject, Worth
from server.ledger.lines import EntryType, InvoiceLine, ItemChargeLine
from server.ledger.plan_receipts import add_overhead_and_variance, rates_of, renew_unit_cost
from server.ledger.working_set import ZERO, Invoicing, WorkingSet


def plan_invoice(working_set: WorkingSet, draft: Draft, line: InvoiceLine) -> None:
    """Turn the share of an entry's expected cost into actual cost."""
    entry = known_entry(working_set, line.entry_no)
    if line.quantity_base <= 0:
        raise QuantityNotPositive(f"{line.entry_no}: {line.quantity_base}")
    if line.quantity_base > abs(entry.uninvoiced):
        left = abs(entry.uninvoiced)
        raise AlreadyInvoiced(f"{line.entry_no}: {line.quantity_base} > {left}")
    quantity = line.quantity_base if entry.is_inbound else -line.quantity_base
    is_last = quantity == entry.uninvoiced
    subject, day = subject_of_entry(entry), _day(working_set, draft, entry)
    _take_back_revaluations(working_set, draft, entry, quantity, is_last=is_last)
    expected = _expected_share(working_set, entry, quantity, is_last=is_last)
    cost = _actual_cost(working_set, entry, line, expected)
    draft.add_value(
        subject,
        Worth(
            day,
            quantity,
            actual=cost.direct,
            expected=-expected,
            invoiced_quantity=quantity,
            by_average=entry.valued_by_average,
        ),
    )
    add_overhead_and_variance(draft, subject, cost, quantity=quantity, day=day)
    working_set.invoice(
        entry.entry_no,
        Invoicing(entry.invoiced_quantity + quantity, is_last, draft.journal.posting_date),
    )
    working_set.leave_to_adjust(entry.entry_no)
    if entry.is_inbound:
        renew_unit_cost(working_set, entry.item_no, cost.direct, quantity)


def plan_charge(working_set: WorkingSet, draft: Draft, line: ItemChargeLine) -> None:
    """Add a charge to a receipt; on an issue, or of a sale, it is recorded and costs nothing."""
    entry = known_entry(working_set, line.entry_no)
    subject, day = subject_of_entry(entry), entry.valuation_date
    check_valuation_date(working_set.facts.setup, day)
    is_cost = entry.is_inbound and not line.is_sale
    charge_no = line.item_charge_no or "CHARGE"
    draft.add_value(
        subject,
        Worth(
            day,
            entry.quantity,
            actual=line.amount if is_cost else ZERO,
            non_inventoriable=ZERO if is_cost else line.amount,
            item_charge_no=charge_no,
        ),
    )
    if not is_cost:
        return
    if rates_of(working_set, entry.item_no).is_standard:
        draft.add_value(
            subject,
            Worth(
                day,
                entry.quantity,
                actual=-line.amount,
                kind="variance",
                variance_type="purchase",
                item_charge_no=charge_no,
            ),
        )
    working_set.leave_to_adjust(entry.entry_no)


def known_entry(working_set: WorkingSet, entry_no: int) -> Entry:
    """The entry that a line names (EntryUnknown)."""
    entry = working_set.entries.get(entry_no)
    if entry is None:
        raise EntryUnknown(str(entry_no))
    return entry


def subject_of_entry(entry: Entry) -> Subject:
    """An entry that was there before, as its new values name it."""
    return Subject(
        entry.entry_no,
        entry.entry_type,
        entry.item_no,
        entry.variant_code,
        entry.location_code,
        entry.order_no,
    )


def _day(working_set: WorkingSet, draft: Draft, entry: Entry) -> date:
    """That of the receipt; today where the company takes no value of so early a date any more."""
    floor = working_set.facts.setup.earliest_valuation_date
    if floor is not None and entry.valuation_date < floor:
        return draft.journal.posting_date
    return entry.valuation_date


def _expected_share(working_set: WorkingSet, entry: Entry, quantity: Decimal, *, is_last: bool) -> Decimal:
    """Expected cost that the invoice takes back; the last one takes what is left."""
    documents = [value for value in entry.values if value.is_document]
    if is_last:
        return sum((value.expected for value in documents), ZERO)
    first = sum((value.expected for value in documents if value.is_expected), ZERO)
    precision = working_set.facts.setup.amount_rounding_precision
    return share(first, quantity, entry.quantity, precision)


def _actual_cost(working_set: WorkingSet, entry: Entry, line: InvoiceLine, expected: Decimal) -> ReceiptCost:
    """A purchase costs what the invoice says; an issue or a return what it was expected to cost."""
    if not entry.is_inbound or entry.entry_type != EntryType.PURCHASE:
        return ReceiptCost(expected)
    rates = rates_of(working_set, entry.item_no)
    unit_cost = rates.unit_cost if line.unit_cost is None else line.unit_cost
    return invoiced_cost(line.quantity_base, unit_cost, rates)


def _take_back_revaluations(
    working_set: WorkingSet, draft: Draft, entry: Entry, quantity: Decimal, *, is_last: bool
) -> None:
    """Expected cost that a revaluation added goes with the part that is invoiced now."""
    precision = working_set.facts.setup.amount_rounding_precision
    for value in entry.values:
        if value.entry_type != "revaluation" or not value.is_expected:
            continue
        left = value.expected + _taken_back(entry, value)
        part = left if is_last else share(value.expected, quantity, value.valued_quantity, precision)
        if part:
            draft.add_value(
                subject_of_entry(entry),
                Worth(value.valuation_date, quantity, expected=-part, kind="revaluation"),
            )


def _taken_back(entry: Entry, revaluation: Value) -> Decimal:
    return sum(
        (
            value.expected
            for value in entry.values
            if value.entry_type == "revaluation"
            and not value.is_expected
            and value.entry_no > revaluation.entry_no
        ),
        ZERO,
    )
