"""Every night the jobs adjust costs as the server itself; a wish that meets another run leaves it to that."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.inbox.tables import WorkItem
from server.inbox.work_items import leave_work
from server.jobs import huey_of, run_jobs
from server.ledger.adjustment_run import ADJUST_COSTS
from server.ledger.run_lock import one_run_at_once
from server.ledger.tables import CostAdjustmentRun
from tests.server.costs.books import NOON, Books


@pytest.fixture
def to_adjust(books: Books, warehouse: Flask) -> Iterator[Flask]:
    """An item that was sold before a charge came on its receipt."""
    receipt = books.purchase("2026-03-01", 10, 10)
    books.sale("2026-03-02", 4)
    books.charge("2026-03-03", receipt, 20)
    yield warehouse
    huey_of(warehouse).storage.close()


def runs() -> list[tuple[Any, ...]]:
    table = CostAdjustmentRun.__table__
    db.session.rollback()
    columns = [table.c[name] for name in ("user_id", "status", "value_entries")]
    return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(table.c.run_no))]


def wishes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(WorkItem.key).where(WorkItem.kind == ADJUST_COSTS)))


def test_every_night_leaves_one_wish_that_the_jobs_fulfil(to_adjust: Flask) -> None:
    (nightly,) = [
        task for task in huey_of(to_adjust)._registry.periodic_tasks if "nightly_costs" in str(task)
    ]

    nightly.execute()
    assert wishes() == [""]
    run_jobs()

    assert wishes() == []
    assert runs() == [("", "done", 1)]


def test_a_wish_beside_a_run_is_that_runs_business(to_adjust: Flask) -> None:
    write(lambda connection: leave_work(connection, ADJUST_COSTS, ["marek"], NOON))

    with one_run_at_once():
        run_jobs()

    assert wishes() == []
    assert runs() == []
