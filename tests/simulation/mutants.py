"""Broken protocols, one named fault each: what the simulator must catch, or it proves nothing."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

import sqlalchemy as sa

from server.database import db
from server.feed import sequencer
from server.feed.tables import FeedDirty
from server.inbox import posting, receiving
from server.inbox.arrivals import Arrival
from shared import ids


@contextlib.contextmanager
def no_dedupe() -> Iterator[None]:
    """A repeat is taken for something new."""
    repeats = iter(range(1, 10**9))

    def sort_out(arrivals: Sequence[Arrival], known: Any, taken: Any) -> tuple[list[Arrival], dict[str, Any]]:
        new = [
            replace(arrival, transaction_id=ids.uuid7(next(repeats), 1), seq=10**9 + next(repeats))
            if arrival.transaction_id in known
            else arrival
            for arrival in arrivals
        ]
        return new, {}

    # Without the unique key of the ledgers a repeat posts again; the fresh id stands for its absence.
    with mock.patch.object(receiving, "_sort_out", sort_out):
        yield


@contextlib.contextmanager
def two_commits() -> Iterator[None]:
    """The ledger rows are committed before the outcome is."""
    from server.ledger.write import write_postings

    def write_and_commit(connection: sa.Connection, *arguments: Any) -> None:
        write_postings(connection, *arguments)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with mock.patch.object(posting, "write_postings", write_and_commit):
        yield


@contextlib.contextmanager
def naive_cursor() -> Iterator[None]:
    """The sequencer looks for marks above the last number that it saw: `id > cursor`."""
    last: dict[str, int] = {}

    def take_marks(connection: sa.Connection, scope: str, limit: int) -> list[tuple[int, str, str]]:
        rows = connection.execute(
            sa.select(FeedDirty.id, FeedDirty.etype, FeedDirty.ekey)
            .where(FeedDirty.scope == scope, FeedDirty.id > last.get(scope, 0))
            .order_by(FeedDirty.id)
            .limit(limit)
        ).all()
        if rows:
            last[scope] = rows[-1][0]
        return [tuple(row) for row in rows]  # type: ignore[misc]

    def is_dirty(scope: str | None = None) -> bool:
        with db.engine.connect() as connection:
            newest = connection.execute(
                sa.select(FeedDirty.scope, sa.func.max(FeedDirty.id)).group_by(FeedDirty.scope)
            )
            return any(number > last.get(each, 0) for each, number in newest if scope in (None, each))

    with (
        mock.patch.object(sequencer, "_take_marks", take_marks),
        mock.patch.object(sequencer, "is_dirty", is_dirty),
    ):
        yield


@contextlib.contextmanager
def outcome_not_stored() -> Iterator[None]:
    """What became of a transaction is answered but not written down."""
    with mock.patch.object(posting, "_store_outcomes"):
        yield


MUTANTS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "no_dedupe": no_dedupe,
    "two_commits": two_commits,
    "naive_cursor": naive_cursor,
    "outcome_not_stored": outcome_not_stored,
}
