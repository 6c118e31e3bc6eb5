"""The rows of one journal while they are being planned, numbered as they are added. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

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
from shared.money import round_unit_cost


def register_document_no(register_no: int) -> str:
    """The document number of a posting that came without one."""
    return f"IR-{register_no:06d}"


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

    def apply(
        self, entry_no: int, *, inbound: int, outbound: int = 0, quantity_base: Decimal, on: date
    ) -> None:
        """Add an application row of an entry; decreases are negative."""
        self._applications.append(
            ApplicationRow(entry_no, inbound, outbound, quantity_base, on, 0, True, False)
        )

    def add_item_ledger(self, line: ItemJournalLine, entry_no: int) -> None:
        """Add an item ledger entry, invoiced at once."""
        journal = self.journal
        self._item_ledger.append(
            ItemLedgerRow(
                entry_no,
                journal.posting_date,
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
                False,
                0,
                self.register_no,
                journal.user_id,
                journal.transaction_id,
                len(self._item_ledger) + 1,
                journal.occurred_at,
                line.quantity_base,
                True,
                journal.posting_date,
            )
        )

    def add_value(
        self, line: ItemJournalLine, entry_no: int, *, cost_amount: Decimal, valuation_date: date
    ) -> None:
        """Add the direct cost of an entry, with the sign of its quantity."""
        journal = self.journal
        self._values.append(
            ValueRow(
                next(self.working_set.numbers.value_entries),
                entry_no,
                "direct_cost",
                "",
                line.item_no,
                line.variant_code,
                line.location_code,
                journal.posting_date,
                valuation_date,
                line.quantity_base,
                line.quantity_base,
                line.quantity_base,
                round_unit_cost(cost_amount / line.quantity_base),
                cost_amount,
                ZERO,
                ZERO,
                False,
                False,
                False,
                False,
                0,
                self.document_no,
                journal.source_code,
                self.register_no,
                journal.user_id,
                ZERO,
                ZERO,
            )
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
