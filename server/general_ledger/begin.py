"""The chart of accounts that a company begins with, and the posting set-up that uses it for everything."""

from typing import NamedTuple

import sqlalchemy as sa

from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS, Role
from server.general_ledger.tables import GeneralPostingSetup, GlAccount, InventoryPostingSetup


class NewAccount(NamedTuple):
    """An account of a new company."""

    no: str
    name: str
    name_fr: str
    role: Role


CHART: tuple[NewAccount, ...] = (
    NewAccount("1410", "Inventory", "Stocks", Role.INVENTORY),
    NewAccount("1420", "Inventory (interim)", "Stocks (provisoire)", Role.INVENTORY_INTERIM),
    NewAccount(
        "2410", "Inventory accrual (interim)", "Stocks à recevoir (provisoire)", Role.INVT_ACCRUAL_INTERIM
    ),
    NewAccount("5110", "Cost of goods sold", "Coût des ventes", Role.COGS),
    NewAccount("5120", "Cost of goods sold (interim)", "Coût des ventes (provisoire)", Role.COGS_INTERIM),
    NewAccount("5210", "Direct cost applied", "Coûts directs imputés", Role.DIRECT_COST_APPLIED),
    NewAccount("5220", "Overhead applied", "Frais généraux imputés", Role.OVERHEAD_APPLIED),
    NewAccount("5310", "Purchase variance", "Écart sur achats", Role.PURCHASE_VARIANCE),
    NewAccount("5320", "Material variance", "Écart sur matières", Role.MATERIAL_VARIANCE),
    NewAccount("5330", "Capacity variance", "Écart sur capacité", Role.CAPACITY_VARIANCE),
    NewAccount(
        "5340",
        "Capacity overhead variance",
        "Écart sur frais généraux de capacité",
        Role.CAPACITY_OVERHEAD_VARIANCE,
    ),
    NewAccount(
        "5350",
        "Manufacturing overhead variance",
        "Écart sur frais généraux de fabrication",
        Role.MANUFACTURING_OVERHEAD_VARIANCE,
    ),
    NewAccount("5410", "Inventory adjustment", "Ajustement des stocks", Role.INVENTORY_ADJMT),
)


def ensure_accounts(connection: sa.Connection) -> None:
    """Make chart and set-up where there is nothing of either yet; leaves what a company has alone."""
    tables = (GlAccount.__table__, InventoryPostingSetup.__table__, GeneralPostingSetup.__table__)
    if any(connection.execute(sa.select(table).limit(1)).first() is not None for table in tables):
        return
    connection.execute(
        sa.insert(GlAccount),
        [{"no": no, "name": name, "name_fr": french, "category": role} for no, name, french, role in CHART],
    )
    numbers = {account.role: account.no for account in CHART}
    for model, columns, keys in (
        (InventoryPostingSetup, INVENTORY_COLUMNS, ("location_code", "inventory_posting_group")),
        (
            GeneralPostingSetup,
            GENERAL_COLUMNS,
            ("general_business_posting_group", "general_product_posting_group"),
        ),
    ):
        row = dict.fromkeys(keys, "") | {column: numbers[role] for role, column in columns.items()}
        connection.execute(sa.insert(model).values(**row))
