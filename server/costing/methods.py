"""The costing methods by name: how an issue chooses among receipts, and what it costs then.

One line per method. A method that is not here is unknown to the ledger.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.costing.layers import Layer, newest_first, oldest_first


@dataclass(frozen=True, slots=True)
class CostingMethod:
    """How a method works where nobody names the receipt."""

    order_layers: Callable[[Sequence[Layer]], list[Layer]]
    # Whether an issue takes the cost of the receipts that it takes its quantity from.
    takes_layer_cost: bool = True
    # Whether a receipt covers an open issue by itself.
    covers_open_issues: bool = True
    takes_newest: bool = False


COSTING_METHODS: dict[str, CostingMethod] = {
    "FIFO": CostingMethod(oldest_first),
    "LIFO": CostingMethod(newest_first, takes_newest=True),
    "Average": CostingMethod(oldest_first, takes_layer_cost=False),
    "Standard": CostingMethod(oldest_first),
    "Specific": CostingMethod(oldest_first, covers_open_issues=False),
}
