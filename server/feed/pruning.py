"""How long the feed remembers: tombstones and marks go after 90 days.

A reader that was away for longer must start again, and its cursor says so, because `min_seq` rises to the
newest mark that old. That mark itself stays: it is what the oldest cursor that still counts stands on.
"""

from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from server.database import db, write
from server.feed.sequencer import lock_head
from server.feed.tables import Feed, FeedHead, FeedMark

REMEMBERED = timedelta(days=90)


def prune(now: datetime) -> int:
    """Forget what is older than 90 days, one short transaction per scope; how many tombstones went."""
    with db.engine.connect() as connection:
        scopes = connection.scalars(
            sa.select(FeedMark.scope).where(FeedMark.marked_at < now - REMEMBERED).distinct()
        ).all()
    return sum(write(partial(_prune_scope, scope=scope, before=now - REMEMBERED)) for scope in sorted(scopes))


def _prune_scope(connection: sa.Connection, *, scope: str, before: datetime) -> int:
    head = lock_head(connection, scope)
    assert head is not None
    min_seq = connection.execute(
        sa.select(sa.func.max(FeedMark.seq)).where(FeedMark.scope == scope, FeedMark.marked_at < before)
    ).scalar()
    if min_seq is None or min_seq <= head.min_seq:
        return 0
    connection.execute(sa.update(FeedHead).where(FeedHead.scope == scope).values(min_seq=min_seq))
    connection.execute(sa.delete(FeedMark).where(FeedMark.scope == scope, FeedMark.seq < min_seq))
    gone = connection.execute(sa.delete(Feed).where(Feed.scope == scope, Feed.op == "d", Feed.seq <= min_seq))
    return gone.rowcount
