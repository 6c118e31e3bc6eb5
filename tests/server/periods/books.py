"""Ledger rows by hand, for tests of periods: each posting is one register, one entry and its value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.database import db, write
from server.ledger.tables import (
    AssemblyCost,
    AverageCostPoint,
    ItemCost,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
)
from server.masterdata.tables import InventoryPeriod, InventoryPeriodEntry, InventorySetup, Item
from shared import ids

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


def post_by_hand(
    number: int,
    item_no: str,
    quantity: object,
    day: date,
    *,
    valued_on: date | None = None,
    remaining: object = 0,
    location_code: str = "DC",
    **more: Any,
) -> None:
    """One posting; its register, entry and value all have this number. `more` changes the entry's columns."""
    quantity_base, left = Decimal(str(quantity)), Decimal(str(remaining))
    shared = {
        "entry_no": number,
        "item_no": item_no,
        "variant_code": "",
        "location_code": location_code,
        "posting_date": day,
        "document_no": f"D{number}",
        "source_code": "test",
        "register_no": number,
    }
    entry = {
        **shared,
        "document_date": day,
        "entry_type": "purchase" if quantity_base > 0 else "sale",
        "quantity_base": quantity_base,
        "unit_of_measure_code": "PCS",
        "quantity_per_unit": Decimal(1),
        "transaction_id": ids.uuid7(1, number),
        "transaction_line": 1,
        "occurred_at": NOW,
        "remaining_quantity": left,
        "is_open": left != 0,
        "invoiced_quantity": quantity_base,
        "is_completely_invoiced": True,
    }
    value = {
        **shared,
        "item_ledger_entry_no": number,
        "entry_type": "direct_cost",
        "valued_quantity": quantity_base,
        "item_ledger_entry_quantity": quantity_base,
        "invoiced_quantity": quantity_base,
        "cost_per_unit": Decimal(1),
        "cost_amount_actual": quantity_base,
        "valuation_date": valued_on or day,
    }
    register = {
        "no": number,
        "transaction_id": ids.uuid7(1, number),
        "source_code": "test",
        "document_no": f"D{number}",
        "posted_at": NOW,
    }
    insert(ItemRegister, register)
    insert(ItemLedgerEntry, {**entry, **more})
    insert(ValueEntry, value)


def insert(model: type, *rows: dict[str, Any]) -> None:
    """Rows of any table."""
    write(lambda connection: [connection.execute(sa.insert(model).values(**row)) for row in rows])


def say_adjusted(item_no: str, *, is_adjusted: bool) -> None:
    """What the item's sum says of its costs."""
    insert(ItemCost, {"item_no": item_no, "is_adjusted": is_adjusted})


def say_point(item_no: str, day: date, *, is_adjusted: bool = False, location_code: str = "") -> None:
    """A point of an average."""
    row = {"item_no": item_no, "variant_code": "", "location_code": location_code, "valuation_date": day}
    insert(AverageCostPoint, {**row, "is_adjusted": is_adjusted})


def say_assembly(order_no: str, item_no: str, *, is_adjusted: bool = False) -> None:
    """Whether an assembly's output has its cost."""
    insert(AssemblyCost, {"order_no": order_no, "item_no": item_no, "is_adjusted": is_adjusted})


def set_up(**values: object) -> None:
    """Change the set-up behind its rules."""
    write(lambda connection: connection.execute(sa.update(InventorySetup).values(**values)))


def cost_by(method: str, *item_nos: str) -> None:
    """Give items a costing method."""
    write(lambda c: c.execute(sa.update(Item).where(Item.no.in_(item_nos)).values(costing_method=method)))


def periods() -> dict[date, bool]:
    """Every period and whether it is closed."""
    rows = db.session.execute(
        sa.select(InventoryPeriod.ending_date, InventoryPeriod.is_closed).order_by(
            InventoryPeriod.ending_date
        )
    ).all()
    return {row[0]: row[1] for row in rows}


def logged() -> list[tuple[date, str, int, str]]:
    """What was logged, oldest first."""
    rows = db.session.execute(
        sa.select(
            InventoryPeriodEntry.ending_date,
            InventoryPeriodEntry.action,
            InventoryPeriodEntry.register_no,
            InventoryPeriodEntry.user_id,
        ).order_by(InventoryPeriodEntry.entry_no)
    ).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def points() -> set[tuple[str, str, str, date, bool]]:
    """Every average point."""
    table = AverageCostPoint.__table__
    return {tuple(row) for row in db.session.execute(sa.select(*table.columns))}


def unadjusted_items() -> set[str]:
    """Items whose costs are to be adjusted."""
    return set(db.session.execute(sa.select(ItemCost.item_no).where(sa.not_(ItemCost.is_adjusted))).scalars())
