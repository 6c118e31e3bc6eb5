"""What a confirmed line says: which item, how many, of which lot or serial, from or to which bin.

`quantity` is in the unit of measure that the worker scanned, `quantity_base` in base units as the
device reckoned it; the server compares the two with its own factor and never converts silently.
Both are positive except in an adjustment, where the sign says up or down.
"""

from dataclasses import dataclass
from typing import Annotated

from shared.wire.fields import (
    Code,
    DayField,
    Items,
    OptionalCode,
    QuantityField,
    RawScan,
    TrackingNo,
    UnitCostField,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLine:
    """One item in one bin: received into, picked from, returned to or adjusted in it."""

    item_no: Code
    quantity: QuantityField
    quantity_base: QuantityField
    unit_of_measure_code: Code
    variant_code: OptionalCode = ""
    bin_code: OptionalCode = ""
    lot_no: TrackingNo = ""
    serial_no: TrackingNo = ""
    expiration_date: DayField | None = None
    # Only office, API and import sources may state a cost; base currency per base unit.
    unit_cost: UnitCostField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """One item taken from one bin and placed in another bin of the same location."""

    item_no: Code
    quantity: QuantityField
    quantity_base: QuantityField
    unit_of_measure_code: Code
    from_bin_code: Code
    to_bin_code: Code
    variant_code: OptionalCode = ""
    lot_no: TrackingNo = ""
    serial_no: TrackingNo = ""


BinLines = Annotated[tuple[BinLine, ...], Items(low=1, high=500)]
MoveLines = Annotated[tuple[MoveLine, ...], Items(low=1, high=500)]
Scans = Annotated[tuple[RawScan, ...], Items(low=0, high=500)]
