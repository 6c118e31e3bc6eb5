"""Accounts and posting set-up as people see and change them, and the kinds that `masterdata.changes` keeps.

A set-up row stands for a pair of codes; "" stands for every location or group without a row of its own. An
account that a set-up names is in the chart; one with entries, or named by a set-up, stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa

from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS, Role
from server.general_ledger.tables import GeneralPostingSetup, GlAccount, GlEntry, InventoryPostingSetup
from server.masterdata.changes import delete
from server.masterdata.faults import ChangeRefused, Fault
from server.masterdata.kinds import Key, Kind, Reference
from server.masterdata.rules import code_faults, place_faults
from server.masterdata.tables import Location
from shared.wire.fields import OptionalCode, Text

AccountNo = Annotated[str, Text(max_length=20, min_length=1)]
OptionalAccount = Annotated[str, Text(max_length=20)]
Name = Annotated[str, Text(max_length=250)]
RoleName = Annotated[str, Text(max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """An account; `category` is its role for inventory, "" for none. Nothing posts to a blocked one."""

    no: AccountNo
    name: Name = ""
    name_fr: Name = ""
    category: RoleName = ""
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPostingCard:
    """The accounts of what lies at a location, per inventory posting group."""

    location_code: OptionalCode = ""
    inventory_posting_group: OptionalCode = ""
    inventory_account: OptionalAccount = ""
    inventory_interim_account: OptionalAccount = ""
    material_variance_account: OptionalAccount = ""
    capacity_variance_account: OptionalAccount = ""
    capacity_overhead_variance_account: OptionalAccount = ""
    manufacturing_overhead_variance_account: OptionalAccount = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralPostingCard:
    """The accounts on the other side, per business and product posting group."""

    general_business_posting_group: OptionalCode = ""
    general_product_posting_group: OptionalCode = ""
    cogs_account: OptionalAccount = ""
    cogs_interim_account: OptionalAccount = ""
    inventory_adjustment_account: OptionalAccount = ""
    direct_cost_applied_account: OptionalAccount = ""
    overhead_applied_account: OptionalAccount = ""
    purchase_variance_account: OptionalAccount = ""
    inventory_accrual_interim_account: OptionalAccount = ""


def _account(column: str) -> Reference:
    return Reference("account", GlAccount.__table__, (("no", column),), may_be_blank=True)


def _faults_of_account(card: AccountCard) -> list[Fault]:
    faults = code_faults("/no", card.no)
    if card.category and card.category not in tuple(Role):
        roles = ", ".join(Role)
        faults.append(Fault(code="value", pointer="/category", found=card.category, expected=roles))
    return faults


def _faults_of_groups(card: object, *names: str) -> list[Fault]:
    """What the codes of a set-up row may not be; * stands for the blank code in addresses."""
    faults = []
    for name in names:
        code = getattr(card, name)
        if code == "*":
            faults.append(Fault(code="value", pointer=f"/{name}", found=code, expected="a code"))
        elif code:
            faults += place_faults(f"/{name}", code)
    return faults


ACCOUNTS = Kind(
    name="gl_account",
    card_type=AccountCard,
    table=GlAccount.__table__,
    keys=("no",),
    marks=lambda _card: [],
    faults=_faults_of_account,
)
INVENTORY_SETUPS = Kind(
    name="inventory_posting_setup",
    card_type=InventoryPostingCard,
    table=InventoryPostingSetup.__table__,
    keys=("location_code", "inventory_posting_group"),
    marks=lambda _card: [],
    faults=lambda card: _faults_of_groups(card, "location_code", "inventory_posting_group"),
    references=(
        Reference("location", Location.__table__, (("code", "location_code"),), may_be_blank=True),
        *(_account(column) for column in INVENTORY_COLUMNS.values()),
    ),
)
GENERAL_SETUPS = Kind(
    name="general_posting_setup",
    card_type=GeneralPostingCard,
    table=GeneralPostingSetup.__table__,
    keys=("general_business_posting_group", "general_product_posting_group"),
    marks=lambda _card: [],
    faults=lambda card: _faults_of_groups(
        card, "general_business_posting_group", "general_product_posting_group"
    ),
    references=tuple(_account(column) for column in GENERAL_COLUMNS.values()),
)


def delete_account(connection: sa.Connection, key: Key, version: str) -> AccountCard:
    """Take an account away that nothing was posted to and no set-up names."""
    faults = list(_uses(connection, key[0]))
    if faults:
        raise ChangeRefused(faults)
    return delete(connection, ACCOUNTS, key, version=version)


def _uses(connection: sa.Connection, no: str) -> Iterator[Fault]:
    if connection.execute(sa.select(GlEntry.entry_no).where(GlEntry.account_no == no).limit(1)).first():
        yield Fault(code="has_entries", found=no, expected=f"account {no}")
    for kind, columns in ((INVENTORY_SETUPS, INVENTORY_COLUMNS), (GENERAL_SETUPS, GENERAL_COLUMNS)):
        names = sa.or_(*(kind.table.c[column] == no for column in columns.values()))
        row = connection.execute(sa.select(*(kind.table.c[key] for key in kind.keys)).where(names)).first()
        if row is not None:
            groups = " / ".join(code or "*" for code in row)
            yield Fault(code="in_use", found=no, expected=f"{kind.name} {groups}")
