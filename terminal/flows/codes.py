"""What a scanned code means, as a flow is told: an item, a bin, a badge, several items, or nothing known.

Whoever reads the reference data builds these; flows only look at them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCode:
    """An item in one unit of measure, with what else its label says.

    `count` is how many of the unit the label itself states (AI 30, 37); `tracking` is none, lot or serial.
    """

    item_no: str
    description: str
    unit_of_measure_code: str
    quantity_per_unit: Decimal
    base_unit_of_measure_code: str
    variant_code: str = ""
    tracking: str = "none"
    is_blocked: bool = False
    lot_no: str = ""
    serial_no: str = ""
    expires_on: date | None = None
    count: Decimal | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinCode:
    """A bin of this location. `block_movement` is none, in, out or all."""

    code: str
    bin_type: str = ""
    block_movement: str = "none"

    @property
    def takes_goods(self) -> bool:
        return self.block_movement in {"none", "out"}

    @property
    def gives_goods(self) -> bool:
        return self.block_movement in {"none", "in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeCode:
    """A person's badge."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingCode:
    """A label that names a lot or serial (AI 10, 21) but no item."""

    lot_no: str = ""
    serial_no: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralItems:
    """One code of several items: a person chooses."""

    choices: tuple[ItemCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCode:
    """Nothing on this device has the code; `text` is what was read, without symbology and prefix."""

    text: str
    gtin14: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """A label that breaks its own rules (check digit, length, date…): scan it again."""

    text: str
    fault: str


Resolved = ItemCode | BinCode | BadgeCode | TrackingCode | SeveralItems | UnknownCode | Misread


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """Pieces of one item in one bin as this device believes: snapshot plus its own unposted effects."""

    bin_code: str
    item_no: str
    description: str
    quantity_base: Decimal
    variant_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
