"""Master data as people see and change it: one frozen card per thing, whose types say what may stand in it.

The same cards are read from JSON and from CSV files, kept by `changes` and described by the API. Codes are
what people use; "" stands for none. A card says nothing of its surroundings: `rules` and `changes` do.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from shared.wire import codec
from shared.wire.fields import Code, Items, OptionalCode, QuantityField, Text, UnitCostField, Whole
from shared.wire.transactions import canonical

Line = Annotated[str, Text(max_length=250)]
Gtin = Annotated[str, Text(max_length=14)]
BarCode = Annotated[str, Text(max_length=100, min_length=1)]


class ItemType(StrEnum):
    """Only inventory has stock; the others are bought and sold but never counted."""

    INVENTORY = "inventory"
    NON_INVENTORY = "non_inventory"
    SERVICE = "service"


class CostingMethod(StrEnum):
    """How an issue's cost is found; only FIFO is for items without stock, too."""

    FIFO = "FIFO"
    LIFO = "LIFO"
    AVERAGE = "Average"
    STANDARD = "Standard"
    SPECIFIC = "Specific"


class NegativeStock(StrEnum):
    """Whether stock may not go below 0; default follows the set-up."""

    DEFAULT = "default"
    YES = "yes"
    NO = "no"


class Tracking(StrEnum):
    """What tells the pieces of an item apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class BlockMovement(StrEnum):
    """Which way goods may not move through a bin."""

    NONE = "none"
    IN = "in"
    OUT = "out"
    ALL = "all"


class Direction(StrEnum):
    """Which adjustments a reason is for."""

    INCREASE = "increase"
    DECREASE = "decrease"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUnit:
    """A unit of one item: base units in it, and what base quantities are rounded to."""

    code: Code
    quantity_per_unit: QuantityField
    quantity_rounding_precision: QuantityField = Decimal("0.00001")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemVariantCard:
    """A variant of one item."""

    code: Code
    description: Line = ""
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCode:
    """A bar code of one item; blank variant or unit means any."""

    code: BarCode
    variant_code: OptionalCode = ""
    unit_of_measure_code: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """An item with its units, variants and bar codes. Costs and prices are per base unit.

    The base unit stands among the units with 1, the GTIN among the codes for one base unit; both are put
    there where they are missing. Posting and cost adjustment keep `unit_cost`; that of a Standard item is
    its standard cost. The standard cost's shares are all 0, or sum to it.
    """

    no: Code
    base_unit_of_measure_code: Code
    description: Line = ""
    type: ItemType = ItemType.INVENTORY
    gtin: Gtin = ""
    is_blocked: bool = False
    costing_method: CostingMethod = CostingMethod.FIFO
    unit_cost: UnitCostField = Decimal(0)
    unit_price: UnitCostField = Decimal(0)
    standard_cost: UnitCostField = Decimal(0)
    standard_material_cost: UnitCostField = Decimal(0)
    standard_capacity_cost: UnitCostField = Decimal(0)
    standard_capacity_overhead: UnitCostField = Decimal(0)
    standard_manufacturing_overhead: UnitCostField = Decimal(0)
    indirect_cost_percent: UnitCostField = Decimal(0)
    overhead_rate: UnitCostField = Decimal(0)
    inventory_posting_group: OptionalCode = ""
    general_product_posting_group: OptionalCode = ""
    prevent_negative_inventory: NegativeStock = NegativeStock.DEFAULT
    tracking: Tracking = Tracking.NONE
    abc_class: Annotated[str, Text(max_length=1)] = ""
    shelf_no: OptionalCode = ""
    units: Annotated[tuple[ItemUnit, ...], Items(low=0, high=100)] = ()
    variants: Annotated[tuple[ItemVariantCard, ...], Items(low=0, high=1000)] = ()
    codes: Annotated[tuple[ItemCode, ...], Items(low=0, high=1000)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierCard:
    """A bar code that means one item, and where it says so one variant and one unit."""

    code: BarCode
    item_no: Code
    variant_code: OptionalCode = ""
    unit_of_measure_code: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfMeasureCard:
    """A unit that items may be counted in."""

    code: Code
    description: Line = ""
    description_fr: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCard:
    """A place with a stock of its own; its time zone decides the posting date of a scan."""

    code: Code
    name: Line = ""
    time_zone: Annotated[str, Text(max_length=60)] = "UTC"
    bin_mandatory: bool = True
    use_as_in_transit: bool = False
    receipt_bin_code: OptionalCode = ""
    shipment_bin_code: OptionalCode = ""
    adjustment_bin_code: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCard:
    """A part of a location that groups bins."""

    location_code: Code
    code: Code
    description: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinCard:
    """A place for goods within a location; of two bins the one with the higher ranking is picked first."""

    location_code: Code
    code: Code
    zone_code: OptionalCode = ""
    bin_type: Annotated[str, Text(max_length=20)] = ""
    ranking: Annotated[int, Whole(low=-(10**6), high=10**6)] = 0
    block_movement: BlockMovement = BlockMovement.NONE
    is_dedicated: bool = False
    gln_extension: Annotated[str, Text(max_length=20)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinContentCard:
    """That an item is kept in a bin by rule. An item has one default bin per location at most."""

    location_code: Code
    bin_code: Code
    item_no: Code
    variant_code: OptionalCode = ""
    is_default: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCard:
    """Why stock was adjusted; over `limit_quantity` base units a supervisor decides (None: no limit)."""

    code: Code
    description: Line = ""
    description_fr: Line = ""
    direction: Direction = Direction.BOTH
    limit_quantity: QuantityField | None = None


def version_of(card: object) -> str:
    """What a card says, as a short mark: two cards that say the same have the same."""
    return hashlib.sha256(canonical(codec.write(card))).hexdigest()[:16]
