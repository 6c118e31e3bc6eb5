"""What a preview shows: the rows that posting a journal now would write, or why it would be refused.

Quantities are base units, negative for issues, and amounts have the sign of the quantity. Entry numbers are
those that the rows would get at this moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from server.ledger.rows import Posting
from shared.wire.outcomes import Status

Row = TypeVar("Row")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedEntry:
    """An item ledger entry to come."""

    entry_no: int
    posting_date: date
    entry_type: str
    document_no: str
    item_no: str
    variant_code: str
    location_code: str
    quantity_base: Decimal
    invoiced_quantity: Decimal
    is_completely_invoiced: bool
    lot_no: str
    serial_no: str
    reason_code: str
    order_no: str
    is_correction: bool
    applies_to_entry_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedApplication:
    """An application to come; a receipt's own row has outbound 0."""

    item_ledger_entry_no: int
    inbound_entry_no: int
    outbound_entry_no: int
    quantity_base: Decimal
    posting_date: date
    transferred_from_entry_no: int
    is_cost_application: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedValue:
    """A value entry to come; its item ledger entry may be there already."""

    entry_no: int
    item_ledger_entry_no: int
    item_ledger_entry_type: str
    entry_type: str
    variance_type: str
    item_no: str
    variant_code: str
    location_code: str
    posting_date: date
    valuation_date: date
    valued_quantity: Decimal
    invoiced_quantity: Decimal
    cost_per_unit: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    is_expected_cost: bool
    is_partial_revaluation: bool
    item_charge_no: str
    order_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedMovement:
    """A warehouse entry to come."""

    entry_no: int
    entry_type: str
    posting_date: date
    location_code: str
    bin_code: str
    item_no: str
    variant_code: str
    quantity_base: Decimal
    lot_no: str
    serial_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPreview:
    """`status` is what posting would answer; where that is not `posted`, `code` says why and no row is here.

    The totals are those of the value entries.
    """

    status: Status
    code: str = ""
    hint: str = ""
    need: str = ""
    item_ledger_entries: tuple[PreviewedEntry, ...] = ()
    application_entries: tuple[PreviewedApplication, ...] = ()
    value_entries: tuple[PreviewedValue, ...] = ()
    warehouse_entries: tuple[PreviewedMovement, ...] = ()
    quantity_base: Decimal = _ZERO
    cost_amount_actual: Decimal = _ZERO
    cost_amount_expected: Decimal = _ZERO


def preview_of(posting: Posting) -> JournalPreview:
    """A planned posting as a preview shows it."""
    return JournalPreview(
        status=Status.POSTED,
        item_ledger_entries=_shown(PreviewedEntry, posting.item_ledger),
        application_entries=_shown(PreviewedApplication, posting.applications),
        value_entries=_shown(PreviewedValue, posting.values),
        warehouse_entries=_shown(PreviewedMovement, posting.warehouse),
        quantity_base=sum((row.quantity_base for row in posting.item_ledger), _ZERO),
        cost_amount_actual=sum((row.cost_amount_actual for row in posting.values), _ZERO),
        cost_amount_expected=sum((row.cost_amount_expected for row in posting.values), _ZERO),
    )


def _shown(row_type: type[Row], rows: Iterable[Any]) -> tuple[Row, ...]:
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return tuple(row_type(**{name: getattr(row, name) for name in names}) for row in rows)
