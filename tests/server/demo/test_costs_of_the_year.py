"""The wholesaler's year under three costing methods, with invoices that come late: every cost is settled.

In `make test` the first days on both databases; the whole year is `make prove`.
"""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.demo.data_set import PACKAGED, read_postings
from server.demo.late_invoices import as_received_only, invoices_due, send_invoices
from server.demo.load import InProcess, load, prepare
from server.ledger.adjustment_run import run_adjustment
from server.ledger.check.invariants import check, one_snapshot
from server.ledger.gl_posting import post_all_to_gl
from server.ledger.reconcile import reconcile
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.masterdata.tables import InventorySetup, Item
from shared.wire.receiving import Receive
from shared.wire.transactions import AnyBody
from tests.support.data_sets import data_set_of

NOW = datetime(2012, 2, 1, 12, tzinfo=UTC)
METHODS = ("FIFO", "Average", "Standard")
SHORT_DAYS, SHORT_ITEMS = 40, 100


@pytest.mark.parametrize("method", METHODS)
def test_costs_of_some_items_are_settled(app: Flask, tmp_path: Path, method: str) -> None:
    rows = list(read_postings(days=SHORT_DAYS))
    chosen = {row.item for row in rows[:: len(rows) // SHORT_ITEMS]}
    folder = data_set_of(tmp_path / "some", (row for row in rows if row.item in chosen))

    with app.app_context():
        settle_year(method, folder)


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("method", METHODS)
def test_costs_of_the_whole_year_are_settled(app: Flask, method: str) -> None:
    with app.app_context():
        settle_year(method, PACKAGED)


def settle_year(method: str, folder: Path) -> None:
    """Load, invoice, adjust, post to the general ledger; then hold everything against everything."""
    prepare(folder)
    write(lambda connection: choose(connection, method))
    load(folder, InProcess(), receive=receive)
    due = invoices_due()
    assert any(each.is_changed for each in due)
    send_invoices(due)

    first = adjusted()
    for _ in post_all_to_gl(write, db.engine, user_id="", now=NOW):
        pass
    db.session.rollback()
    second = adjusted()

    print(f"\n{method}: {len(due):,} invoices, {first:,} value entries by the adjustment, worth {worth()}")
    assert first > 0
    assert second == 0
    assert uninvoiced() == 0
    assert [row.difference for row in reconcile(db.session.connection()) if row.difference] == []
    db.session.rollback()
    with one_snapshot(db.engine) as connection:
        found = [(each.invariant.name, each.rows[:3]) for each in check(connection) if each.differences]
    assert found == []


def receive(body: Receive) -> tuple[str, AnyBody]:
    """A receipt at expected cost."""
    return "journal", as_received_only(body)


def choose(connection: sa.Connection, method: str) -> None:
    """Every item costed by one method; averages by month."""
    connection.execute(sa.update(Item).values(costing_method=method, standard_cost=Item.unit_cost))
    connection.execute(sa.update(InventorySetup).values(average_cost_period="month"))


def adjusted() -> int:
    """How many value entries an adjustment of everything writes."""
    result = run_adjustment(user_id="", now=NOW)
    assert result.failed == ()
    return result.value_entries


def uninvoiced() -> int:
    """Receipts that still wait for an invoice."""
    query = sa.select(sa.func.count()).where(sa.not_(ItemLedgerEntry.is_completely_invoiced))
    return db.session.scalar(query) or 0


def worth() -> Decimal:
    """The value of all stock."""
    return db.session.scalar(
        sa.select(sa.func.sum(ValueEntry.cost_amount_actual + ValueEntry.cost_amount_expected))
    ) or Decimal(0)
