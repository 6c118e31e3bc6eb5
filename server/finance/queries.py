"""Reads the general ledger for pages and API: filtered, in an order that an index serves, page by key.

Nothing here writes. What is asked of one snapshot is asked in one transaction of the session.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from server.database import db
from server.finance.rows import (
    GlEntryFilter,
    GlEntryRow,
    Reconciliation,
    RelationFilter,
    RelationRow,
    RoleLine,
    RoleValueFilter,
    RoleValueRow,
)
from server.general_ledger.accounts import Role
from server.general_ledger.cards import (
    ACCOUNTS,
    GENERAL_SETUPS,
    INVENTORY_SETUPS,
    AccountCard,
    GeneralPostingCard,
    InventoryPostingCard,
)
from server.general_ledger.tables import GlAccount, GlEntry, GlItemRelation
from server.ledger.check.invariants import one_snapshot
from server.ledger.reconcile import ReconcileFilter, belongs_to, is_by_others, reconcile
from server.ledger.tables import ValueEntry
from server.masterdata.faults import CardMissing
from server.masterdata.kinds import Kind
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page

Row = TypeVar("Row")
Card = TypeVar("Card")
_gl = GlEntry.__table__
_account = GlAccount.__table__
_relation = GlItemRelation.__table__
_value = ValueEntry.__table__
# No entry has a number that the databases cannot hold.
_BEYOND_NUMBERS = 2**63

# By day first: so an account's entries come from its index in order.
ENTRY_ORDERS = Orders.of(
    _gl, {"posting_date": ("posting_date", "entry_no"), "entry_no": ("entry_no",)}, first_descending=True
)
RELATION_ORDERS = Orders.of(_relation, {"value_entry_no": ("value_entry_no", "gl_entry_no")})
VALUE_ORDERS = Orders.of(
    _value, {"entry_no": ("entry_no",), "posting_date": ("posting_date", "entry_no")}, first_descending=True
)
ACCOUNT_ORDERS = Orders.of(_account, {"no": ("no",)})
INVENTORY_ORDERS = Orders.of(
    INVENTORY_SETUPS.table, {"location_code": ("location_code", "inventory_posting_group")}
)
GENERAL_ORDERS = Orders.of(
    GENERAL_SETUPS.table,
    {
        "general_business_posting_group": (
            "general_business_posting_group",
            "general_product_posting_group",
        )
    },
)


def list_gl_entries(wanted: GlEntryFilter, asked: PageAsked) -> Page[GlEntryRow]:
    """G/L entries, the latest day first."""
    statement = _entries()
    for name in ("account_no", "document_no"):
        if getattr(wanted, name):
            statement = statement.where(_gl.c[name] == getattr(wanted, name))
    if wanted.batch_no is not None:
        statement = statement.where(_gl.c.batch_no == wanted.batch_no)
    if wanted.value_entry_no is not None:
        related = sa.select(_relation.c.gl_entry_no).where(
            _relation.c.value_entry_no == wanted.value_entry_no
        )
        statement = statement.where(_gl.c.entry_no.in_(related))
    if wanted.item_no:
        related = (
            sa.select(_relation.c.gl_entry_no)
            .join_from(_value, _relation, _relation.c.value_entry_no == _value.c.entry_no)
            .where(_value.c.item_no == wanted.item_no)
        )
        statement = statement.where(_gl.c.entry_no.in_(related))
    if wanted.is_by_others is not None:
        statement = statement.where(is_by_others() if wanted.is_by_others else sa.not_(is_by_others()))
    statement = _between(statement, _gl, wanted)
    return read_page(statement, ENTRY_ORDERS, asked, _maker(GlEntryRow))


def read_gl_entry(entry_no: int) -> GlEntryRow:
    """One G/L entry; CardMissing when there is none."""
    found = None
    if entry_no < _BEYOND_NUMBERS:
        found = db.session.execute(_entries().where(_gl.c.entry_no == entry_no)).mappings().one_or_none()
    if found is None:
        raise CardMissing("gl_entry", str(entry_no))
    return GlEntryRow(**found)


def list_relations(wanted: RelationFilter, asked: PageAsked) -> Page[RelationRow]:
    """Which value entries stand in which G/L entries."""
    own = {"gl_entry_no", "value_entry_no", "amount"}
    statement = sa.select(
        *((_relation if field.name in own else _value).c[field.name] for field in fields(RelationRow))
    ).join_from(_relation, _value, _value.c.entry_no == _relation.c.value_entry_no)
    for name in ("gl_entry_no", "value_entry_no"):
        number = getattr(wanted, name)
        if number is not None:
            statement = statement.where(_relation.c[name] == number)
    return read_page(statement, RELATION_ORDERS, asked, _maker(RelationRow))


def other_side_of(entry_no: int, most: int = 20) -> list[GlEntryRow]:
    """Entries that the same value entries stand in: what balances an entry."""
    values = sa.select(_relation.c.value_entry_no).where(_relation.c.gl_entry_no == entry_no).limit(1)
    related = sa.select(_relation.c.gl_entry_no).where(_relation.c.value_entry_no.in_(values))
    statement = _entries().where(_gl.c.entry_no.in_(related), _gl.c.entry_no != entry_no)
    rows = db.session.execute(statement.order_by(_gl.c.entry_no).limit(most)).mappings()
    return [GlEntryRow(**row) for row in rows]


def list_role_values(role: Role, wanted: RoleValueFilter, asked: PageAsked) -> Page[RoleValueRow]:
    """The value entries that belong to a role, the newest first."""
    behind = belongs_to(db.session.connection(), role, only_unposted=wanted.is_unposted is True)
    statement = sa.select(*(_value.c[field.name] for field in fields(RoleValueRow))).where(behind)
    for name in ("item_no", "location_code"):
        if getattr(wanted, name):
            statement = statement.where(_value.c[name] == getattr(wanted, name))
    statement = _between(statement, _value, wanted)
    return read_page(statement, VALUE_ORDERS, asked, _maker(RoleValueRow))


def read_reconciliation(wanted: ReconcileFilter) -> Reconciliation:
    """Every role held against the general ledger, both read from one snapshot."""
    with one_snapshot(db.engine) as connection:
        found = reconcile(connection, wanted)
    lines = [
        RoleLine(
            role=row.role.value,
            not_posted=row.not_posted,
            difference=row.difference,
            **{
                name: getattr(row, name)
                for name in (
                    "accounts",
                    "value_amount",
                    "posted_amount",
                    "gl_amount",
                    "others_amount",
                    "others_entries",
                    "reasons",
                )
            },
        )
        for row in found
    ]
    return Reconciliation(rows=tuple(lines))


def list_accounts(asked: PageAsked) -> Page[AccountCard]:
    """The chart of accounts."""
    return _list_cards(ACCOUNTS, ACCOUNT_ORDERS, asked)


def list_inventory_setups(asked: PageAsked) -> Page[InventoryPostingCard]:
    """Accounts by location and inventory posting group."""
    return _list_cards(INVENTORY_SETUPS, INVENTORY_ORDERS, asked)


def list_general_setups(asked: PageAsked) -> Page[GeneralPostingCard]:
    """Accounts by business and product posting group."""
    return _list_cards(GENERAL_SETUPS, GENERAL_ORDERS, asked)


def every_account() -> list[AccountCard]:
    """The whole chart, for choices."""
    return [ACCOUNTS.card_of(row) for row in db.session.execute(ACCOUNTS.select().order_by("no")).mappings()]


def _list_cards(kind: Kind[Card], orders: Orders, asked: PageAsked) -> Page[Card]:
    return read_page(kind.select(), orders, asked, kind.card_of)


def _entries() -> Statement:
    names = {"account_name": _account.c.name, "account_name_fr": _account.c.name_fr}
    columns = [
        sa.func.coalesce(names[field.name], "").label(field.name)
        if field.name in names
        else _gl.c[field.name]
        for field in fields(GlEntryRow)
    ]
    return sa.select(*columns).outerjoin_from(_gl, _account, _account.c.no == _gl.c.account_no)


def _between(
    statement: Statement, table: sa.FromClause, wanted: GlEntryFilter | RoleValueFilter
) -> Statement:
    if wanted.posting_date_from is not None:
        statement = statement.where(table.c.posting_date >= wanted.posting_date_from)
    if wanted.posting_date_to is not None:
        statement = statement.where(table.c.posting_date <= wanted.posting_date_to)
    return statement


def _maker(row_type: type[Row]) -> Callable[[sa.RowMapping], Row]:
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return lambda row: row_type(**{name: row[name] for name in names})


def setup_keys(kind: Kind[Any]) -> list[tuple[str, ...]]:
    """The keys of every set-up row."""
    columns = [kind.table.c[name] for name in kind.keys]
    return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(*columns))]
