"""What the ledger lists are made of: one frozen row per entry, as pages and API show it.

Quantities are base units, negative for issues. Moments are UTC; a posting date is the location's own day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One posting. From and to are 0 where it wrote no entry of that ledger."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLedgerEntryRow:
    """A movement of quantity at a location."""

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
    remaining_quantity: Decimal
    invoiced_quantity: Decimal
    is_open: bool
    is_completely_invoiced: bool
    lot_no: str
    serial_no: str
    expiration_date: date | None
    reason_code: str
    source_code: str
    is_correction: bool
    applies_to_entry_no: int
    register_no: int
    user_id: str
    transaction_id: str
    transaction_line: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEntryRow:
    """Which issue takes from which receipt; outbound 0 is a receipt's row for itself."""

    entry_no: int
    item_ledger_entry_no: int
    inbound_entry_no: int
    outbound_entry_no: int
    quantity_base: Decimal
    posting_date: date
    transferred_from_entry_no: int
    is_cost_application: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEntryRow:
    """A movement of value of one item ledger entry."""

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
    cost_posted_to_gl: Decimal
    expected_cost_posted_to_gl: Decimal
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseEntryRow:
    """A movement of quantity in one bin."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFilter:
    """Which postings. Moments: posted at or after `posted_from`, before `posted_before`."""

    document_no: str = ""
    transaction_id: str = ""
    posted_from: datetime | None = None
    posted_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which item ledger, value or warehouse entries; what is empty does not filter. Days are inclusive.

    `document_no` finds what was posted under this document; bins are of warehouse entries only, open
    entries and item ledger entry numbers of the other two.
    """

    item_no: str = ""
    variant_code: str = ""
    location_code: str = ""
    bin_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
    document_no: str = ""
    entry_type: str = ""
    reason_code: str = ""
    transaction_id: str = ""
    register_no: int | None = None
    item_ledger_entry_no: int | None = None
    is_open: bool | None = None
    posting_date_from: date | None = None
    posting_date_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFilter(EntryFilter):
    """Which value entries. `is_in_gl`: whether all of the cost is posted to the general ledger;
    `applies_to_entry_no`: what corrects this value entry.
    """

    item_ledger_entry_type: str = ""
    item_charge_no: str = ""
    is_expected_cost: bool | None = None
    is_adjustment: bool | None = None
    is_charge: bool | None = None
    is_in_gl: bool | None = None
    applies_to_entry_no: int | None = None
    valuation_date_from: date | None = None
    valuation_date_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilter:
    """Which applications: of one entry (on either side), or by the side it stands on."""

    entry_no: int | None = None
    inbound_entry_no: int | None = None
    outbound_entry_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOfEntry:
    """An entry's cost: the sum of its value entries."""

    item_ledger_entry_no: int
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The scan behind a posting: the stored transaction and who sent it, as the inbox keeps it."""

    transaction_id: str
    inbox_no: int
    kind: str
    device_id: str
    device_name: str
    worker_id: str
    worker_name: str
    occurred_at: datetime
    received_at: datetime
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Everything one transaction posted, and the scan that caused it (None where it came another way)."""

    register: RegisterRow
    origin: Origin | None
    item_ledger_entries: tuple[ItemLedgerEntryRow, ...]
    application_entries: tuple[ApplicationEntryRow, ...]
    value_entries: tuple[ValueEntryRow, ...]
    warehouse_entries: tuple[WarehouseEntryRow, ...]
    # Of a posting with very many entries the first ones are shown; the lists have the rest.
    is_cut: bool
