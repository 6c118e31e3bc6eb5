"""Reads the inbox, its outcomes and the devices for pages and API; decisions are made elsewhere.

Lists go by key in orders that an index serves. Counts are of what is unfinished, which an index holds by
itself, or of one day; nothing here counts the whole inbox.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TypeVar

import sqlalchemy as sa

from server.database import db
from server.inbox.tables import DeviceEpoch, DeviceGap, InboxDecision, InboxPredecessor, InboxTransaction
from server.masterdata.faults import CardMissing
from server.security.tables import Device, Person
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page
from shared import ids

Row = TypeVar("Row")
UNFINISHED = sa.text("inbox.status NOT IN ('posted', 'refused')")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """Which stored transactions; what is empty does not filter. `waits` True: what needs a person."""

    status: str = ""
    kind: str = ""
    code: str = ""
    device_id: str = ""
    worker_id: str = ""
    location_code: str = ""
    waits: bool = False
    received_from: datetime | None = None
    received_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRow:
    """One stored transaction and what became of it. `seq` is None where its place could not be read."""

    inbox_no: int
    transaction_id: str
    device_id: str
    device_name: str
    epoch: int
    seq: int | None
    kind: str
    location_code: str
    worker_id: str
    worker_name: str
    received_at: datetime
    occurred_at: datetime
    posting_date: date | None
    status: str
    rev: int
    code: str
    hint: str
    need: str
    document_no: str
    entries: int
    decided_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What a person decided about a transaction."""

    decision_no: int
    decision: str
    person_id: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCard:
    """One transaction with everything that is known of it; `raw` is the record as it came."""

    row: TransactionRow
    raw: str
    hash: str
    corrects: str | None
    session_id: str
    uncertainty_ms: int | None
    approved_codes: str
    attempts: int
    after: tuple[str, ...]
    decisions: tuple[DecisionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A source of transactions, how far its history has arrived and what it still holds."""

    device_id: str
    name: str
    kind: str
    location_code: str
    epoch: int
    app_version: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    last_push_at: datetime | None
    head: int
    reported_max: int
    queue_depth: int
    gap_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Numbers of a device's history that have not arrived; lost once its queue is empty without them."""

    device_id: str
    epoch: int
    from_seq: int
    to_seq: int
    noticed_at: datetime
    is_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFilter:
    """Which devices; what is empty does not filter."""

    kind: str = ""
    location_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFilter:
    """Which gaps: of one device, or all."""

    device_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCount:
    """How many transactions stand in one unfinished state, and since when the oldest does."""

    status: str
    transaction_count: int
    oldest_at: datetime


TRANSACTION_ORDERS = Orders.of(
    InboxTransaction.__table__,
    {
        "inbox_no": ("inbox_no",),
        "received_at": ("received_at", "inbox_no"),
    },
    first_descending=True,
)
DEVICE_ORDERS = Orders.of(Device.__table__, {"device_id": ("device_id",)})
GAP_ORDERS = Orders.of(DeviceGap.__table__, {"device_id": ("device_id", "epoch", "from_seq")})


def list_transactions(wanted: TransactionFilter, asked: PageAsked) -> Page[TransactionRow]:
    """Stored transactions with their outcomes, the newest first."""
    statement = select_transactions()
    for name in ("kind", "device_id", "worker_id", "location_code"):
        value = getattr(wanted, name)
        if value:
            statement = statement.where(InboxTransaction.__table__.c[name] == value)
    if wanted.status:
        statement = statement.where(InboxTransaction.status == wanted.status)
        if wanted.status == "refused":
            # Written out as the index has it.
            statement = statement.where(sa.text("inbox.status = 'refused'"))
        elif wanted.status != "posted":
            statement = statement.where(_is_unfinished())
    if wanted.waits:
        states = ("parked", "awaiting_approval", "quarantined")
        statement = statement.where(_is_unfinished(), InboxTransaction.status.in_(states))
    if wanted.code:
        statement = statement.where(InboxTransaction.code == wanted.code, sa.text("inbox.code <> ''"))
    if wanted.received_from:
        statement = statement.where(InboxTransaction.received_at >= wanted.received_from)
    if wanted.received_before:
        statement = statement.where(InboxTransaction.received_at < wanted.received_before)
    return read_page(statement, TRANSACTION_ORDERS, asked, row_maker(TransactionRow))


def _is_unfinished() -> sa.ColumnElement[bool]:
    """Among the few that the index of unfinished transactions holds; by itself a page would not ask it."""
    return InboxTransaction.inbox_no.in_(sa.select(InboxTransaction.inbox_no).where(UNFINISHED))


def read_transaction(transaction_id: str) -> TransactionCard:
    """One stored transaction; CardMissing when it never arrived."""
    inbox = InboxTransaction
    found = None
    if ids.is_id(transaction_id):
        more = (
            inbox.raw, inbox.hash, inbox.corrects, inbox.session_id, inbox.uncertainty_ms,
            inbox.approved_codes, inbox.attempts,
        )  # fmt: skip
        statement = select_transactions().add_columns(*more).where(inbox.transaction_id == transaction_id)
        found = db.session.execute(statement).mappings().one_or_none()
    if found is None:
        raise CardMissing("transaction", transaction_id)
    names = ("raw", "hash", "corrects", "session_id", "uncertainty_ms", "approved_codes", "attempts")
    return TransactionCard(
        row=row_maker(TransactionRow)(found),
        after=_predecessors(transaction_id),
        decisions=_decisions(transaction_id),
        **{name: found[name] for name in names},
    )


def read_rows(transaction_ids: Collection[str]) -> tuple[TransactionRow, ...]:
    """These transactions, in the order in which they happened."""
    if not transaction_ids:
        return ()
    statement = select_transactions().where(InboxTransaction.transaction_id.in_(sorted(transaction_ids)))
    rows = db.session.execute(statement.order_by(InboxTransaction.occurred_at, InboxTransaction.inbox_no))
    return tuple(map(row_maker(TransactionRow), rows.mappings()))


def list_devices(asked: PageAsked, *, kind: str = "", location_code: str = "") -> Page[DeviceRow]:
    """Devices with where their newest history stands."""
    statement = _select_devices()
    if kind:
        statement = statement.where(Device.kind == kind)
    if location_code:
        statement = statement.where(Device.location_code == location_code)
    return read_page(statement, DEVICE_ORDERS, asked, row_maker(DeviceRow))


def read_device(device_id: str) -> DeviceRow:
    """One device; CardMissing when there is none of this id."""
    found = (
        db.session.execute(_select_devices().where(Device.device_id == device_id)).mappings().one_or_none()
    )
    if found is None:
        raise CardMissing("device", device_id)
    return row_maker(DeviceRow)(found)


def list_gaps(asked: PageAsked, *, device_id: str = "") -> Page[GapRow]:
    """Numbers that have not arrived, of one device or of all."""
    statement = sa.select(*(DeviceGap.__table__.c[field.name] for field in fields(GapRow)))
    if device_id:
        statement = statement.where(DeviceGap.device_id == device_id)
    return read_page(statement, GAP_ORDERS, asked, row_maker(GapRow))


def count_waiting() -> tuple[WaitingCount, ...]:
    """What is unfinished, by state."""
    rows = db.session.execute(
        sa.select(
            InboxTransaction.status,
            sa.func.count().label("transaction_count"),
            sa.func.min(InboxTransaction.received_at).label("oldest_at"),
        )
        .where(UNFINISHED)
        .group_by(InboxTransaction.status)
        .order_by(InboxTransaction.status)
    ).mappings()
    return tuple(WaitingCount(**row) for row in rows)


def row_maker(row_type: type[Row]) -> Callable[[sa.RowMapping], Row]:
    """Turns a found row into its row type, leaving out what else was selected."""
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return lambda row: row_type(**{name: row[name] for name in names})


def select_transactions() -> Statement:
    joined = {
        "device_name": sa.func.coalesce(Device.name, "").label("device_name"),
        "worker_name": sa.func.coalesce(Person.name, "").label("worker_name"),
    }
    inbox = InboxTransaction.__table__
    columns = [
        joined[field.name] if field.name in joined else inbox.c[field.name]
        for field in fields(TransactionRow)
    ]
    return (
        sa.select(*columns)
        .select_from(inbox)
        .outerjoin(Device, Device.device_id == inbox.c.device_id)
        .outerjoin(Person, Person.person_id == inbox.c.worker_id)
    )


def _select_devices() -> Statement:
    gaps = (
        sa.select(sa.func.count())
        .where(DeviceGap.device_id == Device.device_id, DeviceGap.epoch == Device.epoch)
        .scalar_subquery()
    )
    named = {"last_push_at", "head", "reported_max", "queue_depth", "gap_count"}
    own = [Device.__table__.c[field.name] for field in fields(DeviceRow) if field.name not in named]
    return sa.select(
        *own,
        DeviceEpoch.last_push_at,
        *(
            sa.func.coalesce(DeviceEpoch.__table__.c[name], 0).label(name)
            for name in ("head", "reported_max", "queue_depth")
        ),
        gaps.label("gap_count"),
    ).outerjoin(
        DeviceEpoch,
        sa.and_(DeviceEpoch.device_id == Device.device_id, DeviceEpoch.epoch == Device.epoch),
    )


def _predecessors(transaction_id: str) -> tuple[str, ...]:
    found = db.session.scalars(
        sa.select(InboxPredecessor.after_id)
        .where(InboxPredecessor.transaction_id == transaction_id)
        .order_by(InboxPredecessor.after_id)
    )
    return tuple(found)


def _decisions(transaction_id: str) -> tuple[DecisionRow, ...]:
    rows = db.session.execute(
        sa.select(*(InboxDecision.__table__.c[field.name] for field in fields(DecisionRow)))
        .where(InboxDecision.transaction_id == transaction_id)
        .order_by(InboxDecision.decision_no)
    ).mappings()
    return tuple(DecisionRow(**row) for row in rows)
