"""Work that is left behind in a commit and done later by a job: leave it, lease it, finish it.

A row says that something under a key is to be done; leaving it again coalesces. Whoever leases it has it for
a while; if the process dies the lease runs out and another one takes it. Leaving work again ends
the lease, so that a worker who read too early does not delete the newer wish with its own. Work is
therefore done at least once, and must be such that doing it twice changes nothing.
Source: sync protocol 3.6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from server.bulk import upsert_rows
from server.inbox.tables import WorkItem

LEASE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=1)
# app.extensions: how to tell the jobs that there is something to do; absent where no jobs run.
WAKE = "scanledger_wake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do one piece of work until a moment; `attempts` counts this one too."""

    kind: str
    key: str
    until: datetime
    attempts: int


def wake(kind: str) -> None:
    """Hint, after a commit, that there is work of a kind; without jobs in this process it does nothing."""
    hint = current_app.extensions.get(WAKE)
    if hint is not None:
        hint(kind)


def leave_work(connection: sa.Connection, kind: str, keys: Iterable[str], due_at: datetime) -> None:
    """Note, in the caller's transaction, what is to be done; the keys may repeat."""
    upsert_rows(
        connection,
        WorkItem.__table__,
        keys=("kind", "key"),
        values=("due_at", "attempts", "leased_until", "last_error"),
        rows=[(kind, key, due_at, 0, None, "") for key in sorted(set(keys))],
    )


def known_keys(connection: sa.Connection, kind: str) -> set[str]:
    """What of a kind is to be done or being done."""
    return set(connection.scalars(sa.select(WorkItem.key).where(WorkItem.kind == kind)))


def lease_work(connection: sa.Connection, kind: str, now: datetime) -> Lease | None:
    """Take the work that has been due for longest and that nobody is at; None if there is none."""
    row = connection.execute(
        sa.select(WorkItem.key, WorkItem.attempts)
        .where(
            WorkItem.kind == kind,
            WorkItem.due_at <= now,
            sa.or_(WorkItem.leased_until.is_(None), WorkItem.leased_until <= now),
        )
        .order_by(WorkItem.due_at, WorkItem.key)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    lease = Lease(kind=kind, key=row.key, until=now + LEASE, attempts=row.attempts + 1)
    connection.execute(
        sa.update(WorkItem)
        .where(WorkItem.kind == kind, WorkItem.key == row.key)
        .values(leased_until=lease.until, attempts=lease.attempts)
    )
    return lease


def finish_work(connection: sa.Connection, lease: Lease) -> None:
    """Delete done work, best in the same commit as its effect; stays if it was left again meanwhile."""
    connection.execute(sa.delete(WorkItem).where(_is_held(lease)))


def put_off_work(connection: sa.Connection, lease: Lease, error: str, now: datetime) -> None:
    """Failed: try again later, ever more rarely; `last_error` tells the monitor why."""
    pause = min(timedelta(seconds=4 ** min(lease.attempts - 1, 10)), LONGEST_PAUSE)
    connection.execute(
        sa.update(WorkItem)
        .where(_is_held(lease))
        .values(due_at=now + pause, leased_until=None, last_error=error[:500])
    )


def _is_held(lease: Lease) -> sa.ColumnElement[bool]:
    return sa.and_(
        WorkItem.kind == lease.kind, WorkItem.key == lease.key, WorkItem.leased_until == lease.until
    )
