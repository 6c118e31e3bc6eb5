"""Holds what value entries are worth against what the general ledger has, per role of an account.

Per role: what value entries belong there, what of it is posted, and what stands on the accounts of that role.
Posted and general ledger differ only where somebody else posted to these accounts, or a ledger was tampered
with. Amounts have the sign of the account: a debit is positive. Expected cost that the company does not post
counts nowhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.general_ledger.accounts import Kind, Role, Roles, actual_roles, expected_roles
from server.general_ledger.load import load_account_setup
from server.general_ledger.posting_plan import AccountSetup, Codes, Reason, find_account
from server.general_ledger.tables import GlAccount, GlEntry, GlItemRelation
from server.ledger.tables import ValueEntry
from server.masterdata.load import load_setup

NOTHING = Decimal(0)
_value = ValueEntry.__table__
_gl = GlEntry.__table__
_relation = GlItemRelation.__table__
_IS_CHARGE = _value.c.item_charge_no != ""
_KIND = (_value.c.item_ledger_entry_type, _value.c.entry_type, _value.c.variance_type)
_GROUPS = (
    _value.c.location_code,
    _value.c.inventory_posting_group,
    _value.c.general_business_posting_group,
    _value.c.general_product_posting_group,
)
# Roles in the order of a balance sheet, then of an income statement.
ROLE_ORDER = tuple(Role)
BALANCE_ROLES = (Role.INVENTORY, Role.INVENTORY_INTERIM)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileFilter:
    """Which values and G/L entries; what is empty does not filter. Days are posting dates, inclusive."""

    item_no: str = ""
    location_code: str = ""
    posting_date_from: date | None = None
    posting_date_to: date | None = None


EVERYTHING = ReconcileFilter()


@dataclass(slots=True, kw_only=True)
class ReconcileRow:
    """One role: what belongs on its accounts, what of it is posted, and what stands there."""

    role: Role
    accounts: tuple[str, ...] = ()
    value_amount: Decimal = NOTHING
    posted_amount: Decimal = NOTHING
    gl_amount: Decimal = NOTHING
    # Entries on these accounts that no value entry stands behind.
    others_amount: Decimal = NOTHING
    others_entries: int = 0
    # Words for why something is not posted or differs: a Reason, posted_by_others, or books_differ.
    reasons: tuple[str, ...] = ()

    @property
    def not_posted(self) -> Decimal:
        """What the next posting brings, as far as nothing stands in its way."""
        return self.value_amount - self.posted_amount

    @property
    def difference(self) -> Decimal:
        """What the accounts have beyond what value entries say is posted."""
        return self.gl_amount - self.posted_amount


class _Sum(NamedTuple):
    """What the values of one kind and one combination of groups sum to."""

    kind: Kind
    inventory: Codes
    general: Codes
    actual: Decimal
    actual_posted: Decimal
    expected: Decimal
    expected_posted: Decimal
    is_closed: bool


@dataclass(slots=True)
class _Books:
    """The rows as they are summed up, with the reasons of each."""

    setup: AccountSetup
    rows: dict[Role, ReconcileRow] = field(default_factory=dict)
    accounts: dict[Role, set[str]] = field(default_factory=dict)
    reasons: dict[Role, set[str]] = field(default_factory=dict)

    def row(self, role: Role) -> ReconcileRow:
        """The row of a role, made when something first belongs to it."""
        if role not in self.rows:
            self.rows[role] = ReconcileRow(role=role)
            self.accounts[role], self.reasons[role] = set(), set()
        return self.rows[role]

    def add(self, each: _Sum, roles: Roles | None, amount: Decimal, posted: Decimal) -> None:
        """Count an amount in on its account and, with the opposite sign, on the one that balances it."""
        if roles is None or not (amount or posted):
            return
        found = [find_account(self.setup, role, each.inventory, each.general) for role in roles]
        missing: list[str] = [account.reason for account in found if not isinstance(account, str)]
        missing += [Reason.PERIOD_CLOSED] if each.is_closed else []
        for role, account, sign in zip(roles, found, (1, -1), strict=True):
            row = self.row(role)
            row.value_amount += sign * amount
            row.posted_amount += sign * posted
            if isinstance(account, str):
                self.accounts[role].add(account)
            elif account.account_no:
                self.accounts[role].add(account.account_no)
            if amount != posted:
                self.reasons[role].update(missing)


def reconcile(connection: sa.Connection, wanted: ReconcileFilter = EVERYTHING) -> list[ReconcileRow]:
    """A row for each role that anything belongs to, in the order of ROLE_ORDER."""
    books = _Books(load_account_setup(connection))
    posts_expected = load_setup(connection).expected_cost_posting
    for each in _sums(connection, wanted, books.setup):
        books.add(each, actual_roles(each.kind), each.actual, each.actual_posted)
        expected = each.expected if posts_expected else each.expected_posted
        books.add(each, expected_roles(each.kind), expected, each.expected_posted)
    role_of = _roles_of_accounts(connection, books.setup)
    _add_general_ledger(connection, wanted, books, role_of)
    for role, row in books.rows.items():
        if row.difference != row.others_amount:
            books.reasons[role].add("books_differ")
        row.accounts = tuple(sorted(books.accounts[role]))
        row.reasons = tuple(sorted(books.reasons[role]))
    return [books.rows[role] for role in ROLE_ORDER if role in books.rows]


def _sums(connection: sa.Connection, wanted: ReconcileFilter, setup: AccountSetup) -> Iterator[_Sum]:
    amounts = (
        _value.c.cost_amount_actual,
        _value.c.cost_posted_to_gl,
        _value.c.cost_amount_expected,
        _value.c.expected_cost_posted_to_gl,
    )
    is_charge = _IS_CHARGE.label("is_charge")
    closed = (_value.c.posting_date.between(first, last) for first, last in setup.closed)
    # PostgreSQL groups by no constant: without closed periods this is a condition that never holds.
    is_closed = sa.or_(_value.c.entry_no < 0, *closed).label("is_closed")
    query = (
        sa.select(*_KIND, is_charge, *_GROUPS, *(sa.func.sum(amount) for amount in amounts), is_closed)
        .where(*_conditions(_value, wanted, item=True))
        .group_by(*_KIND, is_charge, *_GROUPS, is_closed)
    )
    for row in connection.execute(query):
        kind = Kind(row[0], row[1], row[2], bool(row[3]))
        yield _Sum(kind, (row[4], row[5]), (row[6], row[7]), *row[8:])


def _conditions(table: sa.FromClause, wanted: ReconcileFilter, *, item: bool) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if wanted.item_no and item:
        conditions.append(table.c.item_no == wanted.item_no)
    if wanted.location_code:
        conditions.append(table.c.location_code == wanted.location_code)
    if wanted.posting_date_from is not None:
        conditions.append(table.c.posting_date >= wanted.posting_date_from)
    if wanted.posting_date_to is not None:
        conditions.append(table.c.posting_date <= wanted.posting_date_to)
    return conditions


# ------------------------------------------------------------------ the general ledger's side


def _roles_of_accounts(connection: sa.Connection, setup: AccountSetup) -> dict[str, Role]:
    """The role of each account: what its card says, else the one role that the set-ups give it."""
    given: dict[str, set[Role]] = {}
    for rows in (setup.inventory, setup.general):
        for row in rows.values():
            for role, account_no in row.items():
                given.setdefault(account_no, set()).add(role)
    roles = {no: next(iter(found)) for no, found in given.items() if no and len(found) == 1}
    for no, category in connection.execute(sa.select(GlAccount.no, GlAccount.category)):
        if category in ROLE_ORDER:
            roles[no] = Role(category)
    return roles


def is_by_others() -> sa.ColumnElement[bool]:
    """Whether no value entry stands behind a G/L entry."""
    related = sa.select(_relation.c.gl_entry_no).where(_relation.c.gl_entry_no == _gl.c.entry_no)
    return sa.not_(sa.exists(related))


def _add_general_ledger(
    connection: sa.Connection, wanted: ReconcileFilter, books: _Books, role_of: Mapping[str, Role]
) -> None:
    for account_no, category, is_other, amount, entries in _gl_sums(connection, wanted):
        if category not in ROLE_ORDER and account_no not in role_of:
            continue
        role = Role(category) if category in ROLE_ORDER else role_of[account_no]
        row = books.row(role)
        books.accounts[role].add(account_no)
        row.gl_amount += amount
        if is_other:
            row.others_amount += amount
            row.others_entries += entries
            books.reasons[role].add("posted_by_others")


def _gl_sums(connection: sa.Connection, wanted: ReconcileFilter) -> Iterable[Any]:
    """What stands on each account in each role, what value entries stand behind and what others posted."""
    if wanted.item_no:
        return [*_gl_sums_of_item(connection, wanted), *_others_of_item(connection, wanted)]
    entries = (
        sa.select(_gl.c.account_no, _gl.c.category, is_by_others().label("is_other"), _gl.c.amount)
        .where(*_conditions(_gl, wanted, item=False))
        .subquery("entries")
    )
    keys = (entries.c.account_no, entries.c.category, entries.c.is_other)
    total = sa.func.sum(entries.c.amount)
    return connection.execute(sa.select(*keys, total, sa.func.count()).group_by(*keys)).all()


def _gl_sums_of_item(connection: sa.Connection, wanted: ReconcileFilter) -> Iterable[Any]:
    """An entry may sum up several items; its relations know each one's part."""
    keys = (_gl.c.account_no, _gl.c.category)
    query = (
        sa.select(*keys, sa.false().label("is_other"), sa.func.sum(_relation.c.amount), sa.func.count())
        .join_from(_value, _relation, _relation.c.value_entry_no == _value.c.entry_no)
        .join(_gl, _gl.c.entry_no == _relation.c.gl_entry_no)
        .where(*_conditions(_value, wanted, item=True))
        .group_by(*keys)
    )
    return connection.execute(query).all()


