"""The inbox: every transaction that ever arrived, under its id, with what became of it.

Only status, outcome columns and attempts change after a row is stored. `raw` is the record as it came.
The unique transaction_id, here and in the ledgers, is the exactly-once guarantee and never expires.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Identity, UtcMoment, partial_index

CODE = 30
NUMBER = 50


class InboxTransaction(Base):
    """One stored transaction. seq 0 with a null place means: its place could not be read."""

    __tablename__ = "inbox"
    # Storage order, and so acceptance order between devices.
    inbox_no: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    transaction_id: Mapped[str] = mapped_column(Identity(), unique=True)
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER))
    epoch: Mapped[int] = mapped_column(sa.Integer)
    # Null where the record's own number could not be read, so that it takes no place from another.
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.String(CODE))
    kind_version: Mapped[int] = mapped_column(sa.Integer, default=1)
    location_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    worker_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    session_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    corrects: Mapped[str | None] = mapped_column(Identity())
    hash: Mapped[str] = mapped_column(sa.String(64))
    raw: Mapped[str] = mapped_column(sa.Text)
    received_at: Mapped[datetime] = mapped_column(UtcMoment())
    occurred_at: Mapped[datetime] = mapped_column(UtcMoment())
    uncertainty_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    posting_date: Mapped[date | None] = mapped_column(sa.Date)
    # What became of it.
    status: Mapped[str] = mapped_column(sa.String(20))
    rev: Mapped[int] = mapped_column(sa.Integer, default=0)
    code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    hint: Mapped[str] = mapped_column(sa.String(500), default="")
    need: Mapped[str] = mapped_column(sa.String(CODE), default="")
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    entries: Mapped[int] = mapped_column(sa.Integer, default=0)
    decided_by: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    # Reason codes that a person has waved through, separated by spaces.
    approved_codes: Mapped[str] = mapped_column(sa.String(250), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcMoment())
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcMoment())
    __table_args__ = (
        sa.UniqueConstraint("device_id", "epoch", "seq"),
        # What still has to be posted or decided, per device in its own order.
        sa.Index(
            "ix_inbox_unfinished",
            "device_id",
            "epoch",
            "seq",
            sqlite_where=sa.text("status NOT IN ('posted', 'refused')"),
            postgresql_where=sa.text("status NOT IN ('posted', 'refused')"),
        ),
        sa.Index("ix_inbox_received_at", "received_at", "inbox_no"),
        # The lists of the monitor; the last two hold only the few rows that did not simply post.
        sa.Index("ix_inbox_device", "device_id", "inbox_no"),
        sa.Index("ix_inbox_kind", "kind", "inbox_no"),
        partial_index("ix_inbox_code", "code", "inbox_no", where="code <> ''"),
        partial_index("ix_inbox_refused", "inbox_no", where="status = 'refused'"),
    )


class InboxPredecessor(Base):
    """That a transaction must be posted after another one."""

    __tablename__ = "inbox_predecessor"
    transaction_id: Mapped[str] = mapped_column(Identity(), primary_key=True)
    after_id: Mapped[str] = mapped_column(Identity(), primary_key=True, index=True)


class InboxDecision(Base):
    """What a person decided about a parked transaction or one awaiting approval; append-only."""

    __tablename__ = "inbox_decision"
    decision_no: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    transaction_id: Mapped[str] = mapped_column(Identity(), index=True)
    decision: Mapped[str] = mapped_column(sa.String(20))
    person_id: Mapped[str] = mapped_column(sa.String(NUMBER))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    decided_at: Mapped[datetime] = mapped_column(UtcMoment())


class DeviceEpoch(Base):
    """How far a device's history of one epoch has arrived. `head` is the highest number stored,
    `reported_max` the highest that the device says it has made.
    """

    __tablename__ = "device_epoch"
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    epoch: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    head: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    reported_max: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    queue_depth: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    acked_through: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    acked_digest: Mapped[str] = mapped_column(sa.String(64), server_default="")
    last_push_at: Mapped[datetime | None] = mapped_column(UtcMoment())


class DeviceGap(Base):
    """A range of numbers that has not arrived: open, or lost once the device says its queue is empty."""

    __tablename__ = "device_gap"
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    epoch: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    from_seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    to_seq: Mapped[int] = mapped_column(sa.BigInteger)
    noticed_at: Mapped[datetime] = mapped_column(UtcMoment())
    is_lost: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class WorkItem(Base):
    """Work that a posting left behind, done by a job in the same commit as its effect."""

    __tablename__ = "work_item"
    kind: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcMoment(), index=True)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcMoment())
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
