"""Reads what one day brought in: counts that close, by state, device and quarter of an hour; what is missing.

One statement reads the day, so all its sums are of the same moment. What devices still hold follows from
their numbers: each transaction has one, so what is numbered and not here is on a device, or lost.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from server.database import db
from server.inbox.tables import DeviceEpoch, DeviceGap, InboxTransaction
from server.ledger.tables import ItemRegister
from server.security.tables import Device, Person
from shared.wire.outcomes import Status

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day's sums. `registers` counts postings of this day's transactions, by their state in the inbox."""

    received: int
    by_status: Mapping[str, int]
    by_quarter: Mapping[datetime, int]
    devices: frozenset[str]
    registers: Mapping[str, int]

    @property
    def is_each_posted_once(self) -> bool:
        """Whether exactly the posted ones have a posting, and each one."""
        elsewhere = sum(count for status, count in self.registers.items() if status != Status.POSTED)
        posted = Status.POSTED
        return not elsewhere and self.registers.get(posted, 0) == self.by_status.get(posted, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A device as the monitor shows it: what it still holds, what is missing, and who used it last."""

    device_id: str
    name: str
    kind: str
    app_version: str
    epoch: int
    worker_name: str
    last_seen_at: datetime | None
    last_push_at: datetime | None
    revoked_at: datetime | None
    waiting: int
    lost: int


def newest_moment() -> datetime | None:
    """When the last transaction came in; None in an empty inbox."""
    inbox = InboxTransaction.__table__
    return db.session.scalars(
        sa.select(inbox.c.received_at).order_by(inbox.c.received_at.desc(), inbox.c.inbox_no.desc()).limit(1)
    ).first()


def read_day(start: datetime, end: datetime) -> Day:
    """What came in from `start` and before `end`."""
    inbox, register = InboxTransaction.__table__, ItemRegister.__table__
    minute = _minute(inbox.c.received_at)
    rows = db.session.execute(
        sa.select(minute, inbox.c.status, inbox.c.device_id, sa.func.count(), sa.func.count(register.c.no))
        .select_from(inbox)
        .outerjoin(register, register.c.transaction_id == inbox.c.transaction_id)
        .where(inbox.c.received_at >= start, inbox.c.received_at < end)
        .group_by(minute, inbox.c.status, inbox.c.device_id)
    ).all()
    by_status: Counter[str] = Counter()
    by_quarter: Counter[datetime] = Counter()
    registers: Counter[str] = Counter()
    for text, status, _, count, posted in rows:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        by_status[status] += count
        by_quarter[moment - timedelta(minutes=moment.minute % 15)] += count
        registers[status] += posted
    return Day(
        received=sum(by_status.values()),
        by_status=dict(by_status),
        by_quarter=dict(by_quarter),
        devices=frozenset(row[2] for row in rows),
        registers=dict(registers),
    )


def list_holdings() -> tuple[Holding, ...]:
    """Every device, the most waiting first, then those heard last."""
    inbox, place, gap = InboxTransaction.__table__, DeviceEpoch.__table__, DeviceGap.__table__
    device = Device.__table__
    numbers = gap.c.to_seq - gap.c.from_seq + 1
    # Ranges that reach beyond the head were given up as well: they were made and nothing is queued.
    within, all_lost = (
        sa.select(sa.func.coalesce(sa.func.sum(numbers), 0))
        .where(gap.c.device_id == device.c.device_id, gap.c.epoch == device.c.epoch, wanted)
        .scalar_subquery()
        for wanted in (gap.c.from_seq <= place.c.head, gap.c.is_lost)
    )
    last_worker = (
        sa.select(inbox.c.worker_id)
        .where(inbox.c.device_id == device.c.device_id, inbox.c.epoch == device.c.epoch)
        .order_by(inbox.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    beyond = sa.case((place.c.reported_max > place.c.head, place.c.reported_max - place.c.head), else_=0)
    rows = db.session.execute(
        sa.select(
            device.c.device_id, device.c.name, device.c.kind, device.c.app_version, device.c.epoch,
            device.c.last_seen_at, device.c.revoked_at, place.c.last_push_at,
            sa.func.coalesce(Person.name, "").label("worker_name"),
            sa.func.coalesce(beyond + within, 0).label("absent"), all_lost.label("lost"),
        )
        .select_from(device)
        .outerjoin(place, sa.and_(place.c.device_id == device.c.device_id, place.c.epoch == device.c.epoch))
        .outerjoin(Person, Person.person_id == last_worker)
    ).mappings()  # fmt: skip
    found = [_holding(row) for row in rows]
    return tuple(
        sorted(found, key=lambda each: (-each.lost, -each.waiting, _since_heard(each), each.device_id))
    )


def _holding(row: sa.RowMapping) -> Holding:
    known = {name: value for name, value in row.items() if name not in ("absent", "lost")}
    lost = int(row["lost"])
    return Holding(waiting=max(0, int(row["absent"]) - lost), lost=lost, **known)


def _since_heard(holding: Holding) -> float:
    return -holding.last_seen_at.timestamp() if holding.last_seen_at else 0.0


def _minute(column: sa.ColumnElement[datetime]) -> sa.ColumnElement[str]:
    """The minute of a moment in UTC, as text, on both databases."""
    if db.session.get_bind().dialect.name == "postgresql":
        return sa.func.to_char(sa.func.timezone("UTC", column), "YYYY-MM-DD HH24:MI", type_=sa.String)
    return sa.func.substr(sa.type_coerce(column, sa.String), 1, 16, type_=sa.String)
