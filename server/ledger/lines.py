"""The narrow waist: whatever happens in the warehouse becomes journal lines, and the engine knows only these.

Quantities are base units. A line of the item ledger is positive in and negative out; a MOVEMENT is positive
and goes from `bin_code` to `new_bin_code` of one location. A journal posts all its lines or none.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class EntryType(StrEnum):
    """Item ledger entry types, and MOVEMENT for what changes bins only."""

    PURCHASE = "purchase"
    SALE = "sale"
    POSITIVE_ADJMT = "positive_adjmt"
    NEGATIVE_ADJMT = "negative_adjmt"
    TRANSFER = "transfer"
    CONSUMPTION = "consumption"
    OUTPUT = "output"
    ASSEMBLY_CONSUMPTION = "assembly_consumption"
    ASSEMBLY_OUTPUT = "assembly_output"
    MOVEMENT = "movement"


# Issues that may leave an entry open below zero, where set-up allows it (features 7.14).
MAY_GO_NEGATIVE = frozenset({EntryType.SALE, EntryType.NEGATIVE_ADJMT})


class RevaluationMode(StrEnum):
    """What a revaluation gives a new value: all that is left of an item on its date, what is left of one
    entry, or the whole of one entry with what was issued from it.
    """

    ITEM = "item"
    REMAINING = "remaining"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemJournalLine:
    """One movement to post. `unit_cost` per base unit; None takes the item card's.

    Not invoiced means expected cost, which an InvoiceLine turns into actual. An issue with
    `applies_to_entry_no` takes from that receipt; a receipt with `applies_from_entry_no` takes back what
    that issue cost.
    """

    entry_type: EntryType
    item_no: str
    location_code: str
    quantity_base: Decimal
    unit_of_measure_code: str
    quantity_per_unit: Decimal
    variant_code: str = ""
    bin_code: str = ""
    new_bin_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
    expiration_date: date | None = None
    unit_cost: Decimal | None = None
    reason_code: str = ""
    is_invoiced: bool = True
    applies_to_entry_no: int = 0
    applies_from_entry_no: int = 0
    general_business_posting_group: str = ""
    order_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """Invoices a positive quantity of a receipt, shipment or return that was posted at expected cost.

    `unit_cost`: the direct unit cost of a purchase's invoice, None elsewhere.
    """

    entry_no: int
    quantity_base: Decimal
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChargeLine:
    """Freight, duty and the like on one entry, in the company's currency; a sales charge costs nothing."""

    entry_no: int
    amount: Decimal
    item_charge_no: str = ""
    is_sale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """Takes a positive quantity out of one location and into another, in one go.

    A shipment goes into an in-transit location with its own `order_no`; its receipt takes exactly what has
    that number out again (`from_order_no`).
    """

    item_no: str
    location_code: str
    new_location_code: str
    quantity_base: Decimal
    unit_of_measure_code: str
    quantity_per_unit: Decimal = Decimal(1)
    variant_code: str = ""
    bin_code: str = ""
    new_bin_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
    expiration_date: date | None = None
    order_no: str = ""
    from_order_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevaluationLine:
    """A new value: per base unit, or for the whole quantity that is revalued (exactly one of the two)."""

    mode: RevaluationMode
    item_no: str = ""
    applies_to_entry_no: int = 0
    unit_cost_revalued: Decimal | None = None
    inventory_value_revalued: Decimal | None = None
    updates_standard_cost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What a resource of an assembly costs in all, in the company's currency."""

    direct_cost: Decimal
    overhead: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyLine:
    """Consumes components and puts out an item whose cost is theirs and the resources'.

    `output` has a positive quantity, each component a negative one; all lie at one location.
    """

    order_no: str
    output: ItemJournalLine
    components: tuple[ItemJournalLine, ...]
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoLine:
    """Takes back a receipt or shipment that was not invoiced, by a correction on its own posting date."""

    entry_no: int


JournalLine = (
    ItemJournalLine | InvoiceLine | ItemChargeLine | TransferLine | RevaluationLine | AssemblyLine | UndoLine
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What one transaction asks the ledger to post, and who asks."""

    transaction_id: str
    source_code: str
    document_no: str
    posting_date: date
    document_date: date
    occurred_at: datetime
    user_id: str
    device_id: str
    lines: tuple[JournalLine, ...]
    # History that an import states may lack the lots and serials that its items ask for by now.
    requires_numbers: bool = True


# (item, variant, location): what an issue and a receipt of the item ledger lock.
ItemKey = tuple[str, str, str]
# (item, variant, location, lot, serial): entries apply to each other within this.
LayerKey = tuple[str, str, str, str, str]
# (location, bin, item, variant, lot, serial); bin "" at a location without bins.
BinKey = tuple[str, str, str, str, str, str]
# (item, variant, lot, serial) with one of the two numbers: a lot's or a serial's card.
NumberKey = tuple[str, str, str, str]


def item_key(line: ItemJournalLine) -> ItemKey:
    """The key whose open entries and total the line changes."""
    return (line.item_no, line.variant_code, line.location_code)


def layer_key(line: ItemJournalLine) -> LayerKey:
    """The key within which the line applies to other entries."""
    return (line.item_no, line.variant_code, line.location_code, line.lot_no, line.serial_no)


def bin_key(line: ItemJournalLine, bin_code: str) -> BinKey:
    """The balance of one bin that the line changes."""
    return (line.location_code, bin_code, line.item_no, line.variant_code, line.lot_no, line.serial_no)


def number_keys(line: ItemJournalLine) -> tuple[NumberKey, ...]:
    """The cards of the lot and the serial that the line names."""
    lot = ((line.item_no, line.variant_code, line.lot_no, ""),) if line.lot_no else ()
    serial = ((line.item_no, line.variant_code, "", line.serial_no),) if line.serial_no else ()
    return lot + serial
