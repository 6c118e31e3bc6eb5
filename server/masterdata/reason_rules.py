"""When a posting with a reason may go by itself. Pure."""

from decimal import Decimal

from server.errors import OverLimit, ReasonDirection, ReasonUnknown
from server.masterdata.facts import ReasonFacts
from shared.quantity import quantity_text


def check_reason(
    reason: ReasonFacts | None, reason_code: str, quantity_base: Decimal, approved: frozenset[str]
) -> None:
    """The reason exists, fits the sign of the quantity, and covers it unless someone has approved more.

    Raises ReasonUnknown, ReasonDirection, OverLimit.
    """
    if reason is None:
        raise ReasonUnknown(reason_code)
    if reason.direction not in ("both", "increase" if quantity_base > 0 else "decrease"):
        raise ReasonDirection(f"{reason_code}: {quantity_text(quantity_base)}")
    limit = reason.limit_quantity
    if limit is not None and abs(quantity_base) > limit and OverLimit.code not in approved:
        raise OverLimit(f"{reason_code}: {quantity_text(abs(quantity_base))} > {quantity_text(limit)}")
