"""Words of the general ledger in both languages: roles of accounts, reasons why something is not posted."""

from collections.abc import Mapping
from typing import Protocol

from flask_babel import gettext, lazy_gettext

from server.general_ledger.accounts import Role
from server.general_ledger.posting_plan import Reason
from server.web.words import current_language

ROLES: Mapping[str, object] = {
    Role.INVENTORY: lazy_gettext("Inventory on hand"),
    Role.INVENTORY_INTERIM: lazy_gettext("Inventory, interim"),
    Role.INVT_ACCRUAL_INTERIM: lazy_gettext("Inventory accrual, interim"),
    Role.COGS: lazy_gettext("Cost of goods sold"),
    Role.COGS_INTERIM: lazy_gettext("Cost of goods sold, interim"),
    Role.DIRECT_COST_APPLIED: lazy_gettext("Direct cost applied"),
    Role.OVERHEAD_APPLIED: lazy_gettext("Overhead applied"),
    Role.PURCHASE_VARIANCE: lazy_gettext("Purchase variance"),
    Role.INVENTORY_ADJMT: lazy_gettext("Inventory adjustment"),
    Role.MATERIAL_VARIANCE: lazy_gettext("Material variance"),
    Role.CAPACITY_VARIANCE: lazy_gettext("Capacity variance"),
    Role.CAPACITY_OVERHEAD_VARIANCE: lazy_gettext("Capacity overhead variance"),
    Role.MANUFACTURING_OVERHEAD_VARIANCE: lazy_gettext("Manufacturing overhead variance"),
}
REASONS: Mapping[str, object] = {
    Reason.SETUP_MISSING: lazy_gettext("Posting set-up is missing"),
    Reason.ACCOUNT_MISSING: lazy_gettext("The posting set-up names no account"),
    Reason.ACCOUNT_UNKNOWN: lazy_gettext("The account is not in the chart"),
    Reason.ACCOUNT_BLOCKED: lazy_gettext("The account is blocked"),
    Reason.PERIOD_CLOSED: lazy_gettext("The accounting period is closed"),
    Reason.KIND_UNKNOWN: lazy_gettext("No rule says which accounts this has"),
    "posted_by_others": lazy_gettext("Posted by hand or by others"),
    "books_differ": lazy_gettext("Value entries and general ledger differ; run the ledger check"),
}


class Named(Protocol):
    """Something with the names of an account."""

    @property
    def name(self) -> str:
        """Its English name."""

    @property
    def name_fr(self) -> str:
        """Its French name, "" where it has none."""


def role_word(role: str) -> str:
    """The word for a role, in the language of the page."""
    return str(ROLES.get(role, role))


def reason_word(reason: str) -> str:
    """Why something is not posted or differs."""
    return str(REASONS.get(reason, reason))


def name_in_language(name: str, name_fr: str) -> str:
    """The name of an account in the language of the page."""
    return name_fr if current_language() == "fr" and name_fr else name


def account_name(account: Named) -> str:
    """The same of an account."""
    return name_in_language(account.name, account.name_fr)


def groups_word(codes: tuple[str, ...]) -> str:
    """A pair of codes; a blank one stands for every."""
    return " / ".join(code or gettext("all") for code in codes)
