"""Tables of the feed. Writers leave unnumbered dirty marks; the sequencer alone gives numbers.

Source: sync protocol 2.6.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment, entry_number

SCOPE = 60
EKEY = 300


class FeedDirty(Base):
    """That an entity changed; written in the transaction that changed it."""

    __tablename__ = "feed_dirty"
    id: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(SCOPE))
    etype: Mapped[str] = mapped_column(sa.String(20))
    ekey: Mapped[str] = mapped_column(sa.String(EKEY))
    # The sequencer takes a scope's oldest marks first.
    __table_args__ = (sa.Index("ix_feed_dirty_scope", "scope", "id"),)


class Feed(Base):
    """One row per entity with its newest number; `op` "d" is a tombstone."""

    __tablename__ = "feed"
    scope: Mapped[str] = mapped_column(sa.String(SCOPE), primary_key=True)
    etype: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    ekey: Mapped[str] = mapped_column(sa.String(EKEY), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    op: Mapped[str] = mapped_column(sa.String(1))
    document: Mapped[str | None] = mapped_column(sa.Text)
    changed_at: Mapped[datetime] = mapped_column(UtcMoment())
    __table_args__ = (sa.UniqueConstraint("scope", "seq"),)


class FeedHead(Base):
    """The newest number of a scope and the hash chain over everything numbered so far.

    `min_seq` is the newest number below which tombstones are gone: a copy older than that starts again.
    """

    __tablename__ = "feed_head"
    scope: Mapped[str] = mapped_column(sa.String(SCOPE), primary_key=True)
    head: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    min_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    chain: Mapped[str] = mapped_column(sa.String(64), default="")
    # JSON {etype: [rows, sum of row hashes]} of what exists at `head`, for the readers' self-check.
    totals: Mapped[str] = mapped_column(sa.Text, default="{}")


class FeedMark(Base):
    """Where the chain stood after one run of the sequencer; kept 90 days, never compacted."""

    __tablename__ = "feed_mark"
    scope: Mapped[str] = mapped_column(sa.String(SCOPE), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(16))
    marked_at: Mapped[datetime] = mapped_column(UtcMoment())


class Snapshot(Base):
    """A scope in chunks as of one number, for devices that start from nothing."""

    __tablename__ = "snapshot"
    scope: Mapped[str] = mapped_column(sa.String(SCOPE), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcMoment())
    # JSON list of {sha256, bytes, rows}; the chunks are files under the home folder.
    chunks: Mapped[str] = mapped_column(sa.Text)
