"""`journal` as journal lines: each type of line as what the ledger knows it by.

The body's quantities are positive; here they get their sign. Raises QuantityNotPositive, ReasonUnknown,
ReasonDirection, OverLimit, Unreadable for an amount that no ledger holds, and what `measure` raises.
"""

from decimal import Decimal
from typing import Any

from server.errors import QuantityNotPositive, Unreadable
from server.inbox.kinds import Circumstances, Measured, measure
from server.ledger.lines import (
    AssemblyLine,
    EntryType,
    InvoiceLine,
    ItemChargeLine,
    ItemJournalLine,
    JournalLine,
    Resource,
    RevaluationLine,
    RevaluationMode,
    TransferLine,
    UndoLine,
)
from server.masterdata.reason_rules import check_reason
from shared.wire import journals
from shared.wire.journals import AnyLine, Goods, ItemJournal

# Entry type and sign of the quantity of what moves goods in or out.
_MOVES: dict[type, tuple[EntryType, int]] = {
    journals.Purchase: (EntryType.PURCHASE, 1),
    journals.PurchaseReturn: (EntryType.PURCHASE, -1),
    journals.Sale: (EntryType.SALE, -1),
    journals.SalesReturn: (EntryType.SALE, 1),
    journals.PositiveAdjustment: (EntryType.POSITIVE_ADJMT, 1),
    journals.NegativeAdjustment: (EntryType.NEGATIVE_ADJMT, -1),
}

# Amounts have 14 digits before the point; the ledger cannot hold what is larger.
_LARGEST_AMOUNT = Decimal(10) ** 14


def post(body: ItemJournal, circumstances: Circumstances) -> tuple[JournalLine, ...]:
    """The lines of a journal, in their order."""
    return tuple(_line(line, circumstances, index) for index, line in enumerate(body.lines))


def _line(line: AnyLine, circumstances: Circumstances, index: int) -> JournalLine:
    match line:
        case journals.Transfer():
            return _transfer(line, circumstances, index)
        case journals.Assembly():
            return _assembly(line, circumstances, index)
        case Goods():
            return _movement(line, circumstances, index)
        case journals.Invoice():
            _check_positive(line.quantity_base, f"{line.entry_no}")
            _check_amount(line.quantity_base * (line.unit_cost or 0), f"{index}/unit_cost")
            return InvoiceLine(
                entry_no=line.entry_no, quantity_base=line.quantity_base, unit_cost=line.unit_cost
            )
        case journals.ItemCharge():
            return ItemChargeLine(
                entry_no=line.entry_no,
                amount=line.amount,
                item_charge_no=line.item_charge_no,
                is_sale=line.is_sale,
            )
        case journals.Revaluation():
            return RevaluationLine(
                mode=RevaluationMode(line.mode),
                item_no=line.item_no,
                applies_to_entry_no=line.applies_to_entry_no,
                unit_cost_revalued=line.unit_cost_revalued,
                inventory_value_revalued=line.inventory_value_revalued,
                updates_standard_cost=line.updates_standard_cost,
            )
        case journals.Undo():
            return UndoLine(entry_no=line.entry_no)


def _movement(line: Goods, circumstances: Circumstances, index: int) -> ItemJournalLine:
    entry_type, sign = _MOVES[type(line)]
    measured = _measured(line, circumstances, str(index))
    unit_cost = getattr(line, "unit_cost", None)
    if unit_cost is not None:
        _check_amount(unit_cost * measured.quantity_base, f"{index}/unit_cost")
    reason_code = getattr(line, "reason_code", "")
    if reason_code:
        reason = circumstances.facts.reasons.get(reason_code)
        check_reason(reason, reason_code, sign * measured.quantity_base, circumstances.approved)
    return _goods(
        line,
        circumstances,
        entry_type=entry_type,
        quantity_base=sign * measured.quantity_base,
        quantity_per_unit=measured.quantity_per_unit,
        expiration_date=getattr(line, "expiration_date", None),
        unit_cost=unit_cost,
        reason_code=reason_code,
        is_invoiced=getattr(line, "is_invoiced", True),
        applies_to_entry_no=getattr(line, "applies_to_entry_no", 0),
        applies_from_entry_no=getattr(line, "applies_from_entry_no", 0),
        general_business_posting_group=getattr(line, "general_business_posting_group", ""),
    )


def _transfer(line: journals.Transfer, circumstances: Circumstances, index: int) -> TransferLine:
    measured = _measured(line, circumstances, str(index))
    return TransferLine(
        item_no=line.item_no,
        variant_code=line.variant_code,
        location_code=circumstances.location_code,
        new_location_code=line.to_location_code,
        bin_code=line.bin_code,
        new_bin_code=line.to_bin_code,
        quantity_base=measured.quantity_base,
        unit_of_measure_code=line.unit_of_measure_code,
        quantity_per_unit=measured.quantity_per_unit,
        lot_no=line.lot_no,
        serial_no=line.serial_no,
        expiration_date=line.expiration_date,
        order_no=line.order_no,
        from_order_no=line.from_order_no,
    )


def _assembly(line: journals.Assembly, circumstances: Circumstances, index: int) -> AssemblyLine:
    made = _measured(line.output, circumstances, f"{index}/output")
    components = []
    for number, component in enumerate(line.components):
        used = _measured(component, circumstances, f"{index}/components/{number}")
        components.append(
            _goods(
                component,
                circumstances,
                entry_type=EntryType.ASSEMBLY_CONSUMPTION,
                quantity_base=-used.quantity_base,
                quantity_per_unit=used.quantity_per_unit,
                order_no=line.order_no,
            )
        )
    return AssemblyLine(
        order_no=line.order_no,
        output=_goods(
            line.output,
            circumstances,
            entry_type=EntryType.ASSEMBLY_OUTPUT,
            quantity_base=made.quantity_base,
            quantity_per_unit=made.quantity_per_unit,
            expiration_date=line.output.expiration_date,
            order_no=line.order_no,
        ),
        components=tuple(components),
        resources=tuple(
            Resource(direct_cost=each.direct_cost, overhead=each.overhead or Decimal(0))
            for each in line.resources
        ),
    )


def _goods(line: Goods, circumstances: Circumstances, **more: Any) -> ItemJournalLine:
    return ItemJournalLine(
        item_no=line.item_no,
        variant_code=line.variant_code,
        location_code=circumstances.location_code,
        bin_code=line.bin_code,
        unit_of_measure_code=line.unit_of_measure_code,
        lot_no=line.lot_no,
        serial_no=line.serial_no,
        **more,
    )


def _measured(line: Goods, circumstances: Circumstances, place: str) -> Measured:
    measured = measure(circumstances, line, place)
    _check_positive(measured.quantity_base, line.item_no)
    return measured


def _check_positive(quantity_base: Decimal, what: str) -> None:
    if quantity_base <= 0:
        raise QuantityNotPositive(f"{what}: {quantity_base}")


def _check_amount(amount: Decimal, place: str) -> None:
    if abs(amount) >= _LARGEST_AMOUNT:
        raise Unreadable(f"/body/lines/{place}: an amount below {_LARGEST_AMOUNT}, {amount}")
