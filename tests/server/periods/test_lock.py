"""Closing waits for the postings at work, and postings wait for a closing at work."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from server.database import write
from server.ledger import periods as books
from server.ledger.tables import ItemRegister
from server.masterdata.load import load_setup
from server.masterdata.setup_lock import hold_setup
from shared import ids
from tests.server.periods.books import JANUARY, NOW, logged
from tests.support.fixtures import config_for, server_on

SOON_S, LATE_S = 0.4, 20.0


class Running:
    """Work in a thread of its own, with the application's context."""

    def __init__(self, app: Flask, work: Callable[[], object]) -> None:
        self.answer: object = None
        self.failed: BaseException | None = None

        def run() -> None:
            with app.app_context():
                try:
                    self.answer = work()
                except Exception as error:  # noqa: BLE001 - the test raises it where it can be seen
                    self.failed = error

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def is_done_within(self, seconds: float) -> bool:
        self.thread.join(seconds)
        if self.failed is not None:
            raise self.failed
        return not self.thread.is_alive()


def close(connection: sa.Connection) -> tuple[date, ...]:
    return books.close_period(connection, JANUARY, user_id="", now=NOW)


def register(connection: sa.Connection) -> None:
    connection.execute(
        sa.insert(ItemRegister).values(
            no=7, transaction_id=ids.uuid7(1, 7), source_code="test", document_no="D7", posted_at=NOW
        )
    )


def test_closing_waits_for_a_posting_that_read_the_period_as_open(company: Flask) -> None:
    has_read, may_commit = threading.Event(), threading.Event()

    def post(connection: sa.Connection) -> date | None:
        hold_setup(connection)
        closed_through = load_setup(connection).closed_through
        has_read.set()
        assert may_commit.wait(LATE_S)
        register(connection)
        return closed_through

    with company.app_context():
        write(lambda connection: books.create_period(connection, JANUARY))
    posting = Running(company, lambda: write(post))
    assert has_read.wait(LATE_S)
    closing = Running(company, lambda: write(close))

    assert not closing.is_done_within(SOON_S)
    may_commit.set()
    assert posting.is_done_within(LATE_S)
    assert closing.is_done_within(LATE_S)

    assert posting.answer is None
    with company.app_context():
        # The posting came before the closing, and the log knows it.
        assert logged() == [(JANUARY, "close", 7, "")]


def test_a_posting_waits_for_a_closing_and_reads_that_it_is_closed(company: Flask) -> None:
    has_closed, may_commit = threading.Event(), threading.Event()

    def close_slowly(connection: sa.Connection) -> None:
        close(connection)
        has_closed.set()
        assert may_commit.wait(LATE_S)

    def post(connection: sa.Connection) -> date | None:
        hold_setup(connection)
        return load_setup(connection).closed_through

    with company.app_context():
        write(lambda connection: books.create_period(connection, JANUARY))
    closing = Running(company, lambda: write(close_slowly))
    assert has_closed.wait(LATE_S)
    posting = Running(company, lambda: write(post))

    assert not posting.is_done_within(SOON_S)
    may_commit.set()
    assert closing.is_done_within(LATE_S)
    assert posting.is_done_within(LATE_S)

    assert posting.answer == JANUARY


def test_postings_do_not_wait_for_each_other(postgresql_url: str, tmp_path: Path) -> None:
    """On SQLite, with its one writer, they always do."""
    is_held, may_commit = threading.Event(), threading.Event()

    def post_slowly(connection: sa.Connection) -> None:
        hold_setup(connection)
        is_held.set()
        assert may_commit.wait(LATE_S)

    with server_on(config_for(postgresql_url, tmp_path / "home")) as app:
        slow = Running(app, lambda: write(post_slowly))
        assert is_held.wait(LATE_S)
        quick = Running(app, lambda: write(hold_setup))

        assert quick.is_done_within(LATE_S)
        may_commit.set()
        assert slow.is_done_within(LATE_S)
