"""Quantities and units of measure, exact to five decimals.

Every quantity is a finite Decimal with at most 5 decimals and 18 digits; nothing here ever
touches a float. The ledger counts in base units, people in the unit they scanned.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

QUANTITY_PLACES = 5
QUANTITY_STEP = Decimal("0.00001")
# 18 digits is what both databases keep exactly: 13 before the point, 5 after it.
# Wide enough for the product of any two values that we keep, whatever context the caller is in.
WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_ONE = Decimal(1)
LARGEST_QUANTITY = Decimal("9999999999999.99999")
_TEXT = re.compile(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,5})?", re.ASCII)


class QuantityError(ValueError):
    """A quantity or unit conversion that cannot be kept exactly; says what was expected."""


def parse_quantity(text: str) -> Decimal:
    """Read a quantity from its wire text: digits, at most 5 decimals, no exponent.

    Refuses (QuantityError) anything else: signs with a plus, spaces, "1e3", "NaN", "1_0".
    """
    if not _TEXT.fullmatch(text):
        raise QuantityError(f"expected digits with at most {QUANTITY_PLACES} decimals, found {text[:40]!r}")
    return Decimal(text)


def quantity_text(quantity: Decimal) -> str:
    """Write a quantity as its wire text: no exponent, no trailing zeros, "0" for zero."""
    text = f"{check_quantity(quantity):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def check_quantity(quantity: Decimal) -> Decimal:
    """Give the quantity back if it is finite and fits 18 digits with 5 decimals, else refuse."""
    exponent = quantity.as_tuple().exponent
    if not isinstance(exponent, int) or abs(quantity) > LARGEST_QUANTITY:
        raise QuantityError(f"expected at most 18 digits, found {quantity}")
    if exponent < -QUANTITY_PLACES and quantity != quantity.quantize(QUANTITY_STEP):
        raise QuantityError(f"expected at most {QUANTITY_PLACES} decimals, found {quantity}")
    return quantity


def to_base(
    quantity: Decimal, quantity_per_unit: Decimal, rounding_precision: Decimal = QUANTITY_STEP
) -> Decimal:
    """Base quantity of `quantity` units, rounded half away from zero to the base unit's precision.

    Refuses (QuantityError) a quantity that is not zero but becomes zero in base units, and a result
    of more than 18 digits. Source: units of measure, features 1.06 and 1.07.
    """
    if quantity_per_unit <= 0:
        raise QuantityError(f"expected a quantity per unit above 0, found {quantity_per_unit}")
    base = round_half_up(WIDE.multiply(quantity, quantity_per_unit), rounding_precision)
    if quantity != 0 and base == 0:
        raise QuantityError(f"{quantity} × {quantity_per_unit} rounds to 0 base units")
    return check_quantity(base)


def round_half_up(value: Decimal, precision: Decimal) -> Decimal:
    """Round half away from zero to a multiple of `precision` (0.00001, 0.01, 1, 0.05 …)."""
    steps = WIDE.quantize(WIDE.divide(value, precision), _ONE)
    return WIDE.multiply(steps, precision)
