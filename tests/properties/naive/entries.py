"""What the model remembers: entries, what was posted on them, and which issue took from which receipt.

Always holds: an amount is a fraction in local currency, positive on receipts and negative on issues; only
`round_to` rounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

ZERO = Fraction(0)


def round_to(value: Fraction, unit: Fraction) -> Fraction:
    """The nearest multiple of a unit, half away from zero."""
    units = abs(value) / unit
    whole = (units + Fraction(1, 2)).__floor__()
    return whole * unit if value >= 0 else -whole * unit


@dataclass
class Value:
    """A posted amount that adjustments leave alone: direct cost, overhead, variance, revaluation, rounding.

    `expected` counts while not invoiced; `is_receipt` marks the expected cost of a receipt, whose share in
    what is forwarded shrinks with each invoice. `is_partial`: a revaluation of `valued_quantity` units only.
    """

    kind: str
    actual: Fraction
    step: int
    day: date
    valuation_date: date
    expected: Fraction = ZERO
    is_receipt: bool = False
    is_partial: bool = False
    is_charge: bool = False
    valued_quantity: Fraction = ZERO


@dataclass
class Document:
    """An invoice of an entry, or all of what is shipped and invoiced in one: its part of a derived cost."""

    quantity: Fraction
    actual: Fraction
    step: int
    day: date
    expected: Fraction = ZERO


@dataclass(eq=False)
class Application:
    """A quantity (positive) that an issue took from a receipt.

    `is_costed`: the issue has the receipt's cost, not the period's average. `is_held`: no fixed application
    may take it away.
    """

    inbound: "Entry"
    outbound: "Entry"
    quantity: Fraction
    day: date
    is_costed: bool
    is_fixed: bool
    is_held: bool


@dataclass(eq=False)
class Assembly:
    """What went into an output. `resources`, `resource_overhead`: totals."""

    consumed: list["Entry"]
    resources: Fraction
    standard_total: Fraction | None


@dataclass(eq=False)
class Entry:
    """A movement of one item. Its cost stands in `values`, and where it is derived from others in documents.

    `copies`: the issue whose cost this receipt takes. `layer` and `via`: the receipt whose cost a leg of a
    transfer takes, and the issue that carried it. `assembly`: what an output is made of.
    """

    no: int
    ref: str
    kind: str
    item: str
    variant: str
    location: str
    lot: str
    day: date
    quantity: Fraction
    step: int
    valuation_date: date
    remaining: Fraction = ZERO
    invoiced: Fraction = ZERO
    order: str = ""
    copies: "Entry | None" = None
    layer: "Entry | None" = None
    via: "Entry | None" = None
    assembly: Assembly | None = None
    is_average_valued: bool = False
    first_unit_cost: Fraction = ZERO
    has_shipment: bool = False
    shipment_expected: Fraction = ZERO
    invoice_day: date | None = None
    documents: list[Document] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)

    @property
    def is_inbound(self) -> bool:
        """Whether it is a receipt."""
        return self.quantity > 0

    @property
    def is_derived(self) -> bool:
        """Whether its cost comes from other entries."""
        return not self.is_inbound or any((self.copies, self.layer, self.assembly))

    @property
    def actual(self) -> Fraction:
        """Actual cost."""
        values = sum((value.actual for value in self.values), ZERO)
        return values + sum((document.actual for document in self.documents), ZERO)

    @property
    def expected(self) -> Fraction:
        """Expected cost."""
        values = sum((value.expected for value in self.values), ZERO)
        return values + self.shipment_expected + sum((each.expected for each in self.documents), ZERO)

    @property
    def cost(self) -> Fraction:
        """Actual and expected cost."""
        return self.actual + self.expected

    @property
    def date_for_issues(self) -> date:
        """Before which no issue that takes from it can be valued."""
        dates = [value.valuation_date for value in self.values if value.kind == "revaluation"]
        return dates[-1] if dates else self.valuation_date

    @property
    def latest_valuation_date(self) -> date:
        """The latest over all that was posted on it."""
        return max([self.valuation_date, *(each.valuation_date for each in self.values)])

    def total(self, kind: str) -> Fraction:
        """The actual cost of one kind; what is derived is direct cost."""
        amount = sum((value.actual for value in self.values if value.kind == kind), ZERO)
        return amount + (
            sum((each.actual for each in self.documents), ZERO) if kind == "direct_cost" else ZERO
        )


@dataclass
class Item:
    """An item card."""

    no: str
    method: str
    unit_cost: Fraction
    standard_cost: Fraction
    overhead_rate: Fraction
    indirect_pct: Fraction
    tracking: str


class Books:
    """Everything that was posted so far, and the look-ups over it."""

    def __init__(self, setup: dict[str, Any]) -> None:
        settings = setup.get("settings") or {}
        self.items = {item.no: item for item in map(_read_item, setup["items"])}
        self.amount_unit = number(settings.get("rounding_precision", "0.01"))
        self.period = settings.get("average_cost_period", "day")
        self.is_per_place = settings.get("average_cost_calc") == "item-location-variant"
        self.entries: list[Entry] = []
        self.applications: list[Application] = []
        self.step = 0

    def amount(self, value: Fraction) -> Fraction:
        """An amount as it is posted."""
        return round_to(value, self.amount_unit)

    def of_item(self, item: str) -> Iterator[Entry]:
        """The entries of an item, in the order posted."""
        return (entry for entry in self.entries if entry.item == item)

    def taken_from(self, inbound: Entry) -> list[Application]:
        """What issues took from a receipt, in the order made."""
        return [each for each in self.applications if each.inbound is inbound]

    def taken_by(self, outbound: Entry) -> list[Application]:
        """Where an issue took from, in the order made."""
        return [each for each in self.applications if each.outbound is outbound]

    def recipients_of(self, outbound: Entry) -> list[Entry]:
        """The receipts that take an issue's cost: exact returns, transfer legs, outputs."""
        return [
            entry
            for entry in self.entries
            if entry.copies is outbound
            or entry.via is outbound
            or (entry.assembly is not None and outbound in entry.assembly.consumed)
        ]

    def method(self, entry: Entry) -> str:
        """How its item is costed."""
        return self.items[entry.item].method

    def scope(self, entry: Entry) -> tuple[str, str, str]:
        """What one average is over: the item, or the item at a location."""
        return (entry.item, entry.location, entry.variant) if self.is_per_place else (entry.item, "", "")


def number(value: object) -> Fraction:
    """A number of a scenario, through its text."""
    return Fraction(str(value))


def _read_item(written: dict[str, Any]) -> Item:
    standard = number(written.get("standard_cost", 0))
    method = written["costing_method"]
    return Item(
        no=written["no"],
        method=method,
        unit_cost=standard if method == "Standard" else number(written.get("unit_cost", 0)),
        standard_cost=standard,
        overhead_rate=number(written.get("overhead_rate", 0)),
        indirect_pct=number(written.get("indirect_cost_pct", 0)),
        tracking=written.get("tracking", ""),
    )
