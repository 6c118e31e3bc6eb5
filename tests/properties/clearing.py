"""What ends a history so that nothing is left: all is invoiced, shortages are covered, stock is issued."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.properties.choices import as_decimal, place_of
from tests.properties.naive.entries import Entry
from tests.properties.naive.ledger import NaiveLedger

LAST_DAY = date(2026, 4, 30)
Step = dict[str, Any]


def cleared(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what leaves no stock behind its steps, and an adjustment at the end."""
    ledger = NaiveLedger(document["setup"])
    steps = [step for step in document["steps"] if step["ref"] != "last"]
    for step in steps:
        ledger.take(step)
    for make in (_receive_all, _invoice_all, _cover_all, _issue_all):
        for place, step in enumerate(make(ledger)):
            named = {"ref": f"z{make.__name__}{place}"} | step
            ledger.take(named)
            steps.append(named)
    return document | {"steps": [*steps, {"ref": "last", "do": "adjust_cost"}]}


def _receive_all(ledger: NaiveLedger) -> list[Step]:
    orders = [
        entry.order for entry in ledger.books.entries if entry.is_inbound and entry.order and entry.remaining
    ]
    step = {"do": "transfer_receipt", "date": LAST_DAY, "to": ""}
    return [step | {"shipment": order} for order in dict.fromkeys(orders)]


def _invoice_all(ledger: NaiveLedger) -> list[Step]:
    return [_invoice(entry) for entry in ledger.books.entries if entry.quantity != entry.invoiced]


def _invoice(entry: Entry) -> Step:
    step: Step = {"date": LAST_DAY, "quantity": as_decimal(abs(entry.quantity - entry.invoiced))}
    if entry.kind == "purchase":
        return step | {"do": "purchase_invoice", "receipt": entry.ref, "unit_cost": Decimal("9.87")}
    if entry.is_inbound:
        return step | {"do": "sales_return_invoice", "receipt": entry.ref}
    return step | {"do": "sales_invoice", "shipment": entry.ref}


def _cover_all(ledger: NaiveLedger) -> list[Step]:
    step = {"do": "positive_adjustment", "date": LAST_DAY, "unit_cost": Decimal("4.56")}
    return [
        step | place_of(entry) | {"quantity": as_decimal(-entry.remaining)}
        for entry in ledger.books.entries
        if entry.remaining < 0
    ]


def _issue_all(ledger: NaiveLedger) -> list[Step]:
    step = {"do": "negative_adjustment", "date": LAST_DAY}
    return [
        step | place_of(entry) | {"quantity": as_decimal(entry.remaining)}
        for entry in ledger.books.entries
        if entry.remaining > 0
    ]
