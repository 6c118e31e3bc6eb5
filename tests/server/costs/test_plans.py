"""Lists of costs stay quick however long the ledgers are: their pages are never sorted, and only the items of
a page are summed up.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.costs import runs
from server.costs.queries import ValuationFilter, valuation_by_item, valuation_by_location
from server.database import db
from server.web.keyset import PageAsked
from tests.server.api.ledger_rows import fill_ledgers
from tests.server.api.test_plans import Read, plan_of, reads_whole

ORDERED: dict[str, Read] = {
    "runs": lambda asked: runs.list_runs(runs.RunFilter(), asked),
    "lines of a run": lambda asked: runs.list_run_items(runs.RunItemFilter(run_no=1), asked),
    "items to adjust": lambda asked: runs.list_waiting(runs.WaitingFilter(), asked),
}


@pytest.fixture
def filled(warehouse: Flask) -> Iterator[None]:
    """Some of everything."""
    fill_ledgers(60)
    yield
    db.session.rollback()


@pytest.mark.parametrize("name", ORDERED)
def test_a_page_is_never_sorted(filled: None, name: str) -> None:
    steps = plan_of(ORDERED[name], PageAsked())

    assert [step for step in steps if "USE TEMP B-TREE" in step or "->  Sort  (" in step] == []


@pytest.mark.parametrize("read", [valuation_by_item, valuation_by_location])
def test_a_page_of_the_valuation_sums_up_its_own_items_only(filled: None, read: Any) -> None:
    connection = db.session.connection()
    asked: list[tuple[str, Any]] = []
    wanted = ValuationFilter(posting_date_from=date(2026, 1, 1), posting_date_to=date(2026, 1, 31))

    def note(*event: Any) -> None:
        asked.append((event[2], event[3]))

    sa.event.listen(connection, "before_cursor_execute", note)
    read(wanted, PageAsked(limit=2))
    sa.event.remove(connection, "before_cursor_execute", note)

    # The keys of the page, then quantities, values, and which way the values went.
    assert len(asked) == 4
    for statement, parameters in asked[1:]:
        steps = explained(connection, statement, parameters)
        assert [step for step in steps if reads_whole(step, "value_entry")] == []
        assert [step for step in steps if reads_whole(step, "item_ledger_entry")] == []


def explained(connection: sa.Connection, statement: str, parameters: Any) -> list[str]:
    """The steps by which the database would answer."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    word = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [str(row[-1]).strip(" ->") for row in connection.exec_driver_sql(word + statement, parameters)]
