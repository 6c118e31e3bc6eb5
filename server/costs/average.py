"""Why an average cost is what it is: what the period began with, what came in, and what each did to it. Pure.

The average of a period is what its pool is worth, divided by its quantity: the opening balance and every
source, but not the issues that take the average, nor what only brings their cost back. A source's effect is
what it moves the average by; the opening average and all effects sum to the average, but for rounding.
Source: costing rules 6.3; features 13.08 and 13.10.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.money import round_unit_cost
from shared.quantity import WIDE

_NOTHING = Decimal(0)


class Part(StrEnum):
    """What an amount is in the average of its period."""

    RECEIPT = "receipt"
    OVERHEAD = "overhead"
    CHARGE = "charge"
    REVALUATION = "revaluation"
    ROUNDING = "rounding"
    VARIANCE = "variance"
    # An issue that takes from one receipt: it leaves the average together with that receipt.
    FIXED_ISSUE = "fixed_issue"
    # Brings the cost of an issue at average cost back, so it is no source of that average.
    COPY = "copy"
    # Takes the average.
    ISSUE = "issue"


class Reason(StrEnum):
    """Which sentence says why the average is what it is."""

    AVERAGED = "averaged"
    # Nothing came in: the average is the one the period began with.
    UNCHANGED = "unchanged"
    # Nothing to take an average of: issues keep the cost they have.
    NO_QUANTITY = "no_quantity"
    NEGATIVE_COST = "negative_cost"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What the value entries of one item ledger entry and part sum to in the period.

    `quantity_base` counts only where the entry itself lies in the period.
    """

    part: Part
    item_ledger_entry_no: int
    entry_type: str
    document_no: str
    location_code: str
    variant_code: str
    posting_date: date
    valuation_date: date
    quantity_base: Decimal
    cost_amount: Decimal
    expected_cost_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An amount with its cost per base unit (None where it brings no quantity) and what it did."""

    amount: Amount
    unit_cost: Decimal | None
    effect: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A quantity with its cost, actual and expected together."""

    quantity_base: Decimal = _NOTHING
    cost_amount: Decimal = _NOTHING

    @property
    def unit_cost(self) -> Decimal | None:
        """Cost per base unit to 5 decimals; None where there is nothing to divide by."""
        return divided(self.cost_amount, self.quantity_base)

    def plus(self, amounts: Iterable[Amount]) -> "Balance":
        """With these amounts."""
        quantity, cost = self.quantity_base, self.cost_amount
        for each in amounts:
            quantity, cost = quantity + each.quantity_base, cost + each.cost_amount
        return Balance(quantity_base=quantity, cost_amount=cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A period's average with all that it comes from, in the order of entries."""

    opening: Balance
    sources: tuple[Line, ...]
    copies: tuple[Line, ...]
    issues: tuple[Line, ...]
    pool: Balance
    closing: Balance
    reason: Reason
    average: Decimal | None
    # The source that moved the average most; None where nothing did.
    strongest: Line | None


def explain(opening: Balance, amounts: Sequence[Amount]) -> Explained:
    """The average of a period from what it began with and what was valued in it."""
    issues = [each for each in amounts if each.part is Part.ISSUE]
    copies = [each for each in amounts if each.part is Part.COPY]
    sources = [each for each in amounts if each.part not in (Part.ISSUE, Part.COPY)]
    pool = opening.plus(sources)
    reason = _reason(opening, sources, pool)
    average = pool.unit_cost if reason in (Reason.AVERAGED, Reason.UNCHANGED) else None
    lines = tuple(_line(each, _effect(each, opening, pool, average)) for each in sources)
    moved = [line for line in lines if line.effect]
    return Explained(
        opening=opening,
        sources=lines,
        copies=tuple(_line(each) for each in copies),
        issues=tuple(_line(each) for each in issues),
        pool=pool,
        closing=opening.plus(amounts),
        reason=reason,
        average=average,
        strongest=max(moved, key=lambda line: abs(line.effect or _NOTHING), default=None),
    )


def divided(cost: Decimal, quantity: Decimal) -> Decimal | None:
    """Cost per base unit to 5 decimals; None where there is no quantity."""
    return round_unit_cost(WIDE.divide(cost, quantity)) if quantity else None


def _reason(opening: Balance, sources: Sequence[Amount], pool: Balance) -> Reason:
    if not sources and not opening.quantity_base and not opening.cost_amount:
        return Reason.EMPTY
    if pool.quantity_base <= 0:
        return Reason.NO_QUANTITY
    if pool.cost_amount < 0:
        return Reason.NEGATIVE_COST
    return Reason.AVERAGED if sources else Reason.UNCHANGED


def _effect(each: Amount, opening: Balance, pool: Balance, average: Decimal | None) -> Decimal | None:
    """What the average would be moved by: the cost beyond that of as many at the opening average."""
    if average is None or opening.quantity_base <= 0:
        return None
    opening_worth = WIDE.divide(WIDE.multiply(opening.cost_amount, each.quantity_base), opening.quantity_base)
    return divided(each.cost_amount - opening_worth, pool.quantity_base)


def _line(amount: Amount, effect: Decimal | None = None) -> Line:
    return Line(amount=amount, unit_cost=divided(amount.cost_amount, amount.quantity_base), effect=effect)
