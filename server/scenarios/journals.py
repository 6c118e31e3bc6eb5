"""Turns the steps that post something into journal lines: the same that a scan or a document makes."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import singledispatchmethod
from typing import NamedTuple

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
from server.scenarios.company import UNIT
from server.scenarios.steps import (
    Assembly,
    Charge,
    Component,
    Invoice,
    Movement,
    Revaluation,
    Scenario,
    Step,
    Transfer,
    TransferReceipt,
    Undo,
)
from shared.money import split_amount

ONE = Decimal(1)


class Made(NamedTuple):
    """An item ledger entry that a step made; the quantity is negative for an issue."""

    entry_no: int
    quantity_base: Decimal


class CannotDo(Exception):
    """A step that needs entries which are not there, or one entry where there are several."""


class _Kind(NamedTuple):
    entry_type: EntryType
    is_receipt: bool
    is_invoiced: bool


MOVEMENTS: dict[str, _Kind] = {
    "positive_adjustment": _Kind(EntryType.POSITIVE_ADJMT, True, True),
    "negative_adjustment": _Kind(EntryType.NEGATIVE_ADJMT, False, True),
    "purchase": _Kind(EntryType.PURCHASE, True, True),
    "purchase_receipt": _Kind(EntryType.PURCHASE, True, False),
    "purchase_return": _Kind(EntryType.PURCHASE, False, True),
    "sale": _Kind(EntryType.SALE, False, True),
    "sales_shipment": _Kind(EntryType.SALE, False, False),
    "sales_return": _Kind(EntryType.SALE, True, True),
    "sales_return_receipt": _Kind(EntryType.SALE, True, False),
}


class Lines:
    """Makes the lines of a step; `made` holds the entries of the steps before it, by name."""

    def __init__(self, scenario: Scenario, made: Mapping[str, tuple[Made, ...]]) -> None:
        self._scenario, self._made = scenario, made
        self._steps = {step.ref: step for step in scenario.steps}

    def of(self, step: Step) -> tuple[JournalLine, ...]:
        """The lines. Raises CannotDo."""
        return tuple(self._lines(step))

    @singledispatchmethod
    def _lines(self, step: Step) -> Iterator[JournalLine]:
        raise AssertionError(f"{step.do} posts no journal")

    @_lines.register
    def _(self, step: Movement) -> Iterator[JournalLine]:
        kind = MOVEMENTS[step.do]
        yield self._item_line(
            step,
            kind.entry_type,
            step.quantity if kind.is_receipt else -step.quantity,
            location=step.location,
            # What a supplier credits never sets the cost of an issue.
            unit_cost=step.unit_cost if kind.is_receipt else None,
            is_invoiced=kind.is_invoiced,
            applies_to_entry_no=self._only_entry(step.applies_to),
            applies_from_entry_no=self._only_entry(step.applies_from),
        )

    @_lines.register
    def _(self, step: Invoice) -> Iterator[JournalLine]:
        yield InvoiceLine(
            entry_no=self._only_entry(step.of), quantity_base=step.quantity, unit_cost=step.unit_cost
        )

    @_lines.register
    def _(self, step: Transfer) -> Iterator[JournalLine]:
        is_shipment = step.do == "transfer_shipment"
        yield self._transfer_line(
            step, step.from_location, step.to_location, order_no=step.ref if is_shipment else ""
        )

    @_lines.register
    def _(self, step: TransferReceipt) -> Iterator[JournalLine]:
        self._entries(f"{step.shipment}.in")
        shipment = self._steps[step.shipment]
        assert isinstance(shipment, Transfer)
        yield self._transfer_line(
            shipment, shipment.to_location, step.to_location, from_order_no=shipment.ref
        )

    @_lines.register
    def _(self, step: Charge) -> Iterator[JournalLine]:
        for name, amount in step.assign:
            for made, part in self._shared_out(name, amount):
                yield ItemChargeLine(
                    entry_no=made.entry_no, amount=part, item_charge_no=step.charge, is_sale=step.is_sale
                )

    @_lines.register
    def _(self, step: Revaluation) -> Iterator[JournalLine]:
        entry_nos = [0]
        if step.applies_to:
            # A new unit cost is good for every entry of a transfer; a total says nothing about each.
            is_total = step.inventory_value_revalued is not None
            entries = self._entries(step.applies_to)
            entry_nos = (
                [self._only_entry(step.applies_to)] if is_total else [each.entry_no for each in entries]
            )
        for entry_no in entry_nos:
            yield RevaluationLine(
                mode=RevaluationMode(step.mode),
                item_no=step.item,
                applies_to_entry_no=entry_no,
                unit_cost_revalued=step.unit_cost_revalued,
                inventory_value_revalued=step.inventory_value_revalued,
                updates_standard_cost=step.updates_standard_cost,
            )

    @_lines.register
    def _(self, step: Assembly) -> Iterator[JournalLine]:
        def line(of: Assembly | Component, entry_type: EntryType, quantity: Decimal) -> ItemJournalLine:
            return self._item_line(of, entry_type, quantity, location=step.location, order_no=step.ref)

        yield AssemblyLine(
            order_no=step.ref,
            output=line(step, EntryType.ASSEMBLY_OUTPUT, step.quantity),
            components=tuple(
                line(component, EntryType.ASSEMBLY_CONSUMPTION, -component.quantity)
                for component in step.components
            ),
            resources=tuple(
                Resource(direct_cost=direct_cost, overhead=overhead)
                for direct_cost, overhead in step.resources
            ),
        )

    @_lines.register
    def _(self, step: Undo) -> Iterator[JournalLine]:
        yield UndoLine(entry_no=self._only_entry(step.of))

    def _item_line(
        self,
        of: Movement | Assembly | Component,
        entry_type: EntryType,
        quantity_base: Decimal,
        *,
        location: str,
        unit_cost: Decimal | None = None,
        is_invoiced: bool = True,
        applies_to_entry_no: int = 0,
        applies_from_entry_no: int = 0,
        order_no: str = "",
    ) -> ItemJournalLine:
        lot_no, serial_no = self._tracking(of.item, of.lot)
        return ItemJournalLine(
            entry_type=entry_type,
            item_no=of.item,
            variant_code=of.variant,
            location_code=location,
            quantity_base=quantity_base,
            unit_of_measure_code=UNIT,
            quantity_per_unit=ONE,
            lot_no=lot_no,
            serial_no=serial_no,
            unit_cost=unit_cost,
            is_invoiced=is_invoiced,
            applies_to_entry_no=applies_to_entry_no,
            applies_from_entry_no=applies_from_entry_no,
            order_no=order_no,
        )

    def _transfer_line(
        self,
        of: Transfer,
        from_location: str,
        to_location: str,
        *,
        order_no: str = "",
        from_order_no: str = "",
    ) -> TransferLine:
        lot_no, serial_no = self._tracking(of.item, of.lot)
        return TransferLine(
            item_no=of.item,
            variant_code=of.variant,
            location_code=from_location,
            new_location_code=to_location,
            quantity_base=of.quantity,
            unit_of_measure_code=UNIT,
            lot_no=lot_no,
            serial_no=serial_no,
            order_no=order_no,
            from_order_no=from_order_no,
        )

    def _tracking(self, item: str, lot: str) -> tuple[str, str]:
        """Lot and serial number of what a scenario only calls a lot."""
        return ("", lot) if self._scenario.setup.items[item].tracking == "serial" else (lot, "")

    def _entries(self, name: str) -> tuple[Made, ...]:
        entries = self._made.get(name)
        if not entries:
            raise CannotDo(f"{name} has no item entry, since its step was not posted")
        return entries

    def _only_entry(self, name: str) -> int:
        """Number of the one entry behind a name; 0 for no name."""
        if not name:
            return 0
        entries = self._entries(name)
        if len(entries) > 1:
            raise CannotDo(f"{name} stands for {len(entries)} item entries, and one is needed")
        return entries[0].entry_no

    def _shared_out(self, name: str, amount: Decimal) -> Iterator[tuple[Made, Decimal]]:
        """An amount over the entries of a name by quantity; no cent is made or lost."""
        entries = self._entries(name)
        left, quantity_left = amount, sum((abs(each.quantity_base) for each in entries), Decimal(0))
        for made in entries:
            taken = abs(made.quantity_base)
            precision = self._scenario.setup.settings.rounding_precision
            part = split_amount(left, taken, quantity_left, precision)
            yield made, part
            left, quantity_left = left - part, quantity_left - taken
