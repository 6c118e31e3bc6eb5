"""Posts what a device has in the inbox, in the device's order, a batch per database transaction.

All transactions of a batch are planned against one loaded working set and written with a handful of
statements. If that write fails or a bug raises, the batch is posted again one by one, so that only
the faulty one is put off: with growing pauses, and after MOST_ATTEMPTS it is parked as a server error.
Nothing behind it waits, but what names it in `after`.
"""

import logging
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError

from server.bulk import update_rows
from server.config import Config
from server.database import db, is_passing, write
from server.feed.marks import device_scope, mark_dirty
from server.inbox.pending import START, UNFINISHED, Spot, lock_pending, waiting_devices
from server.inbox.planning import Decided, Parsed, plan_batch
from server.inbox.tables import InboxTransaction
from server.ledger.post import after_posting
from server.ledger.working_set import WorkingSet
from server.ledger.write import write_postings
from shared.wire.outcomes import Status

__all__ = ["Parsed", "post_device", "post_due", "write_decided"]

# Twice a full push, so that one look sees that nothing is left.
BATCH = 200
MOST_ATTEMPTS = 5
# How many devices in a row one posting may wake by fulfilling what their transactions waited for.
_MOST_WAKES = 50
_log = logging.getLogger(__name__)
_NOTHING_PARSED: Mapping[str, Parsed] = {}

OUTCOME_COLUMNS = (
    "status",
    "rev",
    "code",
    "hint",
    "need",
    "document_no",
    "entries",
    "changed_at",
)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one batch did: how many rows it looked at, and which ids are final now."""

    seen: int
    finished: tuple[str, ...]


def post_device(device_id: str, parsed: Mapping[str, Parsed] = _NOTHING_PARSED, until: float = 0.0) -> None:
    """Post everything of a device that is due, then what waited for it on other devices.

    `parsed` holds what the caller has read already; `until` is a moment of time.monotonic(), 0 for never.
    """
    devices, seen = [device_id], {device_id}
    while devices and len(seen) <= _MOST_WAKES:
        finished = _post_one_device(devices.pop(0), parsed, until)
        woken = waiting_devices(db.session.connection(), finished)
        fresh = [each for each in woken if each not in seen]
        devices += fresh
        seen.update(fresh)


def _post_one_device(device_id: str, parsed: Mapping[str, Parsed], until: float) -> list[str]:
    finished: list[str] = []
    after = START
    while not (until and time.monotonic() > until):
        try:
            batch, after = write(
                partial(_post_batch, device_id=device_id, parsed=parsed, after=after, limit=BATCH)
            )
        except Exception as error:  # noqa: BLE001 - a bug in one transaction must not stop the rest
            if isinstance(error, DBAPIError) and is_passing(error):
                return finished
            batch, after = _post_one_by_one(device_id, parsed, after)
        finished += batch.finished
        if batch.seen < BATCH:
            return finished
    return finished


def _post_one_by_one(device_id: str, parsed: Mapping[str, Parsed], after: Spot) -> tuple[_Batch, Spot]:
    """Post a batch's transactions each on its own; put off the one that raises."""
    seen = 0
    finished: list[str] = []
    for _ in range(BATCH):
        try:
            batch, next_spot = write(
                partial(_post_batch, device_id=device_id, parsed=parsed, after=after, limit=1)
            )
        except Exception as error:  # noqa: BLE001 - see above
            if isinstance(error, DBAPIError) and is_passing(error):
                break
            next_spot = write(
                partial(_put_off, device_id=device_id, after=after, stack=traceback.format_exc())
            )
            seen += 1
        else:
            if not batch.seen:
                break
            seen += 1
            finished += batch.finished
        after = next_spot
    return _Batch(seen, tuple(finished)), after


