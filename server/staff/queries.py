"""Reads devices, people and the audit trail for the staff's pages and API; nothing here changes anything."""

import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.database import db
from server.inbox.tables import DeviceEpoch, DeviceGap
from server.masterdata.tables import Location
from server.security.tables import ApiToken, Audit, Device, EnrolmentCode, Person
from server.web.keyset import Orders, Page, PageAsked, read_page

Row = TypeVar("Row")
# A terminal that is switched on asks for news at least this often.
ONLINE_WITHIN = timedelta(minutes=2)
DEVICE_ORDERS = Orders.of(
    Device.__table__,
    {"device_id": ("device_id",), "name": ("name", "device_id")},
)
PERSON_ORDERS = Orders.of(
    Person.__table__,
    {"name": ("name", "person_id"), "person_id": ("person_id",), "role": ("role", "person_id")},
)
AUDIT_ORDERS = Orders.of(Audit.__table__, {"audit_no": ("audit_no",)}, first_descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device and how far its history has arrived; `missing` counts the numbers in its gaps."""

    device_id: str
    name: str
    kind: str
    location_code: str
    epoch: int
    app_version: str
    install_id: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    queue_depth: int
    missing: int
    lost: int

    def state(self, now: datetime) -> str:
        """revoked, online, offline, never where it has not been heard; "" for what is no handheld."""
        if self.revoked_at is not None:
            return "revoked"
        if self.kind != "handheld":
            return ""
        if self.last_seen_at is None:
            return "never"
        return "online" if now - self.last_seen_at <= ONLINE_WITHIN else "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Numbers of a device that have not arrived."""

    epoch: int
    from_seq: int
    to_seq: int
    noticed_at: datetime
    is_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person without secrets."""

    person_id: str
    name: str
    role: str
    language: str
    login: str
    badge: str
    blocked_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of the audit trail, with the name of whoever did it."""

    audit_no: int
    at: datetime
    event: str
    person_id: str
    person_name: str
    device_id: str
    address: str
    subject: str
    subject_key: str
    change: str
    note: str


def list_devices(asked: PageAsked, *, kind: str = "", location_code: str = "") -> Page[DeviceRow]:
    """Devices with their queue and gaps."""
    statement = _devices()
    if kind:
        statement = statement.where(Device.kind == kind)
    if location_code:
        statement = statement.where(Device.location_code == location_code)
    return read_page(statement, DEVICE_ORDERS, asked, lambda row: _made(DeviceRow, row))


def read_device(device_id: str) -> DeviceRow | None:
    """One device."""
    row = db.session.execute(_devices().where(Device.device_id == device_id)).mappings().one_or_none()
    return None if row is None else _made(DeviceRow, row)


def gaps_of(device_id: str) -> list[GapRow]:
    """What of a device has not arrived, newest history first."""
    gap = DeviceGap.__table__.c
    rows = db.session.execute(
        sa.select(gap.epoch, gap.from_seq, gap.to_seq, gap.noticed_at, gap.is_lost)
        .where(gap.device_id == device_id)
        .order_by(gap.epoch.desc(), gap.from_seq)
        .limit(100)
    ).mappings()
    return [_made(GapRow, row) for row in rows]


def enrolled_by(device_id: str) -> str:
    """Who made the code that the device came in with; "" for the command line or one that needs none."""
    row = db.session.execute(
        sa.select(Person.name)
        .join(Audit, Audit.person_id == Person.person_id)
        .where(Audit.event == "device_enrolled", Audit.subject == "device", Audit.subject_key == device_id)
        .order_by(Audit.audit_no.desc())
    ).first()
    return row.name if row else ""


def open_tokens(device_id: str) -> int:
    """How many API tokens of a program are good."""
    query = sa.select(sa.func.count()).where(ApiToken.device_id == device_id, ApiToken.revoked_at.is_(None))
    return db.session.execute(query).scalar_one()


def open_codes(now: datetime) -> int:
    """How many enrolment codes nobody has used yet."""
    query = sa.select(sa.func.count()).where(EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > now)
    return db.session.execute(query).scalar_one()


def list_people(asked: PageAsked, *, role: str = "", text: str = "") -> Page[PersonRow]:
    """People, by role or by a part of their name, login or badge."""
    person = Person.__table__.c
    statement = sa.select(
        person.person_id,
        person.name,
        person.role,
        person.language,
        sa.func.coalesce(person.login, "").label("login"),
        sa.func.coalesce(person.badge, "").label("badge"),
        person.blocked_at,
        person.created_at,
    )
    if role:
        statement = statement.where(person.role == role)
    if text:
        statement = statement.where(
            sa.or_(
                *(
                    sa.func.lower(person[name]).contains(text.lower(), autoescape=True)
                    for name in ("name", "login", "badge")
                )
            )
        )
    return read_page(statement, PERSON_ORDERS, asked, lambda row: _made(PersonRow, row))


def list_audit(
    asked: PageAsked, *, event: str = "", person_id: str = "", subject: str = "", subject_key: str = ""
) -> Page[AuditRow]:
    """The audit trail, newest first."""
    row = Audit.__table__.c
    statement = sa.select(Audit.__table__, sa.func.coalesce(Person.name, "").label("person_name")).outerjoin(
        Person, Person.person_id == row.person_id
    )
    for column, wanted in (
        (row.event, event),
        (row.person_id, person_id),
        (row.subject, subject),
        (row.subject_key, subject_key),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    return read_page(statement, AUDIT_ORDERS, asked, _audit_row)


def places() -> list[tuple[str, str]]:
    """Locations that a device may work at: code and name."""
    rows = db.session.execute(
        sa.select(Location.code, Location.name)
        .where(Location.use_as_in_transit.is_(False))
        .order_by(Location.code)
    )
    return [(row.code, row.name or row.code) for row in rows]


def _devices() -> sa.Select[*tuple[object, ...]]:
    gap, epoch = DeviceGap.__table__.c, DeviceEpoch.__table__.c

    def numbers(*, is_lost: bool) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.coalesce(sa.func.sum(gap.to_seq - gap.from_seq + 1), 0))
            .where(gap.device_id == Device.device_id, gap.is_lost.is_(is_lost))
            .scalar_subquery()
        )

    depth = (
        sa.select(sa.func.coalesce(sa.func.sum(epoch.queue_depth), 0))
        .where(epoch.device_id == Device.device_id, epoch.epoch == Device.epoch)
        .scalar_subquery()
    )
    columns = Device.__table__.c
    return sa.select(
        *(columns[each.name] for each in fields(DeviceRow) if each.name in columns),
        depth.label("queue_depth"),
        numbers(is_lost=False).label("missing"),
        numbers(is_lost=True).label("lost"),
    )


def _made(kind: type[Row], row: sa.RowMapping) -> Row:
    return kind(**{each.name: row[each.name] for each in fields(cast(Any, kind))})


def _audit_row(row: sa.RowMapping) -> AuditRow:
    found = {each.name: row[each.name] for each in fields(AuditRow) if each.name != "change"}
    return AuditRow(**found, change=_change_text(row["old"], row["new"]))


def _change_text(old: str, new: str) -> str:
    """name: Joel → Joel A.; each field on its own."""
    before: dict[str, object] = json.loads(old) if old else {}
    after: dict[str, object] = json.loads(new) if new else {}
    parts = [
        f"{name}: {before[name]} → {value}" if name in before else f"{name}: {value}"
        for name, value in after.items()
        if value not in ("", None)
    ]
    return ", ".join(parts)
