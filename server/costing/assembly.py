"""What an assembly's output costs: its material, its resources, overhead, and the way to a standard cost.

Amounts are positive for the output. Source: costing rules 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from server.costing.first_cost import Rates, amount_of, overhead_of

ZERO = Decimal(0)
VARIANCES = ("material", "capacity", "capacity_overhead", "manufacturing_overhead")


@dataclass(frozen=True, slots=True)
class AssembledCost:
    """The parts of an output's cost, each a value entry of its own; variances for Standard only."""

    direct: Decimal
    indirect: Decimal
    variances: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """What the output is worth in stock."""
        return self.direct + self.indirect + sum(self.variances.values(), ZERO)


def assembled_cost(
    quantity: Decimal,
    material: Decimal,
    capacity: Decimal,
    capacity_overhead: Decimal,
    *,
    rates: Rates,
    shares: tuple[Decimal, Decimal, Decimal, Decimal],
) -> AssembledCost:
    """The cost of an output from what went in; `shares` are the standard cost's, per base unit."""
    direct = material + capacity + capacity_overhead
    indirect = overhead_of(direct, quantity, rates)
    if not rates.is_standard:
        return AssembledCost(direct, indirect)
    actual = (material, capacity, capacity_overhead, indirect)
    if not any(shares):
        shares = (rates.standard_cost, ZERO, ZERO, ZERO)
    parts = {
        name: amount_of(quantity, standard, rates.precision) - spent
        for name, standard, spent in zip(VARIANCES, shares, actual, strict=True)
    }
    # The output is worth the standard cost to the cent, however its shares round.
    total = amount_of(quantity, rates.standard_cost, rates.precision)
    parts["material"] += total - direct - indirect - sum(parts.values(), ZERO)
    return AssembledCost(direct, indirect, parts)
