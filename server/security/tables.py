"""Tables of people and devices. Secrets are kept as hashes only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment

NUMBER = 50


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
    __table_args__ = (
        sa.CheckConstraint("kind IN ('handheld', 'office', 'api', 'import')", name="kind"),
    )


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
