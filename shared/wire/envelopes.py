"""The requests and answers of the sync protocol, version 1.

Push and feed carry the server's epoch, digests and marks from the start, so that a device can tell a
server that went back in time. Transactions inside a push are raw objects here: a bad one must not
spoil the envelope.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from shared.wire.fields import (
    Code,
    Count,
    Digest,
    Items,
    MomentField,
    Number,
    OptionalCode,
    RawScan,
    Text,
    Whole,
)
from shared.wire.outcomes import Outcome

BATCH_TRANSACTIONS = 100
BATCH_BYTES = 256 * 1024
LARGEST_COMPRESSED_BODY = 1024 * 1024
LARGEST_BODY = 4 * 1024 * 1024
DEEPEST_NESTING = 8
PAGE_ROWS = 1000
RETAIN_DAYS = 45

SeqRange = Annotated[tuple[Count, ...], Items(low=2, high=2)]
Cursor = Annotated[str, Text(max_length=600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a device sends: the oldest unacknowledged transactions and where it stands."""

    protocol: Annotated[int, Whole(low=1, high=99)]
    device: Number
    epoch: Annotated[int, Whole(low=0, high=2**31 - 1)]
    transactions: Annotated[tuple[dict[str, Any], ...], Items(low=0, high=BATCH_TRANSACTIONS)]
    acked_through: Count = 0
    acked_digest: Digest = ""
    queue_depth: Count = 0
    max_seq: Count = 0
    boot_id: Number = ""
    boot_ms: Count | None = None
    wall: MomentField | None = None
    app_version: Number = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """One result per transaction of the push, in its order; the rest tells the device how to go on."""

    server_epoch: Number
    server_time: MomentField
    results: tuple[Outcome, ...]
    durable_through: Count = 0
    retain_days: Count = RETAIN_DAYS
    gaps: tuple[SeqRange, ...] = ()
    reoffer_from: Count | None = None
    next_batch: Count = BATCH_TRANSACTIONS
    poll_after_s: Count = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One entity as it is now: `op` "u" upserts `document`, "d" is a tombstone."""

    etype: Code
    ekey: RawScan
    seq: Count
    op: Annotated[str, Text(max_length=1, min_length=1)]
    document: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """Rows after a cursor in order of `seq`; `head` is the newest number of the scope."""

    scope: Number
    rows: tuple[FeedRow, ...]
    cursor: Cursor
    head: Count
    more: bool
    server_epoch: Number
    server_time: MomentField
    as_of: MomentField
    counts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotChunk:
    """One immutable file of a snapshot: gzip of a header row and arrays, one JSON array a line."""

    sha256: Digest
    bytes: Count
    rows: Count
    url: Annotated[str, Text(max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotManifest:
    """A scope as of `seq`, in chunks; `cursor` is where the feed goes on from there."""

    scope: Number
    seq: Count
    cursor: Cursor
    chunks: tuple[SnapshotChunk, ...]
    server_epoch: Number
    as_of: MomentField


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What this server speaks."""

    protocols: tuple[Count, ...]
    kinds: dict[str, Any]
    server_epoch: Number
    server_time: MomentField
    min_app_pull: OptionalCode = ""
    min_app_push: OptionalCode = ""
