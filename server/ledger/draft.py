"""The rows of one journal while they are being planned, numbered as they are added. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from server.ledger.lines import EntryType, ItemJournalLine, Journal
from server.ledger.rows import (
    ApplicationRow,
    ItemLedgerRow,
    Posting,
    RegisterRow,
    ValueRow,
    WarehouseRow,
)
from server.ledger.working_set import ZERO, WorkingSet
from server.masterdata.facts import ItemFacts
from shared.money import round_unit_cost


def register_document_no(register_no: int) -> str:
    """The document number of a posting that came without one."""
    return f"IR-{register_no:06d}"


class Applied(NamedTuple):
    """An application to add: from which receipt to which issue (0: a receipt's own row)."""

    inbound: int
    outbound: int
    quantity_base: Decimal
    on: date
    is_cost: bool = True
    is_fixed: bool = False
    transferred_from: int = 0


class Stands(NamedTuple):
    """How a new entry stands: its date, and whether and how it is invoiced."""

    posting_date: date
    is_invoiced: bool = True
    is_completely_invoiced: bool = True
    is_correction: bool = False


class Subject(NamedTuple):
    """The entry that a value belongs to; entry 0 is a resource's cost, which belongs to an order only."""

    entry_no: int
    entry_type: str
    item_no: str
    variant_code: str
    location_code: str
    order_no: str = ""
    general_business_posting_group: str = ""


class Worth(NamedTuple):
    """A value entry to add; amounts have the sign of the entry's quantity."""

    valuation_date: date
    valued_quantity: Decimal
    actual: Decimal = ZERO
    expected: Decimal = ZERO
    kind: str = "direct_cost"
    variance_type: str = ""
    invoiced_quantity: Decimal = ZERO
    # Only on an entry's first value, so that it can be summed.
    item_ledger_entry_quantity: Decimal = ZERO
    non_inventoriable: Decimal = ZERO
    is_expected: bool = False
    is_partial: bool = False
    by_average: bool = False
    item_charge_no: str = ""
    posting_date: date | None = None
    # What an issue starts from per base unit; None: what its amount says.
    unit_cost: Decimal | None = None

    @property
    def per_unit(self) -> Decimal:
        """Cost per base unit; 0 where no quantity is valued."""
        if self.unit_cost is not None or not self.valued_quantity:
            return self.unit_cost or ZERO
        amount = self.expected if self.is_expected else self.actual
        return round_unit_cost(amount / self.valued_quantity)


class Draft:
    """What one journal will write; it takes its numbers from the working set."""

    def __init__(self, working_set: WorkingSet, journal: Journal) -> None:
        self.working_set, self.journal = working_set, journal
        self.register_no = next(working_set.numbers.registers)
        self.document_no = journal.document_no or register_document_no(self.register_no)
        self._item_ledger: list[ItemLedgerRow] = []
        self._applications: list[ApplicationRow] = []
        self._values: list[ValueRow] = []
        self._warehouse: list[WarehouseRow] = []
        # Issues that lost their receipt to the line that is being planned.
        self.released: list[int] = []

    def posting(self, posted_at: datetime) -> Posting:
        """Everything added so far, with its register."""
        journal = self.journal
        register = RegisterRow(
            self.register_no,
            journal.transaction_id,
            journal.source_code,
            register_document_no(self.register_no),
            journal.user_id,
            journal.device_id,
            posted_at,
            *_first_and_last(self._item_ledger),
            *_first_and_last(self._values),
            *_first_and_last(self._warehouse),
        )
        return Posting(register, self._item_ledger, self._applications, self._values, self._warehouse)

    def apply(self, entry_no: int, applied: Applied) -> None:
        """Add an application row of an entry; what an issue takes is negative."""
        self._applications.append(
            ApplicationRow(
                entry_no,
                applied.inbound,
                applied.outbound,
                applied.quantity_base,
                applied.on,
                applied.transferred_from,
                applied.is_cost,
                applied.is_fixed,
                self.register_no,
            )
        )

    def add_item_ledger(self, line: ItemJournalLine, entry_no: int, stands: Stands) -> None:
        """Add an item ledger entry."""
        journal = self.journal
        self._item_ledger.append(
            ItemLedgerRow(
                entry_no,
                stands.posting_date,
                journal.document_date,
                line.entry_type,
                self.document_no,
                line.item_no,
                line.variant_code,
                line.location_code,
                line.quantity_base,
                line.unit_of_measure_code,
                line.quantity_per_unit,
                line.lot_no,
                line.serial_no,
                line.expiration_date,
                line.reason_code,
                journal.source_code,
                stands.is_correction,
                line.applies_to_entry_no,
                line.order_no,
                self.register_no,
                journal.user_id,
                journal.transaction_id,
                len(self._item_ledger) + 1,
                journal.occurred_at,
                line.quantity_base if stands.is_invoiced else ZERO,
                stands.is_completely_invoiced,
                stands.posting_date if stands.is_completely_invoiced else None,
            )
        )

    def add_value(self, subject: Subject, worth: Worth) -> None:
        """Add a value entry, count it in the item's sums and mark its average."""
        item = self.working_set.facts.items.get(subject.item_no)
        groups = (
            item.inventory_posting_group if item else "",
            subject.general_business_posting_group,
            item.general_product_posting_group if item else "",
        )
        self._values.append(self._value_row(subject, worth, groups))
        self._count(subject, worth, item)

    def _value_row(self, subject: Subject, worth: Worth, groups: tuple[str, str, str]) -> ValueRow:
        journal = self.journal
        return ValueRow(
            next(self.working_set.numbers.value_entries),
            subject.entry_no,
            worth.kind,
            worth.variance_type,
            subject.item_no,
            subject.variant_code,
            subject.location_code,
            worth.posting_date or journal.posting_date,
            worth.valuation_date,
            worth.valued_quantity,
            worth.item_ledger_entry_quantity,
            worth.invoiced_quantity,
            worth.per_unit,
            worth.actual,
            worth.expected,
            worth.non_inventoriable,
            worth.is_expected,
            False,
            worth.is_partial,
            worth.by_average,
            0,
            self.document_no,
            journal.source_code,
            self.register_no,
            journal.user_id,
            subject.entry_type,
            worth.item_charge_no,
            subject.order_no,
            *groups,
            ZERO,
            ZERO,
        )

    def _count(self, subject: Subject, worth: Worth, item: ItemFacts | None) -> None:
        """Add a value to what its item sums to, and leave its average to be worked out."""
        if item is None:
            return
        self.working_set.add_cost(
            subject.item_no,
            worth.valuation_date,
            quantity=worth.item_ledger_entry_quantity,
            invoiced=worth.invoiced_quantity,
            actual=worth.actual,
            expected=worth.expected,
        )
        if item.costing_method == "Average":
            self.working_set.mark_average(
                subject.item_no, subject.variant_code, subject.location_code, worth.valuation_date
            )

    def add_warehouse(self, line: ItemJournalLine, bin_code: str, quantity_base: Decimal) -> None:
        """Add what the line does to one bin."""
        journal = self.journal
        entry_type = "positive_adjmt" if quantity_base > 0 else "negative_adjmt"
        if line.entry_type == EntryType.MOVEMENT:
            entry_type = "movement"
        self._warehouse.append(
            WarehouseRow(
                next(self.working_set.numbers.warehouse_entries),
                entry_type,
                journal.posting_date,
                line.location_code,
                self.working_set.facts.bins[line.location_code, bin_code].zone_code,
                bin_code,
                line.item_no,
                line.variant_code,
                quantity_base,
                line.unit_of_measure_code,
                line.quantity_per_unit,
                line.lot_no,
                line.serial_no,
                line.expiration_date,
                self.document_no,
                line.reason_code,
                journal.source_code,
                self.register_no,
                journal.user_id,
                journal.transaction_id,
                len(self._warehouse) + 1,
                journal.occurred_at,
            )
        )


def _first_and_last(
    rows: Sequence[ItemLedgerRow] | Sequence[ValueRow] | Sequence[WarehouseRow],
) -> tuple[int, int]:
    return (rows[0].entry_no, rows[-1].entry_no) if rows else (0, 0)
