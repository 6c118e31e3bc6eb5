"""What the office or a program posts by itself: the lines of an item journal, each of one type.

Quantities are positive; the type of a line says the direction. A line names entries of the item ledger by
their number. Only sources of kind office, api and import may send one. Terms: costing rules 2, 3, 7, 8, 9.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from shared.wire.codec import WireError
from shared.wire.fields import (
    AmountField,
    Code,
    Count,
    DayField,
    EntryNo,
    Items,
    Number,
    OptionalCode,
    QuantityField,
    Sentence,
    Tagged,
    Text,
    TrackingNo,
    UnitCostField,
)

OrderNo = Annotated[str, Text(max_length=50, min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """So many of an item, of one lot or serial, in one bin of the transaction's location."""

    item_no: Code
    quantity: QuantityField
    quantity_base: QuantityField
    unit_of_measure_code: Code
    variant_code: OptionalCode = ""
    bin_code: OptionalCode = ""
    lot_no: TrackingNo = ""
    serial_no: TrackingNo = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase(Goods):
    """Goods from a supplier; `unit_cost` is the direct one per base unit, None takes the item card's."""

    expiration_date: DayField | None = None
    unit_cost: UnitCostField | None = None
    is_invoiced: bool = True
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseReturn(Goods):
    """Goods back to a supplier; `applies_to_entry_no` is the receipt whose cost goes with them."""

    applies_to_entry_no: Count = 0
    is_invoiced: bool = True
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(Goods):
    """Goods to a customer; `applies_to_entry_no` is the receipt that they must come from."""

    applies_to_entry_no: Count = 0
    is_invoiced: bool = True
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReturn(Goods):
    """Goods back from a customer, at the cost of the issue that `applies_from_entry_no` names."""

    expiration_date: DayField | None = None
    unit_cost: UnitCostField | None = None
    applies_from_entry_no: Count = 0
    is_invoiced: bool = True
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositiveAdjustment(Goods):
    """More than the books say, at `unit_cost` or at the cost of an earlier issue."""

    expiration_date: DayField | None = None
    unit_cost: UnitCostField | None = None
    applies_from_entry_no: Count = 0
    reason_code: OptionalCode = ""
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeAdjustment(Goods):
    """Less than the books say."""

    applies_to_entry_no: Count = 0
    reason_code: OptionalCode = ""
    general_business_posting_group: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Invoices what was posted at expected cost; `unit_cost` is a purchase's direct one per base unit."""

    entry_no: EntryNo
    quantity_base: QuantityField
    unit_cost: UnitCostField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCharge:
    """Freight, duty and the like on one entry; a charge on a sale costs the stock nothing."""

    entry_no: EntryNo
    amount: AmountField
    item_charge_no: OptionalCode = ""
    is_sale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Goods):
    """Goods from the transaction's location to another in one go.

    Into transit: `order_no` names the transfer. Out of transit: `from_order_no` takes what has that number.
    """

    to_location_code: OptionalCode
    to_bin_code: OptionalCode = ""
    expiration_date: DayField | None = None
    order_no: Number = ""
    from_order_no: Number = ""


class RevaluationMode(StrEnum):
    """What gets a new value: all of an item, what is left of one entry, or the whole of one entry."""

    ITEM = "item"
    REMAINING = "remaining"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revaluation:
    """A new unit cost or else a new value in all, of the item or the entry that `mode` asks for."""

    mode: RevaluationMode
    item_no: OptionalCode = ""
    applies_to_entry_no: Count = 0
    unit_cost_revalued: UnitCostField | None = None
    inventory_value_revalued: AmountField | None = None
    updates_standard_cost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyOutput(Goods):
    """What an assembly puts out."""

    expiration_date: DayField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyResource:
    """What a resource costs in all, in the company's currency."""

    direct_cost: AmountField
    overhead: AmountField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Components into an output, all at the transaction's location."""

    order_no: OrderNo
    output: AssemblyOutput
    components: Annotated[tuple[Goods, ...], Items(low=1, high=100)]
    resources: Annotated[tuple[AssemblyResource, ...], Items(low=0, high=100)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Takes back a receipt or a shipment that is not invoiced."""

    entry_no: EntryNo


AnyLine = (
    Purchase
    | PurchaseReturn
    | Sale
    | SalesReturn
    | PositiveAdjustment
    | NegativeAdjustment
    | Invoice
    | ItemCharge
    | Transfer
    | Revaluation
    | Assembly
    | Undo
)
LINE_TYPES: tuple[tuple[str, type[AnyLine]], ...] = (
    ("purchase", Purchase),
    ("purchase_return", PurchaseReturn),
    ("sale", Sale),
    ("sales_return", SalesReturn),
    ("positive_adjustment", PositiveAdjustment),
    ("negative_adjustment", NegativeAdjustment),
    ("invoice", Invoice),
    ("item_charge", ItemCharge),
    ("transfer", Transfer),
    ("revaluation", Revaluation),
    ("assembly", Assembly),
    ("undo", Undo),
)
JournalLine = Annotated[AnyLine, Tagged(LINE_TYPES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemJournal:
    """`journal`: lines that post together or not at all, in their order."""

    lines: Annotated[tuple[JournalLine, ...], Items(low=1, high=500)]
    document_no: Number = ""
    note: Sentence = ""


def check_journal(journal: ItemJournal) -> None:
    """What the fields of a line ask of each other.

    Raises WireError with the pointer into the journal: a revaluation names its item or its entry, and one new
    value; a transfer goes into transit or comes out of it.
    """
    for index, line in enumerate(journal.lines):
        try:
            if isinstance(line, Revaluation):
                _check_revaluation(line)
            elif isinstance(line, Transfer):
                _check_transfer(line)
        except WireError as error:
            raise error.within(index).within("lines") from None


def _check_transfer(line: Transfer) -> None:
    if line.order_no and line.from_order_no:
        raise WireError('"" where order_no is given', line.from_order_no, ("from_order_no",))


def _check_revaluation(line: Revaluation) -> None:
    if line.mode is RevaluationMode.ITEM:
        if not line.item_no:
            raise WireError("the number of an item", line.item_no, ("item_no",))
        if line.applies_to_entry_no:
            raise WireError("0 where an item is revalued", line.applies_to_entry_no, ("applies_to_entry_no",))
    elif not line.applies_to_entry_no:
        raise WireError("the number of an entry", line.applies_to_entry_no, ("applies_to_entry_no",))
    if line.unit_cost_revalued is None and line.inventory_value_revalued is None:
        raise WireError("a unit cost, or a value in inventory_value_revalued", None, ("unit_cost_revalued",))
    if line.unit_cost_revalued is not None and line.inventory_value_revalued is not None:
        raise WireError(
            "nothing where a unit cost is given", line.inventory_value_revalued, ("inventory_value_revalued",)
        )
