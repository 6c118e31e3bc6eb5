"""Open receipts as cost layers, and how an issue takes from them.

A layer's cost is shared out by what has been issued of it so far, through `split_amount`: the parts of a
closed layer sum to its cost to the cent, in whatever portions they were taken and whatever the order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.money import split_amount


@dataclass(frozen=True, slots=True)
class Layer:
    """An open receipt. Quantities are positive base units; `cost_amount` is the cost of the whole receipt."""

    entry_no: int
    posting_date: date
    quantity: Decimal
    remaining: Decimal
    cost_amount: Decimal
    valuation_date: date


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
        taken.append(Taken(layer, portion, cost_of_portion(layer, portion, precision)))
        quantity -= portion
    return Applied(tuple(taken), quantity)


def cost_of_portion(layer: Layer, portion: Decimal, precision: Decimal) -> Decimal:
    """The cost that goes with the next `portion` of a layer: the last takes the rest."""
    issued = layer.quantity - layer.remaining
    return cost_issued(layer, issued + portion, precision) - cost_issued(layer, issued, precision)


def cost_issued(layer: Layer, issued: Decimal, precision: Decimal) -> Decimal:
    """The cost of the first `issued` base units of a layer."""
    return split_amount(layer.cost_amount, issued, layer.quantity, precision) if issued else Decimal(0)


def oldest_first(layers: Sequence[Layer]) -> list[Layer]:
    """Oldest posting date first; ties by entry number, as users see them."""
    return sorted(layers, key=lambda layer: (layer.posting_date, layer.entry_no))
