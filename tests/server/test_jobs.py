"""Jobs: work left in a commit is done, once if all goes well, again if not, whoever wakes them."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.config import Config
from server.database import db, write
from server.feed.tables import Feed, FeedDirty, Snapshot
from server.inbox.tables import WorkItem
from server.inbox.work_items import finish_work, lease_work, leave_work, wake
from server.jobs import do_work, huey_of, make_huey, run_jobs, start_consumer
from tests.server.feed.company import prepare, put_reason
from tests.support.databases import PostgresqlCopies
from tests.support.fixtures import config_for, server_on

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def times() -> list[datetime]:
    """The server's clock: the last of these."""
    return [NOON]


@pytest.fixture
def company(config: Config, times: list[datetime]) -> Iterator[Flask]:
    """A server in its context on a company with set-up."""
    with server_on(replace(config, now=lambda: times[-1])) as app, app.app_context():
        prepare()
        yield app


def leave(*keys: str, due_at: datetime = NOON) -> None:
    """Leave work of kind `count` behind."""
    write(partial(leave_work, kind="count", keys=keys, due_at=due_at))


def left() -> list[tuple[str, int, str]]:
    """Key, attempts and last error of the work that is left."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            sa.select(WorkItem.key, WorkItem.attempts, WorkItem.last_error).order_by(WorkItem.key)
        )
        return [(row.key, row.attempts, row.last_error) for row in rows]


def test_work_that_was_left_twice_is_done_once_in_the_order_in_which_it_fell_due(company: Flask) -> None:
    leave("B", "A", "B")
    leave("B")
    leave("C", due_at=NOON - timedelta(minutes=1))
    leave("D", due_at=NOON + timedelta(minutes=1))
    done: list[str] = []

    assert do_work("count", done.append) == 3

    assert done == ["C", "A", "B"]
    assert left() == [("D", 0, "")]


def test_work_of_another_kind_is_left_alone(company: Flask) -> None:
    leave("A")

    assert do_work("other", pytest.fail) == 0

    assert left() == [("A", 0, "")]


def test_work_that_is_left_again_while_it_is_done_is_done_again(company: Flask) -> None:
    leave("A")
    done: list[str] = []

    def work(key: str) -> None:
        done.append(key)
        if len(done) == 1:
            leave("A")

    assert do_work("count", work) == 2

    assert (done, left()) == (["A", "A"], [])


def test_work_that_fails_is_tried_again_ever_later_and_says_why(
    company: Flask, times: list[datetime]
) -> None:
    leave("A")

    def fail(key: str) -> None:
        raise OSError(f"no room for {key}")

    pauses = []
    for _ in range(8):
        with pytest.raises(OSError, match="no room"):
            do_work("count", fail)
        assert do_work("count", pytest.fail) == 0
        due_at = db.session.execute(sa.select(WorkItem.due_at)).scalar_one()
        db.session.rollback()
        pauses.append(int((due_at - times[-1]).total_seconds()))
        times.append(due_at)

    assert pauses == [1, 4, 16, 64, 256, 1024, 3600, 3600]
    assert left() == [("A", 8, "OSError: no room for A")]


def test_work_of_a_process_that_died_is_taken_by_another_when_its_lease_ran_out(
    company: Flask, times: list[datetime]
) -> None:
    leave("A")
    dead = write(partial(lease_work, kind="count", now=NOON))
    done: list[str] = []

    assert do_work("count", done.append) == 0
    times.append(NOON + timedelta(minutes=10))
    assert do_work("count", done.append) == 1

    assert dead is not None
    assert (done, left()) == (["A"], [])


def test_a_process_thought_dead_does_not_finish_the_work_of_the_next(company: Flask) -> None:
    leave("A")
    slow = write(partial(lease_work, kind="count", now=NOON))
    later = NOON + timedelta(minutes=10)
    next_one = write(partial(lease_work, kind="count", now=later))
    assert slow is not None
    assert next_one is not None

    write(partial(finish_work, lease=slow))
    assert left() == [("A", 2, "")]
    write(partial(finish_work, lease=next_one))
    assert left() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_lease_different_work(company: Flask) -> None:
    leave("A", "B")

    with db.engine.begin() as first, db.engine.begin() as second, db.engine.begin() as third:
        leases = [lease_work(connection, "count", NOON) for connection in (first, second, third)]

    assert [lease and lease.key for lease in leases] == ["A", "B", None]


def test_all_jobs_together_number_marks_and_make_the_snapshots_that_are_due(
    company: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.feed.snapshots.WORTHWHILE_ROWS", 2)
    put_reason("LOSS", "Lost")
    put_reason("DAMAGE", "Damaged")

    run_jobs()
    run_jobs()

    assert (rows_of(FeedDirty), rows_of(Feed), rows_of(Snapshot), left()) == (0, 2, 1, [])


def test_a_wake_up_without_jobs_in_the_process_does_nothing(company: Flask) -> None:
    put_reason("LOSS", "Lost")

    wake("sequence")

    assert rows_of(FeedDirty) == 1


def test_a_wake_up_reaches_the_consumer_in_its_thread(company: Flask) -> None:
    consumer = start_consumer(company)
    try:
        put_reason("LOSS", "Lost")
        wake("sequence")
        assert soon(lambda: rows_of(FeedDirty) == 0)
        put_reason("LOSS", "Lost again")
        wake("sequence")
        assert soon(lambda: rows_of(FeedDirty) == 0)
    finally:
        consumer.stop(graceful=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_wake_ups_that_nobody_has_heard_yet_do_not_pile_up(company: Flask) -> None:
    huey = huey_of(company)

    for _ in range(100):
        wake("post")
        wake("sequence")

    assert len(huey) == 2


def soon(is_so: Callable[[], bool], within_s: float = 20) -> bool:
    """Whether something becomes true within a while."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def rows_of(table: type) -> int:
    """How many rows a table has."""
    with db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_processes_that_start_at_once_all_find_their_tables(
    postgresql_copies: PostgresqlCopies, tmp_path: Path
) -> None:
    config = config_for(postgresql_copies.clone(), tmp_path)
    together = threading.Barrier(6)

    def start(_: int) -> int:
        together.wait()
        huey = make_huey(config)
        waiting = len(huey)
        huey.storage.close()
        return waiting

    with ThreadPoolExecutor(6) as threads:
        waiting = list(threads.map(start, range(6)))

    postgresql_copies.drop(config.database_url)
    assert waiting == [0] * 6