def _others_of_item(connection: sa.Connection, wanted: ReconcileFilter) -> Iterable[Any]:
    keys = (_gl.c.account_no, _gl.c.category)
    query = (
        sa.select(*keys, sa.true().label("is_other"), sa.func.sum(_gl.c.amount), sa.func.count())
        .where(is_by_others(), *_conditions(_gl, wanted, item=True))
        .group_by(*keys)
    )
    return connection.execute(query).all()


# ------------------------------------------------------------------ the values behind a figure


def belongs_to(connection: sa.Connection, role: Role, *, only_unposted: bool) -> sa.ColumnElement[bool]:
    """Whether something of a value entry belongs to a role, or is still to be posted there."""
    actual = _value.c.cost_amount_actual, _value.c.cost_posted_to_gl
    expected = _value.c.cost_amount_expected, _value.c.expected_cost_posted_to_gl
    parts = []
    for roles_of, (cost, posted) in ((actual_roles, actual), (expected_roles, expected)):
        kinds = [kind for kind in _kinds(connection) if role in (roles_of(kind) or ())]
        counts = cost != posted if only_unposted else sa.or_(cost != 0, posted != 0)
        parts.append(sa.and_(counts, _is_one_of(kinds)))
    if not load_setup(connection).expected_cost_posting:
        parts[1] = sa.and_(parts[1], _value.c.expected_cost_posted_to_gl != 0)
    return sa.or_(*parts)


def _kinds(connection: sa.Connection) -> list[Kind]:
    """Every kind of value that there is."""
    is_charge = _IS_CHARGE.label("is_charge")
    rows = connection.execute(sa.select(*_KIND, is_charge).distinct())
    return [Kind(row[0], row[1], row[2], bool(row[3])) for row in rows]


def _is_one_of(kinds: Iterable[Kind]) -> sa.ColumnElement[bool]:
    conditions = [
        sa.and_(
            *(column == text for column, text in zip(_KIND, kind[:3], strict=True)),
            _IS_CHARGE if kind.is_charge else sa.not_(_IS_CHARGE),
        )
        for kind in kinds
    ]
    return sa.or_(sa.false(), *conditions)
