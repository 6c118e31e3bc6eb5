"""Master data as a posting sees it: frozen facts, which rules and plans may know without a database.

What is unknown is simply absent; the rules of each transaction kind say what that means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of an item: base units in it, and the precision that base quantities are rounded to."""

    quantity_per_unit: Decimal
    rounding_precision: Decimal


_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class StandardShares:
    """How a standard cost per base unit is made up; only for splitting the variance of an assembly."""

    material: Decimal = _NOTHING
    capacity: Decimal = _NOTHING
    capacity_overhead: Decimal = _NOTHING
    manufacturing_overhead: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What posting needs of an item card; `variants` maps a code to whether it is blocked."""

    no: str
    item_type: str
    base_unit_of_measure_code: str
    is_blocked: bool
    costing_method: str
    unit_cost: Decimal
    prevents_negative: bool
    units: Mapping[str, UnitFacts]
    variants: Mapping[str, bool]
    # none, lot or serial.
    tracking: str = "none"
    standard_cost: Decimal = _NOTHING
    standard_shares: StandardShares = StandardShares()
    last_direct_cost: Decimal = _NOTHING
    indirect_cost_percent: Decimal = _NOTHING
    overhead_rate: Decimal = _NOTHING
    inventory_posting_group: str = ""
    general_product_posting_group: str = ""


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """What posting needs of a location."""

    code: str
    time_zone: str
    bin_mandatory: bool
    adjustment_bin_code: str
    use_as_in_transit: bool = False


@dataclass(frozen=True, slots=True)
class BinFacts:
    """What posting needs of a bin."""

    zone_code: str
    block_movement: str


@dataclass(frozen=True, slots=True)
class ReasonFacts:
    """What posting needs of a reason; `limit_quantity` in base units, None for no limit."""

    direction: str
    limit_quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What posting needs of the company's set-up."""

    amount_rounding_precision: Decimal
    prevent_negative_inventory: bool
    server_epoch: str
    automatic_cost_adjustment: str = "never"
    average_cost_period: str = "day"
    average_cost_calc_type: str = "item"
    # applied: an issue is first posted at its receipts' cost; card: at the item's unit cost.
    cost_at_posting: str = "applied"
    negative_inventory: str = "sales_and_adjustments"
    automatic_cost_posting: bool = False
    expected_cost_posting: bool = False
    allow_posting_from: date | None = None
    allow_posting_to: date | None = None
    earliest_valuation_date: date | None = None
    work_date: date | None = None
    # Ending date of the latest inventory period that is closed.
    closed_through: date | None = None
    # First days of the company's accounting periods, ascending.
    accounting_periods: tuple[date, ...] = ()
    fiscal_years: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class PostingDates:
    """The days a person may post on instead of the company's; None leaves that side open."""

    allow_from: date | None
    allow_to: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The master data that a batch touches."""

    setup: SetupFacts
    items: Mapping[str, ItemFacts] = field(default_factory=dict)
    locations: Mapping[str, LocationFacts] = field(default_factory=dict)
    bins: Mapping[tuple[str, str], BinFacts] = field(default_factory=dict)
    reasons: Mapping[str, ReasonFacts] = field(default_factory=dict)
    # Person id to the days of those who have their own.
    posting_dates: Mapping[str, PostingDates] = field(default_factory=dict)
