"""What a person does about a transaction that waits for one: post it again, approve it, or refuse it.

The transaction keeps its id. Posting again runs the very same plan, so a parked pick posts only if the
books have caught up; approving waves its one reason through, and nothing else.
Raises: NotWaiting where the transaction is not (or no longer) with a person.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from server.bulk import insert_rows, update_rows
from server.config import Config
from server.database import db, write
from server.feed.marks import device_scope, mark_dirty
from server.inbox.outcomes import load_outcomes
from server.inbox.posting import post_device
from server.inbox.tables import InboxDecision, InboxTransaction
from server.security.tables import Device
from shared.wire.outcomes import NEEDS_A_PERSON, Outcome, Status


class NotWaiting(Exception):
    """The transaction is unknown or does not wait for a person: someone else was faster."""

    def __init__(self, transaction_id: str, found: str) -> None:
        self.transaction_id, self.found = transaction_id, found
        super().__init__(f"{transaction_id}: expected one that waits for a person, found {found}")


def post_again(transaction_id: str, person_id: str, reason: str = "", *, rev: int | None = None) -> Outcome:
    """Try a parked or quarantined transaction again, or approve one that awaits it.

    `rev` is the revision that the person looked at: if it has moved on, NotWaiting.
    """

    def send_on(connection: sa.Connection) -> str:
        row = _lock(connection, transaction_id, rev)
        if row.seq is None:
            # It has no place in any history: nothing will ever make it readable.
            raise NotWaiting(transaction_id, "an unreadable record")
        waved = row.code if row.status == Status.AWAITING_APPROVAL else ""
        approved = " ".join(sorted({*row.approved_codes.split(), waved} - {""}))
        _change(
            connection,
            row,
            status=Status.RECEIVED,
            code="",
            hint="",
            need="",
            approved_codes=approved,
            attempts=0,
            not_before=None,
        )
        decision = "approved" if waved else "posted_again"
        remember(connection, [transaction_id], decision=decision, person_id=person_id, reason=reason)
        return str(row.device_id)

    post_device(write(send_on))
    return load_outcomes(db.session.connection(), {transaction_id})[transaction_id]


def refuse(transaction_id: str, person_id: str, reason: str, *, rev: int | None = None) -> Outcome:
    """Refuse a transaction for good; `reason` is shown to the worker. `rev` as in `post_again`."""

    def say_no(connection: sa.Connection) -> str:
        row = _lock(connection, transaction_id, rev)
        _change(
            connection,
            row,
            status=Status.REFUSED,
            code="decided",
            hint=reason[:500],
            need="",
        )
        remember(connection, [transaction_id], decision="refused", person_id=person_id, reason=reason)
        return str(row.device_id)

    post_device(write(say_no))
    return load_outcomes(db.session.connection(), {transaction_id})[transaction_id]


def remember(
    connection: sa.Connection, transaction_ids: Sequence[str], *, decision: str, person_id: str, reason: str
) -> None:
    """Write down that a person decided so about each of them."""
    insert_rows(
        connection,
        InboxDecision.__table__,
        ("transaction_id", "decision", "person_id", "reason", "decided_at"),
        [(each, decision, person_id, reason[:500], moment_of_decision()) for each in transaction_ids],
    )
    inbox = InboxTransaction.__table__
    update_rows(
        connection,
        inbox,
        keys=("transaction_id",),
        values=("decided_by",),
        rows=[(each, person_id) for each in transaction_ids],
    )


def _lock(connection: sa.Connection, transaction_id: str, rev: int | None) -> sa.Row[tuple[object, ...]]:
    inbox, device = InboxTransaction.__table__, Device.__table__
    row = connection.execute(
        sa.select(inbox, device.c.kind.label("device_kind"))
        .join_from(inbox, device, device.c.device_id == inbox.c.device_id)
        .where(inbox.c.transaction_id == transaction_id)
        .with_for_update(of=inbox)
    ).one_or_none()
    if row is None or row.status not in NEEDS_A_PERSON:
        raise NotWaiting(transaction_id, "nothing" if row is None else row.status)
    if rev is not None and row.rev != rev:
        raise NotWaiting(transaction_id, f"revision {row.rev}")
    return row


def _change(connection: sa.Connection, row: sa.Row[tuple[object, ...]], **values: object) -> None:
    inbox = InboxTransaction.__table__
    connection.execute(
        sa.update(inbox)
        .where(inbox.c.inbox_no == row.inbox_no)
        .values(rev=row.rev + 1, changed_at=moment_of_decision(), **values)
    )
    if row.device_kind == "handheld":
        mark_dirty(connection, [(device_scope(row.device_id), "outcome", row.transaction_id)])


def moment_of_decision() -> datetime:
    """The server's time."""
    config: Config = current_app.config["SCANLEDGER"]
    return config.now()
