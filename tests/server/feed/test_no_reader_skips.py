"""Writers that stall between insert and commit never make a reader skip; numbers taken at insert do.

Each interleaving is spelled out with open transactions. Beside the feed's reader stands a naive one that
reads the marks themselves by `id > cursor`: that it misses the late commit shows that the test has teeth.
"""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write, writer_engine
from server.feed import entities, sequencer
from server.feed.marks import mark_dirty
from server.feed.reading import read_page
from server.feed.sequencer import sequence
from server.feed.tables import FeedDirty
from tests.server.feed.company import Reader, put_reason, set_reason, true_state

# Nobody numbers this scope, so its marks stay: the naive reader's log.
LOG = "site:LOG"


class NaiveReader:
    """Reads numbers that were taken at insert, as `id > cursor`."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._cursor = 0

    def read(self) -> None:
        """Everything with a higher number than the last that was seen."""
        with db.engine.connect() as connection:
            rows = connection.execute(
                sa.select(FeedDirty.id, FeedDirty.ekey)
                .where(FeedDirty.scope == LOG, FeedDirty.id > self._cursor)
                .order_by(FeedDirty.id)
            ).all()
        for row_id, ekey in rows:
            self.keys.append(ekey)
            self._cursor = row_id


def change(connection: sa.Connection, code: str, description: str = "changed") -> None:
    """A business change with its mark, and the same change in the naive reader's log."""
    set_reason(connection, code, description)
    mark_dirty(connection, [(LOG, "bin", code)])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_late_commit_reaches_the_reader_and_not_a_naive_one(company: Flask) -> None:
    reader, naive = Reader("ref"), NaiveReader()
    with writer_engine().connect() as late, late.begin() as late_transaction:
        change(late, "LATE")
        write(lambda connection: change(connection, "EARLY"))
        reader.read_to_head()
        naive.read()
        assert list(reader.copy) == [("reason", "EARLY")]
        late_transaction.commit()

    reader.read_to_head()
    naive.read()

    assert reader.copy == true_state("ref")
    assert sorted(ekey for _, ekey in reader.copy) == ["EARLY", "LATE"]
    assert naive.keys == ["EARLY"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_uncommitted_change_behind_a_committed_mark_comes_with_its_own_mark(company: Flask) -> None:
    reader = Reader("ref")
    put_reason("DAMAGE", "first")
    with writer_engine().connect() as late, late.begin() as late_transaction:
        set_reason(late, "DAMAGE", "late")
        reader.read_to_head()
        assert reader.copy["reason", "DAMAGE"]["description"] == "first"
        late_transaction.commit()

    reader.read_to_head()

    assert reader.copy["reason", "DAMAGE"]["description"] == "late"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_between_taking_marks_and_reading_entities_is_not_lost(
    company: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader("ref")
    put_reason("DAMAGE", "first")
    put_reason("LOSS", "first")
    between = [lambda: put_reason("DAMAGE", "between"), lambda: put_reason("LOSS", "between")]

    load = entities.load_documents

    def load_after_a_change(*arguments: Any) -> dict[str, str]:
        documents = load(*arguments)
        if between:
            # One change is seen by the next read already, the other only by its mark.
            between.pop()()
        return documents

    monkeypatch.setattr(sequencer, "load_documents", load_after_a_change)
    reader.read_to_head()

    assert between == []
    assert reader.copy == true_state("ref")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_reader_waits_for_a_run_that_has_taken_its_marks(company: Flask) -> None:
    put_reason("DAMAGE", "first")
    pages: list[int] = []
    reader = in_thread(company, lambda: pages.append(len(read_page("ref").rows)))
    with writer_engine().connect() as connection, connection.begin() as run:
        sequencer._run(connection, scope="ref", limit=100, skip_locked=False)
        reader.start()
        reader.join(0.3)
        still_waiting = reader.is_alive()
        run.commit()

    reader.join(10)

    assert still_waiting
    assert pages == [1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_job_leaves_a_scope_alone_that_is_being_numbered(company: Flask) -> None:
    put_reason("DAMAGE", "first")
    sequence()
    put_reason("DAMAGE", "second")
    with writer_engine().connect() as connection, connection.begin() as run:
        sequencer._run(connection, scope="ref", limit=100, skip_locked=False)
        assert sequence() == 0
        run.rollback()

    assert sequence() == 1


def test_a_run_that_is_killed_leaves_its_marks(company: Flask) -> None:
    put_reason("DAMAGE", "first")

    def killed(connection: sa.Connection) -> None:
        sequencer._run(connection, scope="ref", limit=100, skip_locked=False)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(killed)
    page = Reader("ref").read()

    assert [row.seq for row in page.rows] == [1]


@pytest.mark.parametrize("seed", [1, 2])
def test_eight_stalling_writers_and_a_polling_reader_end_with_the_same_state(
    company: Flask, seed: int
) -> None:
    writers = [
        in_thread(company, partial(write_at_random, random.Random(f"{seed}/{number}"))) for number in range(8)
    ]
    reader, naive = Reader("ref"), NaiveReader()

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        reader.read(limit=7)
        naive.read()
    last = reader.read_to_head(limit=7)
    naive.read()

    assert reader.copy == true_state("ref")
    assert len(reader.copy) > 20
    assert last.counts is not None
    assert last.counts["reason"]["count"] == len(reader.copy)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_naive_reader_among_eight_stalling_writers_misses_changes(company: Flask) -> None:
    # The first writer stalls until all others are done: whatever the timing, its number is passed.
    reader, naive = Reader("ref"), NaiveReader()
    writers = [in_thread(company, partial(write_at_random, random.Random(number))) for number in range(7)]
    with writer_engine().connect() as stalled, stalled.begin() as transaction:
        change(stalled, "STALLED")
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            reader.read()
            naive.read()
        naive.read()
        transaction.commit()
    reader.read_to_head()
    naive.read()

    assert ("reason", "STALLED") in reader.copy
    assert reader.copy == true_state("ref")
    assert "STALLED" not in naive.keys


def write_at_random(chance: random.Random) -> None:
    """A dozen transactions of some changes each, each stalling up to 4 ms before its commit."""

    def transaction(connection: sa.Connection) -> None:
        # In one order, so that two of them wait for each other and never both.
        for code in sorted(chance.sample(range(40), chance.randrange(1, 4))):
            connection.execute(
                sa.text(
                    "INSERT INTO reason_code (code, description, description_fr, direction)"
                    " VALUES (:code, :text, '', 'both')"
                    " ON CONFLICT (code) DO UPDATE SET description = excluded.description"
                ),
                {"code": f"R{code:02d}", "text": f"{chance.random()}"},
            )
            mark_dirty(connection, [("ref", "reason", f"R{code:02d}"), (LOG, "bin", f"R{code:02d}")])
        time.sleep(chance.uniform(0, 0.004))

    for _ in range(12):
        write(transaction)


def in_thread(app: Flask, work: Callable[[], object]) -> threading.Thread:
    """A thread that works in a context of its own."""

    def run() -> None:
        with app.app_context():
            work()

    return threading.Thread(target=run)
