"""Planned rows of the ledgers: named tuples whose fields are the columns, in the order of insertion."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class ItemLedgerRow(NamedTuple):
    """An item ledger entry, without what remains of it: that is known when the whole batch is planned."""

    entry_no: int
    posting_date: date
    document_date: date
    entry_type: str
    document_no: str
    item_no: str
    variant_code: str
    location_code: str
    quantity_base: Decimal
    unit_of_measure_code: str
    quantity_per_unit: Decimal
    lot_no: str
    serial_no: str
    expiration_date: date | None
    reason_code: str
    source_code: str
    is_correction: bool
    applies_to_entry_no: int
    order_no: str
    register_no: int
    user_id: str
    transaction_id: str
    transaction_line: int
    occurred_at: datetime
    invoiced_quantity: Decimal
    is_completely_invoiced: bool
    last_invoice_date: date | None


class ApplicationRow(NamedTuple):
    """An application: an inbound entry's own row has outbound 0; decreases are negative."""

    item_ledger_entry_no: int
    inbound_entry_no: int
    outbound_entry_no: int
    quantity_base: Decimal
    posting_date: date
    transferred_from_entry_no: int
    is_cost_application: bool
    is_fixed: bool
    register_no: int


class ValueRow(NamedTuple):
    """A value entry; amounts have the sign of the quantity."""

    entry_no: int
    item_ledger_entry_no: int
    entry_type: str
    variance_type: str
    item_no: str
    variant_code: str
    location_code: str
    posting_date: date
    valuation_date: date
    valued_quantity: Decimal
    item_ledger_entry_quantity: Decimal
    invoiced_quantity: Decimal
    cost_per_unit: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    cost_amount_non_inventoriable: Decimal
    is_expected_cost: bool
    is_adjustment: bool
    is_partial_revaluation: bool
    valued_by_average_cost: bool
    applies_to_entry_no: int
    document_no: str
    source_code: str
    register_no: int
    user_id: str
    item_ledger_entry_type: str
    item_charge_no: str
    order_no: str
    inventory_posting_group: str
    general_business_posting_group: str
    general_product_posting_group: str
    cost_posted_to_gl: Decimal
    expected_cost_posted_to_gl: Decimal


class WarehouseRow(NamedTuple):
    """A warehouse entry: one side of a movement between bins, or what a posting did to its bin."""

    entry_no: int
    entry_type: str
    posting_date: date
    location_code: str
    zone_code: str
    bin_code: str
    item_no: str
    variant_code: str
    quantity_base: Decimal
    unit_of_measure_code: str
    quantity_per_unit: Decimal
    lot_no: str
    serial_no: str
    expiration_date: date | None
    document_no: str
    reason_code: str
    source_code: str
    register_no: int
    user_id: str
    transaction_id: str
    transaction_line: int
    occurred_at: datetime


class RegisterRow(NamedTuple):
    """A register: the numbers of the entries that one transaction wrote, 0 for none."""

    no: int
    transaction_id: str
    source_code: str
    document_no: str
    user_id: str
    device_id: str
    posted_at: datetime
    from_item_ledger_entry_no: int
    to_item_ledger_entry_no: int
    from_value_entry_no: int
    to_value_entry_no: int
    from_warehouse_entry_no: int
    to_warehouse_entry_no: int


class Posting(NamedTuple):
    """Everything that one transaction writes."""

    register: RegisterRow
    item_ledger: list[ItemLedgerRow]
    applications: list[ApplicationRow]
    values: list[ValueRow]
    warehouse: list[WarehouseRow]

    @property
    def entries(self) -> int:
        """How many ledger rows there are, without the register."""
        return len(self.item_ledger) + len(self.applications) + len(self.values) + len(self.warehouse)
