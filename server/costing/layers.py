"""Open receipts as cost layers, and how an issue takes from them. Pure: values in, values out.

Each portion that is taken costs its share of the whole receipt, rounded by itself; what such shares leave
over when the receipt is used up is its rounding value, which the cost adjustment posts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.costing.entries import share


@dataclass(frozen=True, slots=True)
class Layer:
    """An open receipt. Quantities are positive base units; `cost_amount` is what its whole quantity is worth
    to an issue posted now. `order_no`: the transfer that it is in transit for.
    """

    entry_no: int
    posting_date: date
    quantity: Decimal
    remaining: Decimal
    cost_amount: Decimal
    valuation_date: date
    order_no: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an issue takes from one layer: base units and their cost, both positive."""

    layer: Layer
    quantity: Decimal
    cost_amount: Decimal


@dataclass(frozen=True, slots=True)
class Applied:
    """How an issue is covered; `uncovered` base units found no receipt."""

    taken: tuple[Taken, ...]
    uncovered: Decimal

    @property
    def cost_amount(self) -> Decimal:
        """Cost of everything that was covered."""
        return sum((part.cost_amount for part in self.taken), Decimal(0))


def apply_issue(quantity: Decimal, layers: Iterable[Layer], precision: Decimal) -> Applied:
    """Take a positive quantity from layers in the given order until it is covered."""
    taken: list[Taken] = []
    for layer in layers:
        if not quantity:
            break
        portion = min(quantity, layer.remaining)
        taken.append(Taken(layer, portion, share(layer.cost_amount, portion, layer.quantity, precision)))
        quantity -= portion
    return Applied(tuple(taken), quantity)


def oldest_first(layers: Sequence[Layer]) -> list[Layer]:
    """Oldest posting date first; ties by entry number, as users see them."""
    return sorted(layers, key=lambda layer: (layer.posting_date, layer.entry_no))


def newest_first(layers: Sequence[Layer]) -> list[Layer]:
    """Newest posting date first; ties by the highest entry number."""
    return sorted(layers, key=lambda layer: (layer.posting_date, layer.entry_no), reverse=True)
