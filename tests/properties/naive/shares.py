"""Parts of a cost: what a receipt forwards to an issue, and how an entry's cost lies on its invoices."""

from datetime import date
from fractions import Fraction

from tests.properties.naive.entries import ZERO, Books, Document, Entry, Value


def set_total(books: Books, entry: Entry, total: Fraction) -> None:
    """Spread a cost over what was shipped and what was invoiced; each invoice carries the residual on."""
    if entry.has_shipment and not is_invoiced(entry):
        entry.shipment_expected = total
    rest = ZERO
    for document in entry.documents:
        exact = total * document.quantity / abs(entry.quantity) + rest
        actual = books.amount(exact)
        rest = exact - actual
        if entry.has_shipment and not is_invoiced(entry):
            document.expected = -actual
        document.actual = actual


def is_invoiced(entry: Entry) -> bool:
    """Whether all of it is invoiced by documents of its own."""
    return entry.invoiced == entry.quantity


def is_completely_invoiced(books: Books, entry: Entry) -> bool:
    """Whether its cost is final: a transfer's is when that of what it took is."""
    if entry.kind == "transfer":
        if entry.is_inbound:
            source = entry.layer or entry.copies
            return source is not None and is_completely_invoiced(books, source)
        return all(is_completely_invoiced(books, each.inbound) for each in books.taken_by(entry))
    return is_invoiced(entry)


def last_invoice_day(entry: Entry) -> date:
    """When it was invoiced last; a transfer is invoiced as it is posted."""
    return entry.invoice_day or entry.day


def share(books: Books, inbound: Entry, outbound: Entry, quantity: Fraction) -> Fraction:
    """What a receipt's cost is for a part of it that an issue took; positive, rounded once."""
    values = (value for value in inbound.values if value.kind != "rounding")
    cost = sum((_forwarded(value, inbound, outbound) for value in values), documents_cost(inbound))
    return books.amount(cost * quantity / inbound.quantity)


def _forwarded(value: Value, inbound: Entry, outbound: Entry) -> Fraction:
    """What one posted amount counts for the whole of its receipt."""
    if value.is_receipt:
        return value.expected * (inbound.quantity - inbound.invoiced) / inbound.quantity
    if value.is_partial:
        reached = outbound.step > value.step or outbound.valuation_date > value.valuation_date
        return value.actual * inbound.quantity / value.valued_quantity if reached else ZERO
    return value.actual


def documents_cost(entry: Entry) -> Fraction:
    """Invoiced cost and the expected cost of the rest, exact: what follows an entry takes a share of it."""
    actual = sum((document.actual for document in entry.documents), ZERO)
    return actual + entry.shipment_expected * (entry.quantity - entry.invoiced) / entry.quantity


def first_document(entry: Entry, amount: Fraction) -> None:
    """Shipped and invoiced in one."""
    entry.documents.append(Document(abs(entry.quantity), amount, step=entry.step, day=entry.day))
    entry.invoiced = entry.quantity
