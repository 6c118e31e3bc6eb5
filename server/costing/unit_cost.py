"""The unit cost of an item card after its costs were adjusted. Pure. Source: costing rules 5."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from server.costing.entries import ZERO, Entry, cost_to_forward
from shared.money import round_unit_cost
from shared.quantity import WIDE


@dataclass(frozen=True, slots=True)
class Stock:
    """All entries of an item together, and those issues that no receipt covers yet."""

    quantity: Decimal
    cost_amount: Decimal
    open_issues: Collection[Entry]
    open_receipts: Collection[Entry]


def unit_cost_of(stock: Stock, last_issue: Entry | None, precision: Decimal) -> Decimal | None:
    """Cost per base unit of what is in stock; None leaves the card as it is.

    `last_issue`: the last one by valuation date, one at average cost rather than another, no correction; it
    tells the unit cost where nothing is in stock and nothing is open.
    """
    quantity = stock.quantity - sum((entry.quantity for entry in stock.open_issues), ZERO)
    cost = stock.cost_amount - sum((entry.actual + entry.expected for entry in stock.open_issues), ZERO)
    if quantity > 0:
        if cost == precision and stock.open_receipts:
            cost = sum((_unrounded(entry) for entry in stock.open_receipts), ZERO)
        unit_cost = round_unit_cost(WIDE.divide(max(cost, ZERO), quantity))
        return unit_cost or None
    if stock.quantity or stock.open_issues or stock.open_receipts or last_issue is None:
        return None
    total = last_issue.actual + last_issue.expected
    return max(round_unit_cost(WIDE.divide(total, last_issue.quantity)), ZERO) or None


def _unrounded(receipt: Entry) -> Decimal:
    """What is left of a receipt's cost, not rounded."""
    return WIDE.divide(WIDE.multiply(cost_to_forward(receipt), receipt.remaining), receipt.quantity)
