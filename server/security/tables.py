"""Tables of people, devices, their sessions and the audit trail. Secrets are kept as hashes only.

`audit` is append-only by triggers; of everything else here the audit trail tells who changed it and when.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment, entry_number

NUMBER = 50
HASH = 64


class Device(Base):
    """A source of transactions: handheld, office, api or import."""

    __tablename__ = "device"
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(250), default="")
    kind: Mapped[str] = mapped_column(sa.String(20))
    location_code: Mapped[str] = mapped_column(sa.String(30), default="")
    epoch: Mapped[int] = mapped_column(sa.Integer, default=1)
    install_id: Mapped[str] = mapped_column(sa.String(100), default="")
    secret_hash: Mapped[str] = mapped_column(sa.String(250), default="")
    app_version: Mapped[str] = mapped_column(sa.String(50), default="")
    enrolled_at: Mapped[datetime] = mapped_column(UtcMoment())
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    # For office and api, where the server gives the numbers.
    next_seq: Mapped[int] = mapped_column(sa.BigInteger, default=1)
    __table_args__ = (sa.CheckConstraint("kind IN ('handheld', 'office', 'api', 'import')", name="kind"),)


class Person(Base):
    """Someone who works here. Workers sign in by badge and PIN, the back office by password."""

    __tablename__ = "person"
    person_id: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(250))
    login: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(5), default="en")
    password_hash: Mapped[str] = mapped_column(sa.String(250), default="")
    badge: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    pin_verifier: Mapped[str] = mapped_column(sa.String(300), default="")
    blocked_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    created_at: Mapped[datetime] = mapped_column(UtcMoment())
    __table_args__ = (
        sa.CheckConstraint("role IN ('worker', 'supervisor', 'back_office', 'administrator')", name="role"),
    )


class PersonSession(Base):
    """One sign-in to the back office, found by the hash of the id in its cookie.

    Ended rows stay as history.
    """

    __tablename__ = "person_session"
    session_hash: Mapped[str] = mapped_column(sa.String(HASH), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        sa.String(NUMBER), sa.ForeignKey("person.person_id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcMoment())
    last_seen_at: Mapped[datetime] = mapped_column(UtcMoment())
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    address: Mapped[str] = mapped_column(sa.String(100), default="")


class ApiToken(Base):
    """What a program shows as its bearer token; it may do what `role` may.

    Of the token only its hash is kept.
    """

    __tablename__ = "api_token"
    token_hash: Mapped[str] = mapped_column(sa.String(HASH), primary_key=True)
    device_id: Mapped[str] = mapped_column(
        sa.String(NUMBER), sa.ForeignKey("device.device_id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(UtcMoment())
    created_by: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    __table_args__ = (sa.CheckConstraint("role IN ('supervisor', 'back_office')", name="role"),)


class EnrolmentCode(Base):
    """A code that makes one device a device of ours, once and for a quarter of an hour."""

    __tablename__ = "enrolment_code"
    code_hash: Mapped[str] = mapped_column(sa.String(HASH), primary_key=True)
    # Set where the code gives a known device a new secret, "" where it makes a new one.
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    device_name: Mapped[str] = mapped_column(sa.String(250), default="")
    location_code: Mapped[str] = mapped_column(sa.String(30))
    created_by: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    created_at: Mapped[datetime] = mapped_column(UtcMoment())
    expires_at: Mapped[datetime] = mapped_column(UtcMoment(), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    # The installation that used it may ask again when the first answer was lost; nobody else may.
    used_by_install: Mapped[str] = mapped_column(sa.String(100), default="")
    used_by_device: Mapped[str] = mapped_column(sa.String(NUMBER), default="")


class Throttle(Base):
    """Failed tries of one login, address or device, and until when no further try is looked at."""

    __tablename__ = "throttle"
    subject: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(sa.Integer, default=0)
    last_failed_at: Mapped[datetime] = mapped_column(UtcMoment(), index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcMoment())


class Audit(Base):
    """Who did what to whom or what, and when; append-only.

    `old` and `new` are JSON objects of changed fields.
    """

    __tablename__ = "audit"
    audit_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcMoment(), index=True)
    event: Mapped[str] = mapped_column(sa.String(40))
    # Who did it: a person, a device, or neither where nobody was known yet.
    person_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="", index=True)
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    address: Mapped[str] = mapped_column(sa.String(100), default="")
    # What it was done to: a table and its key.
    subject: Mapped[str] = mapped_column(sa.String(40), default="")
    subject_key: Mapped[str] = mapped_column(sa.String(200), default="")
    old: Mapped[str] = mapped_column(sa.Text, default="")
    new: Mapped[str] = mapped_column(sa.Text, default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    # Given by whoever may report the same event twice.
    event_id: Mapped[str | None] = mapped_column(sa.String(NUMBER), unique=True)
    __table_args__ = (sa.Index("ix_audit_subject", "subject", "subject_key"),)
