"""What cost rules see of the ledgers: entries with their values, and the applications between them.

Quantities are base units with the ledger's sign, amounts have the sign of the quantity. A value stands for an
original value entry together with all its corrections, so its amounts are what it is worth now.
An entry has no cost of its own: its cost is the sum of its values.
Source: costing rules 1 and 6.1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.money import round_amount
from shared.quantity import WIDE

ZERO = Decimal(0)
_HAIR = Decimal(1).scaleb(-20)


@dataclass(slots=True)
class Value:
    """An original value entry and what its corrections made of it."""

    entry_no: int
    entry_type: str
    variance_type: str
    posting_date: date
    valuation_date: date
    valued_quantity: Decimal
    invoiced_quantity: Decimal
    cost_per_unit: Decimal
    actual: Decimal
    expected: Decimal
    is_expected: bool
    is_partial: bool
    is_charge: bool
    valued_by_average: bool

    @property
    def is_rounding(self) -> bool:
        """Whether it is a rounding value, which is never forwarded."""
        return self.entry_type == "rounding"

    @property
    def is_document(self) -> bool:
        """Whether it is the direct cost of a document: what the cost of an issue is shared over."""
        return self.entry_type == "direct_cost" and not self.is_charge


@dataclass(slots=True)
class Entry:
    """An item ledger entry with its values, oldest first."""

    entry_no: int
    entry_type: str
    item_no: str
    variant_code: str
    location_code: str
    lot_no: str
    serial_no: str
    posting_date: date
    quantity: Decimal
    remaining: Decimal
    invoiced_quantity: Decimal
    is_completely_invoiced: bool
    last_invoice_date: date | None
    is_correction: bool
    order_no: str
    is_to_adjust: bool
    values: list[Value] = field(default_factory=list)

    @property
    def is_inbound(self) -> bool:
        """Whether it brought quantity in."""
        return self.quantity > 0

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Item, variant, location, lot and serial: entries apply to each other within this."""
        return (self.item_no, self.variant_code, self.location_code, self.lot_no, self.serial_no)

    @property
    def actual(self) -> Decimal:
        """Actual cost of all its values."""
        return sum((value.actual for value in self.values), ZERO)

    @property
    def expected(self) -> Decimal:
        """Expected cost of all its values."""
        return sum((value.expected for value in self.values), ZERO)

    @property
    def valued_by_average(self) -> bool:
        """Whether it takes the average cost of its period."""
        return any(value.valued_by_average for value in self.values)

    @property
    def valuation_date(self) -> date:
        """Date of its direct cost; its posting date where it has no value yet."""
        for value in self.values:
            if value.is_document:
                return value.valuation_date
        return self.posting_date

    @property
    def source_date(self) -> date:
        """The date before which no issue from it is valued: its last revaluation's, else its last value's."""
        return _deciding_date(self.values) or self.posting_date

    def source_date_of(self, issue: "Entry") -> date:
        """The same for an issue that was posted already: what came later (a revaluation) is not for it."""
        first = issue.values[0].entry_no if issue.values else 0
        known = [value for value in self.values if value.entry_no < first]
        return _deciding_date(known) or self.valuation_date

    @property
    def uninvoiced(self) -> Decimal:
        """The part of its quantity that is not invoiced, with its sign."""
        return ZERO if self.is_completely_invoiced else self.quantity - self.invoiced_quantity


def _deciding_date(values: Sequence[Value]) -> date | None:
    revaluations = [value for value in values if value.entry_type == "revaluation"]
    deciding = revaluations or values
    return deciding[-1].valuation_date if deciding else None


@dataclass(slots=True)
class Application:
    """What holds between two entries: the sum of the application rows of one pair, per owner.

    `quantity` is positive for a receipt's own row and for a receipt that copies an issue's cost, negative
    where an issue takes from a receipt.
    """

    item_ledger_entry_no: int
    inbound_entry_no: int
    outbound_entry_no: int
    quantity: Decimal
    posting_date: date
    transferred_from_entry_no: int
    is_cost_application: bool
    is_fixed: bool
    entry_no: int = 0

    @property
    def takes(self) -> bool:
        """Whether an issue takes from a receipt here."""
        return self.quantity < 0


def is_reached(revaluation: Value, outbound: Entry | None) -> bool:
    """Whether a partial revaluation reaches an issue: posted later, or valued later (rules 7).

    None stands for an issue that is only now being posted.
    """
    if outbound is None:
        return True
    first = min((value.entry_no for value in outbound.values), default=revaluation.entry_no + 1)
    return first > revaluation.entry_no or outbound.valuation_date > revaluation.valuation_date


def cost_to_forward(inbound: Entry, outbound: Entry | None = None) -> Decimal:
    """What an entry's whole quantity is worth to an issue; not rounded."""
    total = ZERO
    for value in inbound.values:
        # In the wide context: the ordinary one cuts a long quotient short.
        total = WIDE.add(total, forwarded(value, inbound, outbound))
    return total


def forwarded(value: Value, inbound: Entry, outbound: Entry | None) -> Decimal:
    """The part of one value that goes on to an issue of the whole quantity; not rounded."""
    if value.is_rounding:
        return ZERO
    if value.is_partial and not is_reached(value, outbound):
        return ZERO
    actual = value.actual
    if value.is_partial:
        actual = WIDE.divide(WIDE.multiply(actual, inbound.quantity), value.valued_quantity)
    if not value.is_expected or inbound.is_completely_invoiced or not value.valued_quantity:
        return actual
    # Expected cost counts as far as it is not invoiced.
    expected = WIDE.divide(WIDE.multiply(value.expected, inbound.uninvoiced), value.valued_quantity)
    return WIDE.add(actual, expected)


def share(amount: Decimal, part: Decimal, of_quantity: Decimal, precision: Decimal) -> Decimal:
    """The part of an amount that goes with a part of a quantity, rounded by itself.

    What such shares of a used-up receipt leave over becomes its rounding value.
    """
    if part == of_quantity:
        return round_amount(amount, precision)
    quotient = WIDE.divide(WIDE.multiply(amount, part), of_quantity)
    # An amount that was itself divided may lie a hair beside the half that it stands for.
    return round_amount(WIDE.quantize(quotient, _HAIR), precision)


def worth(entry: Entry) -> Decimal:
    """What an issue costs those that copy it: actual cost and the uninvoiced share of expected cost."""
    total = ZERO
    for value in entry.values:
        if value.is_rounding:
            continue
        total += value.actual
        if value.is_expected and not entry.is_completely_invoiced and value.valued_quantity:
            part = WIDE.divide(WIDE.multiply(value.expected, entry.uninvoiced), value.valued_quantity)
            total = WIDE.add(total, part)
    return total


def first_of(values: Iterable[Value]) -> Value | None:
    """The first value that is the direct cost of a document."""
    return next((value for value in values if value.is_document), None)
