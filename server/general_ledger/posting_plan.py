"""Plans what the general ledger gets of value entries. Pure: values and account set-up in, rows out.

Posted is what a value is worth less what was posted of it before, actual and expected apart, on the value's
own posting date. A part whose accounts are not set up, or whose date is closed, is skipped and said so; the
rest posts. Every pair of lines sums to 0, so every batch does. A debit is positive.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from server.general_ledger.accounts import (
    INVENTORY_COLUMNS,
    Kind,
    Role,
    Roles,
    actual_roles,
    expected_roles,
)

Codes = tuple[str, str]


class Reason(StrEnum):
    """Why a value stays out of the general ledger for now."""

    SETUP_MISSING = "setup_missing"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_BLOCKED = "account_blocked"
    PERIOD_CLOSED = "period_closed"
    # A bug of whoever wrote the value entry; it must not stop the others.
    KIND_UNKNOWN = "kind_unknown"


class UnpostedValue(NamedTuple):
    """What posting needs of a value entry; the columns of its table, in this order."""

    entry_no: int
    posting_date: date
    document_no: str
    item_no: str
    location_code: str
    inventory_posting_group: str
    general_business_posting_group: str
    general_product_posting_group: str
    item_ledger_entry_type: str
    entry_type: str
    variance_type: str
    item_charge_no: str
    cost_amount_actual: Decimal
    cost_posted_to_gl: Decimal
    cost_amount_expected: Decimal
    expected_cost_posted_to_gl: Decimal


class GlLine(NamedTuple):
    """A G/L entry that has no number yet; its place in the plan stands for it."""

    account_no: str
    posting_date: date
    document_no: str
    amount: Decimal
    category: str
    item_no: str
    location_code: str


class Relation(NamedTuple):
    """How much of a value entry stands in the line at a place of the plan."""

    place: int
    value_entry_no: int
    amount: Decimal


class PostedAmounts(NamedTuple):
    """What is in the general ledger of a value entry once the plan is written."""

    value_entry_no: int
    cost_posted_to_gl: Decimal
    expected_cost_posted_to_gl: Decimal


class Where(NamedTuple):
    """What a skipped part lacks: `role` and `account_no` are "" where no account is the reason."""

    reason: Reason
    role: str = ""
    account_no: str = ""
    # Location and inventory group, or business and product group: the set-up that was looked for.
    groups: Codes = ("", "")


class Skipped(NamedTuple):
    """A part of a value entry that could not be posted; `amount` with the sign of the value."""

    value_entry_no: int
    posting_date: date
    amount: Decimal
    where: Where


@dataclass(frozen=True, slots=True)
class AccountSetup:
    """The accounts per set-up row and role, the chart, and the dates that are closed.

    `inventory` by location and inventory posting group, `general` by business and product posting group.
    `accounts` maps every number of the chart to whether it is blocked. `closed` holds first and last days.
    """

    inventory: Mapping[Codes, Mapping[Role, str]]
    general: Mapping[Codes, Mapping[Role, str]]
    accounts: Mapping[str, bool]
    closed: tuple[tuple[date, date], ...] = ()


@dataclass(slots=True)
class Plan:
    """What to write: lines, how values stand in them, new posted amounts; and what was left out."""

    lines: list[GlLine] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    posted: list[PostedAmounts] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class Accounts(NamedTuple):
    """The accounts that take a part and its opposite, with their roles."""

    roles: Roles
    account_no: str
    balancing_no: str


def find_account(setup: AccountSetup, role: Role, inventory: Codes, general: Codes) -> str | Where:
    """The account of a role, or why there is none.

    The set-up row of exactly these two codes counts, else the one of the second code alone, else the one
    for everything.
    """
    is_inventory = role in INVENTORY_COLUMNS
    rows, codes = (setup.inventory, inventory) if is_inventory else (setup.general, general)
    row = rows.get(codes) or rows.get(("", codes[1])) or rows.get(("", ""))
    if row is None:
        return Where(Reason.SETUP_MISSING, role, "", codes)
    account_no = row.get(role, "")
    if not account_no:
        return Where(Reason.ACCOUNT_MISSING, role, "", codes)
    if account_no not in setup.accounts:
        return Where(Reason.ACCOUNT_UNKNOWN, role, account_no, codes)
    if setup.accounts[account_no]:
        return Where(Reason.ACCOUNT_BLOCKED, role, account_no, codes)
    return account_no


class AccountFinder:
    """Finds the accounts of values, each combination of groups and kind once."""

    def __init__(self, setup: AccountSetup) -> None:
        self._setup = setup
        self._found: dict[tuple[object, ...], Accounts | Where] = {}
        self._closed: dict[date, bool] = {}

    def is_closed(self, day: date) -> bool:
        """Whether the books of that day are closed."""
        if day not in self._closed:
            self._closed[day] = any(first <= day <= last for first, last in self._setup.closed)
        return self._closed[day]

    def actual(self, value: UnpostedValue) -> Accounts | Where:
        """The accounts of its actual cost, or what stands in the way."""
        return self._cached(value, actual_roles)

    def expected(self, value: UnpostedValue) -> Accounts | Where:
        """The accounts of its expected cost, or what stands in the way."""
        return self._cached(value, expected_roles)

    def _cached(self, value: UnpostedValue, roles_of: Callable[[Kind], Roles | None]) -> Accounts | Where:
        if self.is_closed(value.posting_date):
            return Where(Reason.PERIOD_CLOSED)
        # From location to variance type, and whether it is a charge.
        key = (roles_of, *value[4:11], bool(value.item_charge_no))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._find(value, roles_of)
        return found

    def _find(self, value: UnpostedValue, roles_of: Callable[[Kind], Roles | None]) -> Accounts | Where:
        roles = roles_of(
            Kind(
                value.item_ledger_entry_type,
                value.entry_type,
                value.variance_type,
                bool(value.item_charge_no),
            )
        )
        if roles is None:
            return Where(Reason.KIND_UNKNOWN)
        inventory = (value.location_code, value.inventory_posting_group)
        general = (value.general_business_posting_group, value.general_product_posting_group)
        account = find_account(self._setup, roles.account, inventory, general)
        balancing = find_account(self._setup, roles.balancing, inventory, general)
        if isinstance(account, Where):
            return account
        return balancing if isinstance(balancing, Where) else Accounts(roles, account, balancing)


Add = Callable[[UnpostedValue, Accounts, Decimal], None]


def plan_entries(
    values: Iterable[UnpostedValue], setup: AccountSetup, *, posts_expected: bool, document_no: str = ""
) -> Plan:
    """A pair of lines for each part of each value; `document_no` "" keeps the value's own."""
    plan = Plan()

    def add(value: UnpostedValue, accounts: Accounts, amount: Decimal) -> None:
        no, day, document, item_no, location_code = value[:5]
        place, (account, balancing) = len(plan.lines), accounts.roles
        document = document_no or document
        plan.lines += (
            GlLine(accounts.account_no, day, document, amount, account, item_no, location_code),
            GlLine(accounts.balancing_no, day, document, -amount, balancing, item_no, location_code),
        )
        plan.relations += (Relation(place, no, amount), Relation(place + 1, no, -amount))

    _plan_parts(plan, values, AccountFinder(setup), posts_expected=posts_expected, add=add)
    return plan


