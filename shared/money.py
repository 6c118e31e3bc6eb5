"""Money: rounding to the company's precision and the one place that divides an amount.

No cent is ever made or lost: the parts that `split_amount` gives out of one amount always sum
to that amount, in whatever portions they are taken.
"""

from decimal import Decimal

from shared.quantity import WIDE, round_half_up

CENT = Decimal("0.01")
UNIT_COST_STEP = Decimal("0.00001")
LARGEST_AMOUNT = Decimal("99999999999999.9999")


class AmountError(ValueError):
    """An amount of more than 18 digits, or a share of more than there is."""


def round_amount(amount: Decimal, precision: Decimal = CENT) -> Decimal:
    """Round an amount half away from zero to the set-up precision; refuses more than 18 digits."""
    rounded = round_half_up(amount, precision)
    if abs(rounded) > LARGEST_AMOUNT:
        raise AmountError(f"expected an amount of at most 18 digits, found {amount}")
    return rounded


def round_unit_cost(unit_cost: Decimal) -> Decimal:
    """Round a cost per unit half away from zero to 5 decimals."""
    return round_half_up(unit_cost, UNIT_COST_STEP)


def split_amount(amount: Decimal, taken: Decimal, of_quantity: Decimal, precision: Decimal = CENT) -> Decimal:
    """The share of `amount` that goes with `taken` out of `of_quantity`; the last takes the rest.

    Both quantities are positive and `taken` is not above `of_quantity` (else AmountError).
    The caller keeps `amount - share` as what is left for the remaining quantity.
    """
    if not 0 < taken <= of_quantity:
        raise AmountError(f"expected a share above 0 and up to {of_quantity}, found {taken}")
    if taken == of_quantity:
        return amount
    return round_amount(WIDE.divide(WIDE.multiply(amount, taken), of_quantity), precision)
