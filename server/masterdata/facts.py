"""Master data as a posting sees it: frozen facts, which rules and plans may know without a database.

What is unknown is simply absent; the rules of each transaction kind say what that means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of an item: base units in it, and the precision that base quantities are rounded to."""

    quantity_per_unit: Decimal
    rounding_precision: Decimal


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


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """What posting needs of a location."""

    code: str
    time_zone: str
    bin_mandatory: bool
    adjustment_bin_code: str


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


@dataclass(frozen=True, slots=True)
class Facts:
    """The master data that a batch touches."""

    setup: SetupFacts
    items: Mapping[str, ItemFacts] = field(default_factory=dict)
    locations: Mapping[str, LocationFacts] = field(default_factory=dict)
    bins: Mapping[tuple[str, str], BinFacts] = field(default_factory=dict)
    reasons: Mapping[str, ReasonFacts] = field(default_factory=dict)
