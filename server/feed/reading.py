"""Pages of the feed: what happened to a scope since a cursor, everything if there is none.

A page is read in one snapshot of the database, so that rows, head and the self-check's totals are of one
moment. Before it is read, the scope's marks are numbered: a reader sees what was committed before it
asked. Reading needs no request, so the simulator reads as a device does.
Raises: Rebootstrap for a cursor of another history.
"""

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app

from server.config import Config
from server.database import db
from server.feed.cursor import Position, Rebootstrap, check_position, cursor_text, read_cursor, tag_at
from server.feed.sequencer import Head, drain, is_dirty, read_totals
from server.feed.tables import Feed, FeedHead
from server.masterdata.load import load_setup
from shared.wire.envelopes import PAGE_ROWS, FeedPage, FeedRow
from shared.wire.feed_rows import sum_text

# What one request may number before it reads: after a great import the reader comes again for the rest.
RUNS_BEFORE_READING = 5


@dataclass(frozen=True, slots=True)
class Read:
    """A page and the position after it."""

    page: FeedPage
    position: Position


def read_page(scope: str, cursor: str = "", limit: int = PAGE_ROWS) -> FeedPage:
    """The next rows of a scope after a cursor; "" starts from nothing."""
    return read_on(scope, cursor, limit).page


def read_on(scope: str, cursor: str, limit: int) -> Read:
    """The next rows of a scope, with the position that the page's cursor stands for."""
    asked = read_cursor(cursor, config().secret_key) if cursor else None
    is_drained = drain(scope, runs=RUNS_BEFORE_READING)
    now = config().now()
    with snapshot_connection() as connection:
        server_epoch = load_setup(connection).server_epoch
        head = load_head(connection, scope)
        start = asked or Position(scope=scope, server_epoch=server_epoch, started_at=head.number)
        if asked is not None:
            check_position(connection, asked, scope=scope, server_epoch=server_epoch, min_seq=head.min_seq)
        rows = _rows_after(connection, scope, start.seq, limit + 1)
        tag = tag_at(connection, scope, head.number)
    if tag is None:
        # A head always stands on a mark: marks are written with it and the newest is never pruned.
        raise Rebootstrap("the server's own history is damaged")
    is_last = len(rows) <= limit
    position = Position(
        scope=scope,
        server_epoch=server_epoch,
        seq=head.number if is_last else rows[limit - 1].seq,
        started_at=start.started_at,
        head=head.number,
        tag=tag,
    )
    page = FeedPage(
        scope=scope,
        rows=rows[:limit],
        cursor=cursor_text(position, config().secret_key),
        head=head.number,
        more=not (is_last and is_drained),
        server_epoch=server_epoch,
        server_time=now,
        as_of=now,
        counts=counts_of(head) if is_last else None,
    )
    return Read(page, position)


def has_news(position: Position) -> bool:
    """Whether a reader at this position would now get a row."""
    if is_dirty(position.scope):
        return True
    with db.engine.connect() as connection:
        return load_head(connection, position.scope).number > position.seq


def counts_of(head: Head) -> dict[str, Any]:
    """The self-check of a copy at this head: per etype how many entities, and their sum of hashes."""
    return {etype: {"count": count, "hash": sum_text(total)} for etype, (count, total) in head.totals.items()}


def load_head(connection: sa.Connection, scope: str) -> Head:
    """Where a scope stands; at 0 if nothing in it was ever numbered."""
    row = connection.execute(
        sa.select(FeedHead.head, FeedHead.min_seq, FeedHead.chain, FeedHead.totals).where(
            FeedHead.scope == scope
        )
    ).one_or_none()
    return Head(row.head, row.min_seq, row.chain, read_totals(row.totals)) if row else Head(0, 0, "", {})


def snapshot_connection() -> sa.Connection:
    """A connection whose reads are all of one moment, on both databases."""
    connection = db.engine.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        # Rows come in the order of an index. Before its first ANALYZE, PostgreSQL would rather sort all
        # that is left of a scope for every page, and just then, after an import, all devices read.
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
    return connection


def config() -> Config:
    """The settings of the server that reads."""
    settings: Config = current_app.config["SCANLEDGER"]
    return settings


def _rows_after(connection: sa.Connection, scope: str, seq: int, limit: int) -> tuple[FeedRow, ...]:
    rows = connection.execute(
        sa.select(Feed.etype, Feed.ekey, Feed.seq, Feed.op, Feed.document)
        .where(Feed.scope == scope, Feed.seq > seq)
        .order_by(Feed.seq)
        .limit(limit)
    )
    return tuple(
        FeedRow(
            etype=etype,
            ekey=ekey,
            seq=seq,
            op=op,
            document=None if document is None else json.loads(document),
        )
        for etype, ekey, seq, op, document in rows
    )
