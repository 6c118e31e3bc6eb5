"""Two runs at once post nothing twice, on either database."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.general_ledger.posted import GlPosted
from server.general_ledger.tables import GlEntry, GlItemRelation
from server.ledger.gl_posting import post_all_to_gl, post_to_gl
from tests.support.values import add_values, begin_books
from tests.support.warehouse import MORNING

VALUES = 60


@pytest.fixture
def books(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Values in many small spans, so that the runs meet again and again."""
    monkeypatch.setattr("server.ledger.gl_unposted.SPAN", 5)
    with app.app_context():
        begin_books()
        add_values(*({"cost_amount_actual": "1.10"} for _ in range(VALUES)))
        yield app


@pytest.mark.parametrize("pers", [("entry", "entry"), ("group", "group"), ("entry", "group")])
def test_runs_at_once_share_the_values_between_them(books: Flask, pers: tuple[Any, Any]) -> None:
    start = threading.Barrier(len(pers))
    posted: list[GlPosted] = []

    def run(per: Any) -> None:
        with books.app_context():
            start.wait()
            total = GlPosted()
            for part in post_all_to_gl(write, db.engine, user_id=per, now=MORNING, per=per):
                total.add(part)
            posted.append(total)

    threads = [threading.Thread(target=run, args=(per,)) for per in pers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sum(each.value_entries for each in posted) == VALUES
    stock = db.session.execute(
        sa.select(sa.func.sum(GlEntry.amount)).where(GlEntry.category == "inventory")
    ).scalar_one()
    assert stock == Decimal("1.10") * VALUES
    assert (
        db.session.execute(sa.select(sa.func.count()).select_from(GlItemRelation)).scalar_one() == 2 * VALUES
    )


def test_a_run_that_fails_in_the_middle_leaves_nothing_of_its_span(books: Flask) -> None:
    def post_and_fail(connection: sa.Connection) -> None:
        post_to_gl(connection, user_id="clare", now=MORNING)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError, match="power"):
        write(post_and_fail)

    assert db.session.execute(sa.select(GlEntry.entry_no)).first() is None
    posted = write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING))
    assert posted.value_entries == VALUES
