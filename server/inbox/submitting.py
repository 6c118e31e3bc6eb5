"""How a page or a program hands in a transaction: it is built here and goes the way of every device's.

The server numbers what it sends itself, without gaps: the next number is taken when the transaction is
stored, and who loses the race for it tries again. A repeat under the same id gets the stored outcome,
whatever the server filled in the first time.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

import sqlalchemy as sa

from server.database import db
from server.inbox.outcomes import load_outcomes
from server.inbox.receiving import accept
from server.inbox.tables import DeviceEpoch, InboxTransaction
from server.security.devices import CurrentDevice
from server.web.schemas import OneOf
from shared import ids
from shared.wire import codec
from shared.wire.envelopes import Push
from shared.wire.fields import (
    Code,
    DayField,
    Items,
    MomentField,
    OptionalCode,
    OptionalTransactionId,
    TransactionId,
    Whole,
)
from shared.wire.outcomes import Outcome, Status
from shared.wire.transactions import BODIES, Transaction, UnknownKind, read_body, seal

_TRIES = 20
_BODY_TYPES = tuple(dict.fromkeys(BODIES.values()))


class OtherContent(Exception):
    """Another transaction has this id already; its outcome is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a page or a program says of a transaction; the server fills in the rest.

    Without a `transaction_id` the server makes one, and a repeat is a second transaction. `body` is of the
    kind: the same object as in a device's record.
    """

    kind: Code
    body: Annotated[dict[str, Any], OneOf(_BODY_TYPES)]
    location_code: OptionalCode = ""
    transaction_id: OptionalTransactionId = ""
    kind_version: Annotated[int, Whole(low=1, high=9999)] = 1
    occurred_at: MomentField | None = None
    posting_date: DayField | None = None
    after: Annotated[tuple[TransactionId, ...], Items(low=0, high=20)] = ()
    corrects: OptionalTransactionId = ""

    @property
    def states(self) -> tuple[datetime | date, ...]:
        """The moment and the day that it states instead of leaving them to the server."""
        return tuple(each for each in (self.occurred_at, self.posting_date) if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The outcome, and whether the transaction was new."""

    outcome: Outcome
    is_new: bool


def submit(
    submission: Submission, device: CurrentDevice, *, worker_id: str, now: datetime, chance: int
) -> Submitted:
    """Store and post a transaction of an office or api source.

    Raises WireError with the pointer into the submission where it breaks its type, OtherContent.
    """
    assert device.kind in ("office", "api"), "a handheld numbers its own"
    if not submission.transaction_id:
        made = ids.uuid7(int(now.timestamp() * 1000), chance)
        submission = replace(submission, transaction_id=made)
    transaction = _transaction(submission, device, worker_id=worker_id, now=now)
    try:
        read_body(transaction, strict=True)
    except UnknownKind:
        expected = "a kind and version that this server knows"
        raise codec.WireError(expected, submission.kind, ("kind",)) from None
    known = _repeated(submission, transaction)
    return Submitted(outcome=known, is_new=False) if known else _send(transaction, device, now)


def _transaction(
    submission: Submission, device: CurrentDevice, *, worker_id: str, now: datetime
) -> Transaction:
    return Transaction(
        transaction_id=submission.transaction_id,
        device_id=device.device_id,
        epoch=device.epoch,
        seq=1,
        kind=submission.kind,
        kind_version=submission.kind_version,
        location_code=submission.location_code,
        body=submission.body,
        worker_id=worker_id,
        occurred_at=submission.occurred_at or now,
        posting_date=submission.posting_date,
        after=submission.after,
        corrects=submission.corrects,
    )


def _repeated(submission: Submission, transaction: Transaction) -> Outcome | None:
    """The stored outcome of this very transaction; None where the id is new."""
    inbox = InboxTransaction.__table__
    row = db.session.execute(
        sa.select(inbox.c.hash, inbox.c.occurred_at, inbox.c.worker_id, inbox.c.device_id).where(
            inbox.c.transaction_id == transaction.transaction_id
        )
    ).one_or_none()
    if row is None:
        return None
    again = replace(
        transaction, occurred_at=submission.occurred_at or row.occurred_at, worker_id=row.worker_id
    )
    if row.device_id != transaction.device_id or seal(again)["hash"] != row.hash:
        raise OtherContent(transaction.transaction_id)
    return _outcome(transaction.transaction_id)


def _send(transaction: Transaction, device: CurrentDevice, now: datetime) -> Submitted:
    for _ in range(_TRIES):
        seq = _head(device) + 1
        push = Push(
            protocol=1,
            device=device.device_id,
            epoch=device.epoch,
            transactions=(seal(replace(transaction, seq=seq)),),
            max_seq=seq,
        )
        result = accept(push, device, now).results[0]
        if result.status is Status.MISMATCH:
            raise OtherContent(transaction.transaction_id)
        if result.status is not Status.FORK:
            return Submitted(outcome=result, is_new=True)
        # Somebody else took this number between reading and storing.
        db.session.rollback()
    raise RuntimeError(f"{device.device_id}: found no free number in {_TRIES} tries")


def _head(device: CurrentDevice) -> int:
    table = DeviceEpoch.__table__
    head = db.session.scalar(
        sa.select(table.c.head).where(table.c.device_id == device.device_id, table.c.epoch == device.epoch)
    )
    return int(head or 0)


def _outcome(transaction_id: str) -> Outcome:
    return load_outcomes(db.session.connection(), {transaction_id})[transaction_id]
