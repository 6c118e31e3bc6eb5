"""What the lists of the general ledger are made of, as pages and API show it. A debit is positive."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Per(StrEnum):
    """Lines per value entry, or summed per date, location, posting groups, role and sign."""

    ENTRY = "entry"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlEntryRow:
    """An amount on an account. `category` is the role that the account has in this entry.

    An entry that sums up several value entries names no item; its relations do.
    """

    entry_no: int
    batch_no: int
    posting_date: date
    account_no: str
    account_name: str
    account_name_fr: str
    category: str
    document_no: str
    item_no: str
    location_code: str
    amount: Decimal
    user_id: str
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GlEntryFilter:
    """Which G/L entries; what is empty does not filter. Days are inclusive.

    Item and value entry find the entries that these value entries stand in; `is_by_others` those that none
    stands in.
    """

    account_no: str = ""
    document_no: str = ""
    item_no: str = ""
    batch_no: int | None = None
    value_entry_no: int | None = None
    is_by_others: bool | None = None
    posting_date_from: date | None = None
    posting_date_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """How much of a value entry stands in a G/L entry, and what the value entry is."""

    gl_entry_no: int
    value_entry_no: int
    amount: Decimal
    posting_date: date
    entry_type: str
    item_ledger_entry_type: str
    item_no: str
    location_code: str
    document_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationFilter:
    """Of one G/L entry, or of one value entry."""

    gl_entry_no: int | None = None
    value_entry_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleValueRow:
    """A value entry behind a role: what it is worth and what of it is posted."""

    entry_no: int
    posting_date: date
    entry_type: str
    item_ledger_entry_type: str
    item_no: str
    location_code: str
    document_no: str
    cost_amount_actual: Decimal
    cost_posted_to_gl: Decimal
    cost_amount_expected: Decimal
    expected_cost_posted_to_gl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleValueFilter:
    """Which of the value entries of a role."""

    item_no: str = ""
    location_code: str = ""
    posting_date_from: date | None = None
    posting_date_to: date | None = None
    is_unposted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """One role held against the general ledger; see server.ledger.reconcile."""

    role: str
    accounts: tuple[str, ...]
    value_amount: Decimal
    posted_amount: Decimal
    not_posted: Decimal
    gl_amount: Decimal
    difference: Decimal
    others_amount: Decimal
    others_entries: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Every role that anything belongs to."""

    rows: tuple[RoleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """What one account gets in one role."""

    account_no: str
    category: str
    entries: int
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedLine:
    """Amounts that cannot be posted for one reason, and the first of their value entries."""

    reason: str
    role: str
    account_no: str
    groups: tuple[str, ...]
    values: int
    amount: Decimal
    first_date: date
    last_date: date
    value_entry_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingAnswer:
    """What was posted, or would be. Not complete: there is more; ask again."""

    is_complete: bool
    gl_entries: int
    value_entries: int
    amount: Decimal
    accounts: tuple[AccountLine, ...]
    skipped: tuple[SkippedLine, ...]