def plan_groups(
    values: Iterable[UnpostedValue], setup: AccountSetup, *, posts_expected: bool, document_no: str = ""
) -> Plan:
    """A line for each date, location, posting groups, account role and sign over all the values."""
    plan = Plan()
    places: dict[tuple[object, ...], int] = {}
    sums: list[Decimal] = []

    def put(value: UnpostedValue, role: Role, account_no: str, amount: Decimal) -> None:
        # Location and the three posting groups.
        key = (value.posting_date, *value[4:8], role, amount > 0)
        place = places.get(key)
        if place is None:
            place = places[key] = len(sums)
            sums.append(Decimal(0))
            line = GlLine(account_no, value.posting_date, document_no, amount, role, "", value.location_code)
            plan.lines.append(line)
        sums[place] += amount
        plan.relations.append(Relation(place, value.entry_no, amount))

    def add(value: UnpostedValue, accounts: Accounts, amount: Decimal) -> None:
        put(value, accounts.roles.account, accounts.account_no, amount)
        put(value, accounts.roles.balancing, accounts.balancing_no, -amount)

    _plan_parts(plan, values, AccountFinder(setup), posts_expected=posts_expected, add=add)
    plan.lines = [line._replace(amount=amount) for line, amount in zip(plan.lines, sums, strict=True)]
    return plan


def _plan_parts(
    plan: Plan, values: Iterable[UnpostedValue], finder: AccountFinder, *, posts_expected: bool, add: Add
) -> None:
    for value in values:
        posted, expected_posted = value.cost_posted_to_gl, value.expected_cost_posted_to_gl
        amount = value.cost_amount_actual - posted
        if amount:
            accounts = finder.actual(value)
            if isinstance(accounts, Where):
                plan.skipped.append(Skipped(value.entry_no, value.posting_date, amount, accounts))
            else:
                add(value, accounts, amount)
                posted = value.cost_amount_actual
        amount = value.cost_amount_expected - expected_posted
        if amount and posts_expected:
            accounts = finder.expected(value)
            if isinstance(accounts, Where):
                plan.skipped.append(Skipped(value.entry_no, value.posting_date, amount, accounts))
            else:
                add(value, accounts, amount)
                expected_posted = value.cost_amount_expected
        if posted != value.cost_posted_to_gl or expected_posted != value.expected_cost_posted_to_gl:
            plan.posted.append(PostedAmounts(value.entry_no, posted, expected_posted))
