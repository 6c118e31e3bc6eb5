"""Value entries put straight into the ledger, for tests of what reads them and posts nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import insert_rows
from server.database import write
from server.general_ledger.begin import ensure_accounts
from server.ledger.tables import ValueEntry
from server.masterdata.tables import InventorySetup

DAY = date(2026, 3, 2)
NOTHING = Decimal(0)
_BLANK: dict[str, Any] = {
    "item_ledger_entry_no": 1,
    "entry_type": "direct_cost",
    "variance_type": "",
    "item_no": "GLOBE",
    "variant_code": "",
    "location_code": "DC",
    "posting_date": DAY,
    "valuation_date": DAY,
    "valued_quantity": NOTHING,
    "item_ledger_entry_quantity": NOTHING,
    "invoiced_quantity": NOTHING,
    "cost_per_unit": NOTHING,
    "cost_amount_actual": NOTHING,
    "cost_amount_expected": NOTHING,
    "cost_amount_non_inventoriable": NOTHING,
    "is_expected_cost": False,
    "is_adjustment": False,
    "is_partial_revaluation": False,
    "valued_by_average_cost": False,
    "applies_to_entry_no": 0,
    "document_no": "DOC-1",
    "source_code": "TEST",
    "register_no": 1,
    "user_id": "",
    "item_ledger_entry_type": "purchase",
    "item_charge_no": "",
    "order_no": "",
    "inventory_posting_group": "",
    "general_business_posting_group": "",
    "general_product_posting_group": "",
    "cost_posted_to_gl": NOTHING,
    "expected_cost_posted_to_gl": NOTHING,
}


def begin_books(**setup: Any) -> None:
    """A company's set-up row, its chart of accounts and its posting set-up; inside an application context."""

    def work(connection: sa.Connection) -> None:
        if connection.execute(sa.select(InventorySetup.id)).first() is None:
            connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="epoch-1"))
        if setup:
            connection.execute(sa.update(InventorySetup).values(**setup))
        ensure_accounts(connection)

    write(work)


def add_values(*rows: dict[str, Any]) -> list[int]:
    """Value entries with these fields, numbered from what is there; amounts may be given as text."""
    return write(lambda connection: put_values(connection, rows))


def put_values(connection: sa.Connection, rows: "tuple[dict[str, Any], ...]") -> list[int]:
    """The same in a transaction of the caller."""
    columns = ("entry_no", *_BLANK)
    first = (connection.scalar(sa.select(sa.func.max(ValueEntry.entry_no))) or 0) + 1
    complete = [_BLANK | {"entry_no": first + place} | row for place, row in enumerate(rows)]
    for row in complete:
        for name in ("cost_amount_actual", "cost_amount_expected"):
            row[name] = Decimal(row[name])
    insert_rows(
        connection, ValueEntry.__table__, columns, [[row[name] for name in columns] for row in complete]
    )
    return [row["entry_no"] for row in complete]
