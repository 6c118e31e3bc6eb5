"""Costs of purchases, and what invoices make of expected cost (rules section 3)."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.properties.naive.entries import ZERO, Books, Document, Entry, Value, number
from tests.properties.naive.shares import is_invoiced
from tests.properties.naive.unit_costs import note_invoice


def post_purchase_cost(books: Books, entry: Entry, unit_cost: Fraction) -> None:
    """First cost of a purchase: expected if it is only received, else as invoiced."""
    if not entry.has_shipment:
        _post_invoiced(
            books, entry, (entry.quantity, books.amount(entry.quantity * unit_cost)), day=entry.day
        )
        return
    item = books.items[entry.item]
    with_overhead = unit_cost * (1 + item.indirect_pct / 100) + item.overhead_rate
    each = item.standard_cost if item.method == "Standard" else with_overhead
    entry.values.append(
        Value(
            "direct_cost",
            ZERO,
            step=books.step,
            day=entry.day,
            valuation_date=entry.valuation_date,
            expected=books.amount(entry.quantity * each),
            is_receipt=True,
        )
    )


def invoice_receipt(books: Books, entry: Entry, step: dict[str, Any]) -> None:
    """Invoice a part of a receipt: actual cost for expected cost, the last one clears what is left.

    A return names no price: its actual cost is the expected cost that it clears.
    """
    quantity = number(step["quantity"])
    original = sum((value.expected for value in entry.values if value.is_receipt), ZERO)
    is_last = entry.invoiced + quantity == entry.quantity
    cleared = entry.expected if is_last else books.amount(original * quantity / entry.quantity)
    priced = books.amount(quantity * number(step["unit_cost"])) if "unit_cost" in step else cleared
    _post_invoiced(books, entry, (quantity, priced), day=step["date"], cleared=cleared)


def invoice_issue(books: Books, entry: Entry, step: dict[str, Any]) -> None:
    """Invoice a part of a shipment (or of an exact return), at the unit cost of the shipment."""
    quantity = number(step["quantity"])
    sign = 1 if entry.is_inbound else -1
    is_last = abs(entry.invoiced) + quantity == abs(entry.quantity)
    part = books.amount(entry.shipment_expected * quantity / abs(entry.quantity))
    cleared = entry.expected if is_last else part
    entry.documents.append(
        Document(
            quantity,
            cleared,
            step=books.step,
            day=step["date"],
            expected=-cleared,
        )
    )
    entry.invoiced += sign * quantity
    entry.invoice_day = max(entry.invoice_day or step["date"], step["date"])
    if entry.is_inbound:
        note_invoice(books, entry, quantity, entry.documents[-1].actual)
    assert not is_invoiced(entry) or entry.expected == 0


def _post_invoiced(
    books: Books, entry: Entry, priced: tuple[Fraction, Fraction], *, day: date, cleared: Fraction = ZERO
) -> None:
    """Direct cost, overhead and variance of an invoice over a quantity for an amount."""
    quantity, direct = priced
    item = books.items[entry.item]
    overhead = ZERO
    if entry.kind == "purchase":
        overhead = books.amount(direct * item.indirect_pct / 100 + item.overhead_rate * quantity)
    variance = ZERO
    if item.method == "Standard" and entry.kind == "purchase":
        variance = books.amount(quantity * item.standard_cost) - direct - overhead
    amounts = {"direct_cost": direct, "indirect_cost": overhead, "variance": variance}
    for kind, amount in amounts.items():
        if amount or kind == "direct_cost":
            is_direct = kind == "direct_cost"
            entry.values.append(
                Value(
                    kind,
                    amount,
                    step=books.step,
                    day=day,
                    valuation_date=entry.valuation_date,
                    expected=-cleared if is_direct else ZERO,
                    valued_quantity=quantity if is_direct else ZERO,
                )
            )
    entry.invoiced += quantity
    entry.invoice_day = max(entry.invoice_day or day, day)
    note_invoice(books, entry, quantity, direct)