def _post_batch(
    connection: sa.Connection, *, device_id: str, parsed: Mapping[str, Parsed], after: Spot, limit: int
) -> tuple[_Batch, Spot]:
    """Plan and write one batch; gives back the last spot that it looked at."""
    now = _now()
    pending = lock_pending(connection, device_id, now=now, after=after, limit=limit)
    if not pending:
        return _Batch(0, ()), after
    working_set, decided = plan_batch(connection, pending, parsed, now)
    postings = [each.posting for each in decided if each.posting is not None]
    if working_set is not None and postings:
        write_postings(connection, working_set, postings)
        after_posting(connection, working_set, postings, user_id="", now=now)
    _store_outcomes(connection, decided, now)
    finished = tuple(
        each.pending.transaction_id for each in decided if each.status in (Status.POSTED, Status.REFUSED)
    )
    # A journal that names entries is planned by itself, so less than a batch may have been looked at.
    seen = len(pending) if len(decided) == len(pending) else BATCH
    return _Batch(seen, finished), decided[-1].pending.spot


def write_decided(
    connection: sa.Connection, working_set: WorkingSet | None, decided: Sequence[Decided], now: datetime
) -> None:
    """Write what was planned and what became of each, in the caller's database transaction."""
    postings = [each.posting for each in decided if each.posting is not None]
    if working_set is not None and postings:
        write_postings(connection, working_set, postings)
    _store_outcomes(connection, decided, now)


def _store_outcomes(connection: sa.Connection, decided: Sequence[Decided], now: datetime) -> None:
    changed = [each for each in decided if each.is_news]
    update_rows(
        connection,
        InboxTransaction.__table__,
        keys=("inbox_no",),
        values=OUTCOME_COLUMNS,
        rows=[
            (
                each.pending.inbox_no,
                each.status,
                each.pending.rev + 1,
                each.code,
                each.hint,
                each.need,
                each.document_no,
                each.entries,
                now,
            )
            for each in changed
        ],
    )
    mark_dirty(
        connection,
        [
            (device_scope(each.pending.device_id), "outcome", each.pending.transaction_id)
            for each in changed
            if each.pending.device_kind == "handheld"
        ],
    )


def _put_off(connection: sa.Connection, *, device_id: str, after: Spot, stack: str) -> Spot:
    """Count an attempt that failed by our fault; after the last one park it, with the stack in the log."""
    now = _now()
    (pending,) = lock_pending(connection, device_id, now=now, after=after, limit=1) or (None,)
    if pending is None:
        return after
    config: Config = current_app.config["SCANLEDGER"]
    attempts = pending.attempts + 1
    stack_id = f"{config.chance():019x}"[-8:]
    _log.error(
        "posting %s failed, attempt %d, stack %s\n%s", pending.transaction_id, attempts, stack_id, stack
    )
    inbox = InboxTransaction.__table__
    values: dict[str, object] = {
        "attempts": attempts,
        # 1 s, 4 s, 16 s … each up to half as long again, so that many do not come back at once.
        "not_before": now + timedelta(seconds=4 ** (attempts - 1) * (1 + config.chance() % 1000 / 2000)),
    }
    if attempts >= MOST_ATTEMPTS:
        values |= {
            "status": Status.PARKED,
            "rev": pending.rev + 1,
            "code": "server_error",
            "hint": stack_id,
            "changed_at": now,
        }
        if pending.device_kind == "handheld":
            mark_dirty(connection, [(device_scope(device_id), "outcome", pending.transaction_id)])
    connection.execute(sa.update(inbox).where(inbox.c.inbox_no == pending.inbox_no).values(values))
    return pending.spot


def post_due(limit: int = 100) -> int:
    """Post what pushes have left behind, device by device; gives back how many devices had something."""
    inbox = InboxTransaction.__table__
    now = _now()
    devices = write(
        lambda connection: (
            connection.execute(
                sa.select(inbox.c.device_id)
                .where(
                    UNFINISHED,
                    inbox.c.status == Status.RECEIVED,
                    sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now),
                )
                .distinct()
                .limit(limit)
            )
            .scalars()
            .all()
        )
    )
    for device_id in devices:
        post_device(device_id)
    return len(devices)


def _now() -> datetime:
    config: Config = current_app.config["SCANLEDGER"]
    return config.now()
