"""Takes a push in: stores every item in one short commit, then posts what can be posted, then answers.

The first commit cannot fail for business reasons, so a slow or buggy poster never turns into a client's
retry. What is not posted within POST_BUDGET_S is left to the `post` job and answered as it stands.
Source: sync protocol 2.4.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from server.bulk import AnySelect, insert_rows, select_given
from server.config import Config
from server.database import db, write
from server.feed.marks import device_scope, mark_dirty
from server.inbox.arrivals import Arrival, read_arrivals
from server.inbox.outcomes import load_outcomes
from server.inbox.places import lock_place, move_place
from server.inbox.posting import Parsed, post_device
from server.inbox.tables import InboxPredecessor, InboxTransaction
from server.inbox.work_items import wake
from server.masterdata.load import load_setup
from server.security.devices import CurrentDevice
from shared.wire.envelopes import BATCH_TRANSACTIONS, Push, PushAnswer
from shared.wire.outcomes import Outcome, Status

POST_BUDGET_S = 2.0
_COLUMNS = (
    "transaction_id",
    "device_id",
    "epoch",
    "seq",
    "kind",
    "kind_version",
    "location_code",
    "worker_id",
    "session_id",
    "corrects",
    "hash",
    "raw",
    "received_at",
    "occurred_at",
    "uncertainty_ms",
    "posting_date",
    "status",
    "rev",
    "code",
    "hint",
    "need",
    "document_no",
    "entries",
    "decided_by",
    "approved_codes",
    "changed_at",
    "attempts",
)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the first commit found: bad pushes by answer id, and where the history stands."""

    clashes: dict[str, Status]
    durable_through: int
    gaps: tuple[tuple[int, int], ...]
    server_epoch: str


def accept(push: Push, device: CurrentDevice, received_at: datetime) -> PushAnswer:
    """Store and post a push; the answer has one result per item, in its order."""
    arrivals = read_arrivals(push, device, received_at)
    stored = write(lambda connection: _store(connection, push, device, arrivals, received_at=received_at))
    if device.revoked_at is None:
        parsed = {
            arrival.transaction_id: Parsed(arrival.transaction, arrival.body)
            for arrival in arrivals
            if arrival.transaction is not None and arrival.body is not None
        }
        post_device(device.device_id, parsed, until=time.monotonic() + POST_BUDGET_S)
    answer = _answer(arrivals, stored)
    if any(result.status is Status.RECEIVED for result in answer.results):
        wake("post")
    return answer


def _answer(arrivals: Sequence[Arrival], stored: _Stored) -> PushAnswer:
    config: Config = current_app.config["SCANLEDGER"]
    known = load_outcomes(db.session.connection(), {arrival.transaction_id for arrival in arrivals})
    return PushAnswer(
        server_epoch=stored.server_epoch,
        server_time=config.now(),
        results=tuple(_result(arrival, stored, known) for arrival in arrivals),
        durable_through=stored.durable_through,
        gaps=stored.gaps,
        next_batch=BATCH_TRANSACTIONS,
    )


def _result(arrival: Arrival, stored: _Stored, known: dict[str, Outcome]) -> Outcome:
    clash = stored.clashes.get(arrival.answer_id)
    if clash is not None:
        return Outcome(transaction_id=arrival.answer_id, status=clash, rev=0)
    outcome = known[arrival.transaction_id]
    if arrival.answer_id == arrival.transaction_id:
        return outcome
    return Outcome(
        transaction_id=arrival.answer_id,
        status=outcome.status,
        rev=outcome.rev,
        code=outcome.code,
        hint=outcome.hint,
    )


def _store(
    connection: sa.Connection,
    push: Push,
    device: CurrentDevice,
    arrivals: Sequence[Arrival],
    *,
    received_at: datetime,
) -> _Stored:
    """Keep every item that is new; say which clash with what is there already."""
    place = lock_place(connection, device.device_id, push.epoch)
    known = _known_hashes(connection, arrivals)
    taken = _taken_numbers(connection, device.device_id, push.epoch, arrivals)
    new, clashes = _sort_out(arrivals, known, taken)
    is_revoked = device.revoked_at is not None
    # In the device's own order, whatever order they came in.
    new.sort(key=lambda arrival: arrival.seq or 0)
    rows = [_row(arrival, push, device, received_at) for arrival in new]
    insert_rows(connection, InboxTransaction.__table__, _COLUMNS, rows)
    predecessors = {
        (arrival.transaction_id, after)
        for arrival in new
        if arrival.transaction is not None
        for after in arrival.transaction.after
    }
    insert_rows(connection, InboxPredecessor.__table__, ("transaction_id", "after_id"), sorted(predecessors))
    seqs = [arrival.seq for arrival in new if arrival.seq is not None]
    history = move_place(connection, place, push, seqs=seqs, received_at=received_at)
    if device.kind == "handheld":
        settled = [arrival for arrival in new if arrival.problem is not None or is_revoked]
        scope = device_scope(device.device_id)
        mark_dirty(connection, [(scope, "outcome", arrival.transaction_id) for arrival in settled])
    return _Stored(clashes, history.durable_through, history.gaps, load_setup(connection).server_epoch)


