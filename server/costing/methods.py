"""The costing methods by name: one line per method, each a module of its own.

The other methods (LIFO, Average, Standard, Specific) and the cost adjustment take their places here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.costing.layers import Layer, oldest_first


@dataclass(frozen=True, slots=True)
class CostingMethod:
    """How a method chooses among open receipts when an issue does not name one."""

    order_layers: Callable[[Sequence[Layer]], list[Layer]]


COSTING_METHODS: dict[str, CostingMethod] = {
    "FIFO": CostingMethod(order_layers=oldest_first),
}
