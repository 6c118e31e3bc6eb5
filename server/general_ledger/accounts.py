"""Which two accounts a value goes to: its own and the one that balances it, by role.

The amount of a value entry stands on the first account with its sign and on the second with the opposite
one; its actual and its expected part are posted apart. Source: costing rules, section 12.
"""

from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What an account is for; the posting set-ups say which account that is."""

    INVENTORY = "inventory"
    INVENTORY_INTERIM = "inventory_interim"
    INVT_ACCRUAL_INTERIM = "invt_accrual_interim"
    COGS = "cogs"
    COGS_INTERIM = "cogs_interim"
    DIRECT_COST_APPLIED = "direct_cost_applied"
    OVERHEAD_APPLIED = "overhead_applied"
    PURCHASE_VARIANCE = "purchase_variance"
    INVENTORY_ADJMT = "inventory_adjmt"
    MATERIAL_VARIANCE = "material_variance"
    CAPACITY_VARIANCE = "capacity_variance"
    CAPACITY_OVERHEAD_VARIANCE = "capacity_overhead_variance"
    MANUFACTURING_OVERHEAD_VARIANCE = "manufacturing_overhead_variance"


class Roles(NamedTuple):
    """The role of the account that takes the amount, and of the one that takes its opposite."""

    account: Role
    balancing: Role


class Kind(NamedTuple):
    """What decides about the accounts of a value entry.

    `item_ledger_entry_type` is "" for a resource's cost; `variance_type` is "" for what is no variance.
    """

    item_ledger_entry_type: str
    entry_type: str
    variance_type: str
    is_charge: bool


# The columns of inventory_posting_setup and of general_posting_setup that name the account of a role.
INVENTORY_COLUMNS: dict[Role, str] = {
    Role.INVENTORY: "inventory_account",
    Role.INVENTORY_INTERIM: "inventory_interim_account",
    Role.MATERIAL_VARIANCE: "material_variance_account",
    Role.CAPACITY_VARIANCE: "capacity_variance_account",
    Role.CAPACITY_OVERHEAD_VARIANCE: "capacity_overhead_variance_account",
    Role.MANUFACTURING_OVERHEAD_VARIANCE: "manufacturing_overhead_variance_account",
}
GENERAL_COLUMNS: dict[Role, str] = {
    Role.COGS: "cogs_account",
    Role.COGS_INTERIM: "cogs_interim_account",
    Role.INVENTORY_ADJMT: "inventory_adjustment_account",
    Role.DIRECT_COST_APPLIED: "direct_cost_applied_account",
    Role.OVERHEAD_APPLIED: "overhead_applied_account",
    Role.PURCHASE_VARIANCE: "purchase_variance_account",
    Role.INVT_ACCRUAL_INTERIM: "inventory_accrual_interim_account",
}

_EXPECTED: dict[str, Roles] = {
    "purchase": Roles(Role.INVENTORY_INTERIM, Role.INVT_ACCRUAL_INTERIM),
    "sale": Roles(Role.INVENTORY_INTERIM, Role.COGS_INTERIM),
}
_EXPECTED_TYPES = frozenset({"direct_cost", "revaluation"})
_RESOURCE: dict[str, Roles] = {
    "direct_cost": Roles(Role.INVENTORY_ADJMT, Role.DIRECT_COST_APPLIED),
    "indirect_cost": Roles(Role.INVENTORY_ADJMT, Role.OVERHEAD_APPLIED),
}
_DIRECT: dict[str, Role] = {"purchase": Role.DIRECT_COST_APPLIED, "sale": Role.COGS}
_VARIANCE: dict[str, Role] = {
    "purchase": Role.PURCHASE_VARIANCE,
    "material": Role.MATERIAL_VARIANCE,
    "capacity": Role.CAPACITY_VARIANCE,
    "capacity_overhead": Role.CAPACITY_OVERHEAD_VARIANCE,
    "manufacturing_overhead": Role.MANUFACTURING_OVERHEAD_VARIANCE,
}


def actual_roles(kind: Kind) -> Roles | None:
    """The roles of a value's actual cost; None for a kind of value that the rules do not know."""
    if not kind.item_ledger_entry_type:
        return _RESOURCE.get(kind.entry_type)
    balancing = _balancing(kind)
    return Roles(Role.INVENTORY, balancing) if balancing else None


def expected_roles(kind: Kind) -> Roles | None:
    """The roles of a value's expected cost; None where there should be none."""
    if kind.entry_type not in _EXPECTED_TYPES:
        return None
    return _EXPECTED.get(kind.item_ledger_entry_type)


def _balancing(kind: Kind) -> Role | None:
    """Where the actual cost of goods comes from or goes to."""
    if kind.entry_type == "direct_cost":
        # A charge was bought, whatever it was put on.
        if kind.is_charge:
            return Role.DIRECT_COST_APPLIED
        return _DIRECT.get(kind.item_ledger_entry_type, Role.INVENTORY_ADJMT)
    if kind.entry_type == "indirect_cost":
        return Role.OVERHEAD_APPLIED
    if kind.entry_type == "variance":
        return _VARIANCE.get(kind.variance_type)
    return Role.INVENTORY_ADJMT if kind.entry_type in ("revaluation", "rounding") else None
