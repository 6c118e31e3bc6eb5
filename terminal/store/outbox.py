"""The outbox as the sender and the queue screen see it: what is to be sent, and what became of it.

States of a row: queued → sent → an outcome word, or `unsendable` when the server cannot even read it.
An outcome is taken only if its `rev` is newer than the one already here, whichever way it came; so order and
repeats do not matter. Rows leave only after they are posted or refused and `retain_days` have passed, and
their place in the chain stays.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.moments import moment_text
from shared.wire import codec
from shared.wire.envelopes import BATCH_BYTES
from shared.wire.outcomes import FINAL, Outcome, Status
from terminal.store.queue import Queue

UNSENDABLE = "unsendable"
# Answers to a bad push: they say nothing about stock and are never overwritten by sending again.
_BAD_PUSH = frozenset({Status.MISMATCH, Status.FORK})
_DIGEST_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that the server has not acknowledged."""

    transaction_id: str
    epoch: int
    seq: int
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the device stands, as each push says."""

    queue_depth: int
    max_seq: int
    acked_through: int
    acked_digest: str


def next_to_send(queue: Queue, at_most: int, after: tuple[int, int] = (-1, 0)) -> list[Waiting]:
    """The oldest unacknowledged rows after an (epoch, seq), of one epoch: up to 256 KiB, at least one.

    Only what is durable: a killed device must not forget what the server has.
    """
    rows = queue.connection.execute(
        """SELECT transaction_id, epoch, seq, record FROM outbox
            WHERE state IN ('queued', 'sent') AND (epoch, seq) > (?, ?)
                AND (epoch, seq) <= (?, ?) ORDER BY epoch, seq LIMIT ?""",
        (*after, *queue.durable_place, at_most),
    )
    batch: list[Waiting] = []
    size = 0
    for transaction_id, epoch, seq, record in rows:
        size += len(record.encode()) + 1
        if batch and (size > BATCH_BYTES or epoch != batch[0].epoch):
            break
        batch.append(Waiting(transaction_id, epoch, seq, json.loads(record)))
    return batch


def mark_sent(queue: Queue, rows: Iterable[Waiting]) -> None:
    """Note that these may be at the server already."""
    with queue.write():
        queue.connection.executemany(
            "UPDATE outbox SET state = 'sent' WHERE transaction_id = ? AND state = 'queued'",
            [(row.transaction_id,) for row in rows],
        )


def mark_unsendable(queue: Queue, row: Waiting, now: datetime) -> None:
    """Set a row aside that the server refuses to read in any form; nothing behind it waits."""
    with queue.write():
        queue.connection.execute(
            "UPDATE outbox SET state = ? WHERE transaction_id = ? AND state IN ('queued', 'sent')",
            (UNSENDABLE, row.transaction_id),
        )
    queue.log("unsendable", row.transaction_id, now)


def take_outcomes(queue: Queue, outcomes: Iterable[Outcome], now: datetime) -> int:
    """Apply outcomes in one commit; tells how many were news."""
    with queue.write():
        return put_outcomes(queue, outcomes, now)


def put_outcomes(queue: Queue, outcomes: Iterable[Outcome], now: datetime) -> int:
    """Apply outcomes within a commit that the caller began."""
    return sum(_put_outcome(queue, outcome, moment_text(now)) for outcome in outcomes)


def _put_outcome(queue: Queue, outcome: Outcome, now: str) -> bool:
    if outcome.status in _BAD_PUSH:
        return _put_bad_push(queue, outcome, now)
    known = queue.connection.execute(
        "SELECT rev, status FROM outcome WHERE transaction_id = ?", (outcome.transaction_id,)
    ).fetchone()
    if known is not None and known[1] not in _BAD_PUSH and outcome.rev <= known[0]:
        return False
    _write_outcome(queue, outcome, now)
    queue.connection.execute(
        "UPDATE outbox SET state = ? WHERE transaction_id = ?", (str(outcome.status), outcome.transaction_id)
    )
    return True


def _put_bad_push(queue: Queue, outcome: Outcome, now: str) -> bool:
    """A mismatch or fork concerns only a row that has no real outcome; the row itself is kept as it is."""
    cursor = queue.connection.execute(
        "UPDATE outbox SET state = ? WHERE transaction_id = ? AND state IN ('queued', 'sent')",
        (str(outcome.status), outcome.transaction_id),
    )
    if cursor.rowcount:
        _write_outcome(queue, outcome, now)
    return bool(cursor.rowcount)


def _write_outcome(queue: Queue, outcome: Outcome, now: str) -> None:
    queue.connection.execute(
        """INSERT INTO outcome (transaction_id, status, rev, document, received_wall) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (transaction_id) DO UPDATE SET status = excluded.status, rev = excluded.rev,
               document = excluded.document, received_wall = excluded.received_wall""",
        (
            outcome.transaction_id,
            str(outcome.status),
            outcome.rev,
            json.dumps(codec.write(outcome), ensure_ascii=False),
            now,
        ),
    )


def unsettled_ids(queue: Queue, at_most: int = 100, *, with_people: bool = False) -> list[str]:
    """Transactions that the server has but has not finished with, oldest first.

    Those that wait for a person are told by the feed, and are among these only on demand.
    """
    rows = queue.connection.execute(
        """SELECT transaction_id FROM outbox WHERE state IN ('received', 'waiting')
           OR ? AND state IN ('parked', 'awaiting_approval', 'quarantined')
           ORDER BY epoch, seq LIMIT ?""",
        (with_people, at_most),
    )
    return [row[0] for row in rows]


def standing(queue: Queue) -> Standing:
    """Depth, highest seq, and through which seq everything is acknowledged in this epoch."""
    epoch = int(queue.get("epoch", "0"))
    (depth,) = queue.connection.execute(
        "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sent')"
    ).fetchone()
    max_seq = int(queue.get("seq", "0"))
    (first_open,) = queue.connection.execute(
        """SELECT min(seq) FROM outbox
           WHERE epoch = ? AND state IN ('queued', 'sent', 'unsendable', 'fork', 'mismatch')""",
        (epoch,),
    ).fetchone()
    acked_through = max_seq if first_open is None else first_open - 1
    return Standing(
        queue_depth=depth,
        max_seq=max_seq,
        acked_through=acked_through,
        acked_digest=_digest_through(queue, epoch, acked_through) if acked_through else "",
    )


def _digest_through(queue: Queue, epoch: int, seq: int) -> str:
    """SHA-256 over the ids 1..seq, in blocks of 1,000; a block's digest begins with the one before."""
    block, digest = queue.connection.execute(
        "SELECT block, digest FROM acked_block WHERE epoch = ? AND block <= ? ORDER BY block DESC LIMIT 1",
        (epoch, seq // _DIGEST_BLOCK),
    ).fetchone() or (0, "")
    while (block + 1) * _DIGEST_BLOCK <= seq:
        digest = _digest_block(queue, epoch, digest, (block * _DIGEST_BLOCK, (block + 1) * _DIGEST_BLOCK))
        block += 1
        with queue.write():
            queue.connection.execute("INSERT INTO acked_block VALUES (?, ?, ?)", (epoch, block, digest))
    if seq == block * _DIGEST_BLOCK:
        return str(digest)
    return _digest_block(queue, epoch, digest, (block * _DIGEST_BLOCK, seq))


def _digest_block(queue: Queue, epoch: int, before: str, between: tuple[int, int]) -> str:
    rows = queue.connection.execute(
        """SELECT seq, transaction_id FROM outbox WHERE epoch = ? AND seq > ? AND seq <= ?
           UNION ALL SELECT seq, transaction_id FROM archived WHERE epoch = ? AND seq > ? AND seq <= ?
           ORDER BY 1""",
        (epoch, *between, epoch, *between),
    )
    return hashlib.sha256((before + "".join(row[1] for row in rows)).encode()).hexdigest()


def archive(queue: Queue, now: datetime, retain_days: int) -> int:
    """Let go of rows that were finished with `retain_days` ago; their scans go with them, their ids stay."""
    before = moment_text(now - timedelta(days=retain_days))
    final = tuple(str(status) for status in sorted(FINAL))
    chosen = queue.connection.execute(
        """SELECT transaction_id, epoch, seq, record, state FROM outbox JOIN outcome USING (transaction_id)
           WHERE state IN (?, ?) AND received_wall < ? ORDER BY epoch, seq LIMIT 1000""",
        (*final, before),
    ).fetchall()
    if not chosen:
        return 0
    with queue.write():
        for transaction_id, epoch, seq, record, state in chosen:
            queue.connection.execute(
                "INSERT INTO archived (epoch, seq, transaction_id, hash, state) VALUES (?, ?, ?, ?, ?)",
                (epoch, seq, transaction_id, json.loads(record)["hash"], state),
            )
            for table in ("scan", "outcome", "outbox"):
                queue.connection.execute(
                    f"DELETE FROM {table} WHERE transaction_id = ?",  # noqa: S608
                    (transaction_id,),
                )
        queue.connection.execute(
            "DELETE FROM scan WHERE transaction_id = '' AND occurred_wall < ?", (before,)
        )
    return len(chosen)
