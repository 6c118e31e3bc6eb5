"""Whether the person who scanned had the right to, at the moment of the scan.

Judged by when it happened, not by when it arrived: someone blocked at noon was right at eleven.
Who may post, and where an unknown person leaves a transaction: sync protocol 2.9.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from server.errors import WorkerBlocked, WorkerUnknown
from server.inbox.pending import Pending
from server.security.tables import Person

# Person id to the moment from which the person is blocked.
Workers = Mapping[str, datetime | None]


def load_workers(connection: sa.Connection, person_ids: Collection[str]) -> Workers:
    """The known people among these."""
    wanted = sorted(each for each in person_ids if each)
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(Person.person_id, Person.blocked_at).where(Person.person_id.in_(wanted))
    )
    return dict(rows.all())


def check_worker(workers: Workers, pending: Pending, approved: Collection[str]) -> None:
    """A handheld's transaction names a known person who was not blocked then; other sources answer for
    themselves. Raises WorkerUnknown, WorkerBlocked unless someone has approved that.
    """
    if pending.device_kind != "handheld":
        return
    if pending.worker_id not in workers:
        if WorkerUnknown.code not in approved:
            raise WorkerUnknown(pending.worker_id)
        return
    blocked_at = workers[pending.worker_id]
    if blocked_at is not None and blocked_at <= pending.occurred_at and WorkerBlocked.code not in approved:
        raise WorkerBlocked(pending.worker_id)
