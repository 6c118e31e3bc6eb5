"""Reference data as a device keeps it: the documents of the feed, by etype.

A device ignores fields and etypes that it does not know. Scopes: `ref` (all devices), `site:<location>`,
`dev:<device>`. Each record's feed key is built by the function beside its class.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from shared.wire.fields import (
    Code,
    MomentField,
    Number,
    OptionalCode,
    QuantityField,
    Sentence,
    Text,
    TrackingNo,
)
from shared.wire.outcomes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A unit of an item: how many base units it holds (base unit: 1)."""

    code: Code
    quantity_per_unit: QuantityField


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """`item` in scope `ref`, key: item no."""

    no: Code
    description: Sentence
    base_unit_of_measure_code: Code
    units: tuple[UnitRecord, ...]
    variants: tuple[Code, ...] = ()
    tracking: Annotated[str, Text(max_length=10)] = "none"
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRecord:
    """`identifier` in scope `ref`, key: the code. GTINs are kept as 14 digits."""

    code: Annotated[str, Text(max_length=100, min_length=1)]
    item_no: Code
    variant_code: OptionalCode = ""
    unit_of_measure_code: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRecord:
    """`reason` in scope `ref`, key: the code. direction: increase, decrease or both."""

    code: Code
    description: Sentence
    description_fr: Sentence = ""
    direction: Annotated[str, Text(max_length=10)] = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRecord:
    """`location` in scope `ref`, key: the code."""

    code: Code
    name: Sentence = ""
    time_zone: Annotated[str, Text(max_length=60)] = "UTC"
    bin_mandatory: bool = True
    receipt_bin_code: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRecord:
    """`bin` in scope `site:<location>`, key: the bin code. block_movement: none, in, out, all."""

    code: Code
    zone_code: OptionalCode = ""
    bin_type: OptionalCode = ""
    block_movement: Annotated[str, Text(max_length=4)] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord:
    """`stock` in scope `site:<location>`: pieces of one item, lot and serial in one bin."""

    bin_code: OptionalCode
    item_no: Code
    quantity_base: QuantityField
    variant_code: OptionalCode = ""
    lot_no: TrackingNo = ""
    serial_no: TrackingNo = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """`worker` in scope `site:<location>`, key: person id. The PIN check works offline.

    `pin_verifier` is "pbkdf2$<rounds>$<salt hex>$<hash hex>" (HMAC-SHA-256).
    """

    person_id: Number
    name: Sentence
    badge: Annotated[str, Text(max_length=100)]
    pin_verifier: Annotated[str, Text(max_length=300)]
    role: OptionalCode = "worker"
    language: Annotated[str, Text(max_length=5)] = ""
    blocked_at: MomentField | None = None


RECORDS: dict[str, type] = {
    "item": ItemRecord,
    "identifier": IdentifierRecord,
    "reason": ReasonRecord,
    "location": LocationRecord,
    "bin": BinRecord,
    "stock": StockRecord,
    "worker": WorkerRecord,
    "outcome": Outcome,
}


def stock_key(bin_code: str, item_no: str, variant_code: str, lot_no: str, serial_no: str) -> str:  # noqa: PLR0917
    """The feed key of a stock record; the unit separator cannot stand in a code."""
    return f"{bin_code}\x1f{item_no}\x1f{variant_code}\x1f{lot_no}\x1f{serial_no}"


def base_quantity_of(item: ItemRecord, unit_of_measure_code: str, quantity: Decimal) -> Decimal | None:
    """Base quantity for a unit of this item, or None where the item has no such unit."""
    for unit in item.units:
        if unit.code == unit_of_measure_code:
            return quantity * unit.quantity_per_unit
    return None
