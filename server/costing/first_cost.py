"""What a receipt costs when it is posted: direct cost, overhead on top, and the way to a standard cost.

Quantities and amounts are positive for a receipt; amounts are rounded to the company's precision.
Source: costing rules 3 and 10.
"""

from dataclasses import dataclass
from decimal import Decimal

from shared.money import round_amount
from shared.quantity import WIDE

ZERO = Decimal(0)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rates:
    """What an item's card says of its costs, per base unit."""

    costing_method: str
    unit_cost: Decimal
    standard_cost: Decimal
    indirect_cost_percent: Decimal
    overhead_rate: Decimal
    precision: Decimal

    @property
    def is_standard(self) -> bool:
        """Whether receipts are valued at the standard cost."""
        return self.costing_method == "Standard"


@dataclass(frozen=True, slots=True)
class ReceiptCost:
    """The parts of a receipt's cost, each a value entry of its own where it is not zero."""

    direct: Decimal
    indirect: Decimal = ZERO
    variance: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What the receipt is worth in stock."""
        return self.direct + self.indirect + self.variance


def amount_of(quantity: Decimal, unit_cost: Decimal, precision: Decimal) -> Decimal:
    """Quantity times unit cost, rounded."""
    return round_amount(WIDE.multiply(quantity, unit_cost), precision)


def overhead_of(direct: Decimal, quantity: Decimal, rates: Rates) -> Decimal:
    """Overhead on a direct cost: a per cent of it and a rate per base unit."""
    percent = WIDE.divide(WIDE.multiply(direct, rates.indirect_cost_percent), _HUNDRED)
    return round_amount(percent + WIDE.multiply(quantity, rates.overhead_rate), rates.precision)


def invoiced_cost(quantity: Decimal, unit_cost: Decimal, rates: Rates) -> ReceiptCost:
    """An invoiced purchase: its price, overhead, and for Standard the variance to the standard cost."""
    direct = amount_of(quantity, unit_cost, rates.precision)
    indirect = overhead_of(direct, quantity, rates)
    variance = ZERO
    if rates.is_standard:
        variance = amount_of(quantity, rates.standard_cost, rates.precision) - direct - indirect
    return ReceiptCost(direct, indirect, variance)


def expected_cost(quantity: Decimal, unit_cost: Decimal, rates: Rates) -> Decimal:
    """A purchase that is received only: overhead included, Standard at the standard cost."""
    if rates.is_standard:
        return amount_of(quantity, rates.standard_cost, rates.precision)
    percent = WIDE.divide(WIDE.multiply(unit_cost, rates.indirect_cost_percent), _HUNDRED)
    return amount_of(quantity, unit_cost + percent + rates.overhead_rate, rates.precision)


def plain_cost(quantity: Decimal, unit_cost: Decimal, rates: Rates) -> Decimal:
    """A positive adjustment or a return: no overhead on top, Standard at the standard cost."""
    return amount_of(quantity, rates.standard_cost if rates.is_standard else unit_cost, rates.precision)