def _known_hashes(connection: sa.Connection, arrivals: Sequence[Arrival]) -> dict[str, str]:
    """Hash per id of the items that the inbox has already, from whatever device."""
    if not arrivals:
        return {}
    inbox = InboxTransaction.__table__
    ids = sorted({arrival.transaction_id for arrival in arrivals})
    rows = select_given(
        connection, _hashes, inbox, columns=("transaction_id",), rows=[(each,) for each in ids]
    )
    return dict(rows.all())


def _hashes(given: sa.FromClause) -> AnySelect:
    inbox = InboxTransaction.__table__
    return sa.select(inbox.c.transaction_id, inbox.c.hash).join_from(
        given, inbox, inbox.c.transaction_id == given.c.transaction_id
    )


def _taken_numbers(
    connection: sa.Connection, device_id: str, epoch: int, arrivals: Sequence[Arrival]
) -> dict[int, str]:
    """Which id holds each of these numbers in the device's history already."""
    seqs = sorted({arrival.seq for arrival in arrivals if arrival.seq is not None})
    if not seqs:
        return {}
    inbox = InboxTransaction.__table__
    rows = connection.execute(
        sa.select(inbox.c.seq, inbox.c.transaction_id).where(
            inbox.c.device_id == device_id, inbox.c.epoch == epoch, inbox.c.seq.between(seqs[0], seqs[-1])
        )
    )
    return dict(rows.all())


def _sort_out(
    arrivals: Sequence[Arrival], known: Mapping[str, str], taken: Mapping[int, str]
) -> tuple[list[Arrival], dict[str, Status]]:
    """The items to store, and those that clash: same id with another hash, same number under another id."""
    hashes, holders = dict(known), dict(taken)
    new: list[Arrival] = []
    clashes: dict[str, Status] = {}
    for arrival in arrivals:
        if arrival.transaction_id in hashes:
            if hashes[arrival.transaction_id] != arrival.hash:
                clashes[arrival.answer_id] = Status.MISMATCH
            continue
        if arrival.seq is not None and arrival.seq in holders:
            if arrival.transaction is not None:
                clashes[arrival.answer_id] = Status.FORK
                continue
            # An unreadable item must be kept, but it takes no place from another.
            new.append(replace(arrival, seq=None))
        else:
            new.append(arrival)
            if arrival.seq is not None:
                holders[arrival.seq] = arrival.transaction_id
        hashes[arrival.transaction_id] = arrival.hash
    return new, clashes


def _row(arrival: Arrival, push: Push, device: CurrentDevice, received_at: datetime) -> tuple[object, ...]:
    transaction, problem = arrival.transaction, arrival.problem
    status, code, hint, need = Status.RECEIVED, "", "", ""
    if problem is not None:
        status, code, hint, need = problem.status, problem.code, problem.hint, problem.need
    if device.revoked_at is not None:
        status, code, hint, need = Status.QUARANTINED, "device_revoked", "", "supervisor"
    doubt = arrival.uncertainty
    return (
        arrival.transaction_id,
        device.device_id,
        push.epoch,
        arrival.seq,
        arrival.kind,
        transaction.kind_version if transaction else 1,
        transaction.location_code if transaction else "",
        transaction.worker_id if transaction else "",
        transaction.session_id if transaction else "",
        (transaction.corrects or None) if transaction else None,
        arrival.hash,
        arrival.raw,
        received_at,
        arrival.occurred_at,
        None if doubt is None else doubt // timedelta(milliseconds=1),
        transaction.posting_date if transaction else None,
        status,
        0 if status == Status.RECEIVED else 1,
        code,
        hint,
        need,
        "",
        0,
        "",
        "",
        received_at,
        0,
    )
