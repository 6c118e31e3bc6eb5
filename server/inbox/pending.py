"""What of a device still has to be posted, locked, in the device's own order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from server.bulk import AnySelect, given_rows, select_given
from server.inbox.tables import InboxPredecessor, InboxTransaction
from server.security.tables import Device
from shared.wire.outcomes import Status

# A place in a device's history: epoch and seq.
Spot = tuple[int, int]
START: Spot = (-1, -1)
# Spelled out, not bound, so that both databases see that the partial index holds all they look for.
UNFINISHED = sa.text("inbox.status NOT IN ('posted', 'refused')")
POSTABLE = (Status.RECEIVED, Status.WAITING)


@dataclass(frozen=True, slots=True)
class Pending:
    """An inbox row that may be posted now."""

    inbox_no: int
    spot: Spot
    transaction_id: str
    device_id: str
    device_kind: str
    location_code: str
    worker_id: str
    received_at: datetime
    occurred_at: datetime
    uncertainty: timedelta | None
    posting_date: date | None
    status: Status
    rev: int
    code: str
    approved_codes: frozenset[str]
    attempts: int


def lock_pending(
    connection: sa.Connection, device_id: str, *, now: datetime, after: Spot, limit: int
) -> list[Pending]:
    """The next rows of a device behind a spot of its history that are received or waiting and due.

    Rows that another process holds are waited for: it posts them, and they are no longer due then.
    """
    inbox = InboxTransaction.__table__
    rows = connection.execute(
        _pending()
        .where(
            UNFINISHED,
            inbox.c.status.in_(POSTABLE),
            inbox.c.device_id == device_id,
            sa.tuple_(inbox.c.epoch, inbox.c.seq) > after,
            sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now),
        )
        .order_by(inbox.c.epoch, inbox.c.seq)
        .limit(limit)
        .with_for_update(of=inbox)
    )
    return [_made(row) for row in rows]


def lock_some(connection: sa.Connection, transaction_ids: Collection[str]) -> list[Pending]:
    """The rows of these transactions, whatever their state, in the order in which they happened."""
    inbox = InboxTransaction.__table__
    rows = connection.execute(
        _pending()
        .where(inbox.c.transaction_id.in_(sorted(transaction_ids)), inbox.c.seq.is_not(None))
        .order_by(inbox.c.inbox_no)
        .with_for_update(of=inbox)
    )
    return _as_happened(rows)


def read_parked(connection: sa.Connection, location_code: str, code: str, limit: int) -> list[Pending]:
    """What is parked at a location for one reason, in the order in which it happened; nothing is locked."""
    inbox = InboxTransaction.__table__
    rows = connection.execute(
        _pending()
        .where(
            UNFINISHED,
            inbox.c.status == Status.PARKED,
            inbox.c.location_code == location_code,
            inbox.c.code == code,
            inbox.c.seq.is_not(None),
        )
        .order_by(inbox.c.inbox_no)
        .limit(limit)
    )
    return _as_happened(rows)


def _as_happened(rows: Iterable[sa.Row[tuple[Any, ...]]]) -> list[Pending]:
    found = [_made(row) for row in rows]
    return sorted(found, key=lambda each: (each.occurred_at, each.device_id, each.spot))


def _made(row: sa.Row[tuple[Any, ...]]) -> Pending:
    return Pending(
        row.inbox_no,
        (row.epoch, row.seq),
        row.transaction_id,
        row.device_id,
        row.kind,
        row.location_code,
        row.worker_id,
        row.received_at,
        row.occurred_at,
        None if row.uncertainty_ms is None else timedelta(milliseconds=row.uncertainty_ms),
        row.posting_date,
        Status(row.status),
        row.rev,
        row.code,
        frozenset(row.approved_codes.split()),
        row.attempts,
    )


@cache
def _pending() -> AnySelect:
    inbox, device = InboxTransaction.__table__, Device.__table__
    return sa.select(
        inbox.c.inbox_no,
        inbox.c.epoch,
        inbox.c.seq,
        inbox.c.transaction_id,
        inbox.c.device_id,
        device.c.kind,
        inbox.c.location_code,
        inbox.c.worker_id,
        inbox.c.received_at,
        inbox.c.occurred_at,
        inbox.c.uncertainty_ms,
        inbox.c.posting_date,
        inbox.c.status,
        inbox.c.rev,
        inbox.c.code,
        inbox.c.approved_codes,
        inbox.c.attempts,
    ).join_from(inbox, device, device.c.device_id == inbox.c.device_id)


def load_raw(connection: sa.Connection, inbox_nos: Sequence[int]) -> dict[int, str]:
    """The records of these rows as they came."""
    if not inbox_nos:
        return {}
    inbox = InboxTransaction.__table__
    given = given_rows(connection, inbox, ("inbox_no",), [(each,) for each in inbox_nos])
    rows = connection.execute(
        sa.select(inbox.c.inbox_no, inbox.c.raw).join_from(given, inbox, inbox.c.inbox_no == given.c.inbox_no)
    )
    return dict(rows.all())


def waiting_devices(connection: sa.Connection, finished: Sequence[str]) -> list[str]:
    """Devices with a transaction that waits for one of these; they must be posted again."""
    if not finished:
        return []
    wanted = [(each,) for each in sorted(finished)]
    rows = select_given(connection, _waiting, InboxPredecessor.__table__, columns=("after_id",), rows=wanted)
    return sorted(rows.scalars())


def _waiting(given: sa.FromClause) -> AnySelect:
    inbox, predecessor = InboxTransaction.__table__, InboxPredecessor.__table__
    return (
        sa.select(inbox.c.device_id)
        .join_from(given, predecessor, predecessor.c.after_id == given.c.after_id)
        .join(inbox, inbox.c.transaction_id == predecessor.c.transaction_id)
        .where(UNFINISHED, inbox.c.status == Status.WAITING)
        .distinct()
    )


def predecessor_states(
    connection: sa.Connection, transaction_ids: Sequence[str]
) -> dict[str, list[tuple[str, Status | None]]]:
    """What each transaction must come after, and where those stand; None for one that has not arrived."""
    if not transaction_ids:
        return {}
    inbox, predecessor = InboxTransaction.__table__, InboxPredecessor.__table__
    given = given_rows(connection, predecessor, ("transaction_id",), [(each,) for each in transaction_ids])
    rows = connection.execute(
        sa.select(predecessor.c.transaction_id, predecessor.c.after_id, inbox.c.status)
        .join_from(given, predecessor, predecessor.c.transaction_id == given.c.transaction_id)
        .join(inbox, inbox.c.transaction_id == predecessor.c.after_id, isouter=True)
    )
    states: dict[str, list[tuple[str, Status | None]]] = {}
    for transaction_id, after_id, status in rows:
        states.setdefault(transaction_id, []).append((after_id, Status(status) if status else None))
    return states
