"""The queue and the journal as people read them: what needs whom, how many wait, what became of each scan."""

import json
from dataclasses import dataclass
from typing import Any

from shared.wire import codec
from shared.wire.outcomes import Outcome
from terminal.store.queue import Queue

# By section of the screen. Awaiting approval is with a supervisor: the worker has nothing to do.
SECTIONS: dict[str, tuple[str, ...]] = {
    "needs_you": ("parked", "refused", "mismatch", "fork", "unsendable"),
    "with_supervisor": ("awaiting_approval", "quarantined"),
    "not_sent": ("queued", "sent"),
    "at_server": ("received", "waiting"),
    "posted": ("posted",),
}


@dataclass(frozen=True, slots=True)
class KeptTransaction:
    """A row of the outbox with the newest outcome that is known."""

    record: dict[str, Any]
    state: str
    outcome: Outcome | None
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class JournalledScan:
    """A scan and what became of it."""

    scan_no: int
    raw: str
    occurred_wall: str
    flow: str
    worker_id: str
    became: str
    transaction_id: str


def transactions_in(queue: Queue, section: str, limit: int, since_wall: str = "") -> list[KeptTransaction]:
    """The rows of a section, newest first; `since_wall` is compared with when they happened."""
    states = json.dumps(SECTIONS[section])
    rows = queue.connection.execute(
        """SELECT record, state, document, epoch, seq FROM outbox LEFT JOIN outcome USING (transaction_id)
            WHERE state IN (SELECT value FROM json_each(?)) AND created_wall >= ?
            ORDER BY epoch DESC, seq DESC LIMIT ?""",
        (states, since_wall, limit),
    )
    return [_kept(row) for row in rows]


def transaction(queue: Queue, transaction_id: str) -> KeptTransaction:
    """One row. Raises KeyError for an unknown id."""
    row = queue.connection.execute(
        """SELECT record, state, document, epoch, seq FROM outbox LEFT JOIN outcome USING (transaction_id)
           WHERE transaction_id = ?""",
        (transaction_id,),
    ).fetchone()
    if row is None:
        raise KeyError(transaction_id)
    return _kept(row)


def _kept(row: tuple[Any, ...]) -> KeptTransaction:
    record, state, document, epoch, seq = row
    outcome = None if document is None else codec.read(Outcome, json.loads(document), strict=False)
    return KeptTransaction(json.loads(record), state, outcome, epoch, seq)


def count_in(queue: Queue, section: str, since_wall: str = "") -> int:
    """How many rows a section has."""
    states = json.dumps(SECTIONS[section])
    (count,) = queue.connection.execute(
        """SELECT count(*) FROM outbox
           WHERE state IN (SELECT value FROM json_each(?)) AND created_wall >= ?""",
        (states, since_wall),
    ).fetchone()
    return int(count)


def oldest_waiting(queue: Queue) -> str:
    """When the oldest unsent transaction happened; "" when all are sent."""
    (oldest,) = queue.connection.execute(
        "SELECT min(created_wall) FROM outbox WHERE state IN ('queued', 'sent')"
    ).fetchone()
    return str(oldest or "")


def scans_of(queue: Queue, transaction_id: str) -> list[JournalledScan]:
    """The scans that confirmed a transaction, in their order."""
    return _scans(queue, "transaction_id = ?", transaction_id, order="scan_no", limit=1000)


def newest_scans(queue: Queue, limit: int = 100) -> list[JournalledScan]:
    """The journal, newest first: every scan, whatever became of it."""
    return _scans(queue, "scan_no > ?", 0, order="scan_no DESC", limit=limit)


def _scans(queue: Queue, where: str, value: object, *, order: str, limit: int) -> list[JournalledScan]:
    rows = queue.connection.execute(
        f"""SELECT scan_no, raw, occurred_wall, flow, worker_id, became, transaction_id FROM scan
            WHERE {where} ORDER BY {order} LIMIT ?""",  # noqa: S608
        (value, limit),
    )
    return [JournalledScan(*row) for row in rows]
