"""A transaction: one thing that happened in the warehouse, under an id that its device made.

`transaction_id` is its identity for ever; `(device_id, epoch, seq)` its place in the device's history.
`hash` covers everything but the place, so a row that is re-stamped with a new epoch keeps it; `prev`
chains the records of one epoch, so that a deleted or edited queue row can be proved.
Source: sync protocol 2.2.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any

from shared.wire import codec
from shared.wire.adjusting import Adjust
from shared.wire.fields import (
    Code,
    Count,
    DayField,
    Digest,
    Items,
    Milliseconds,
    MomentField,
    Number,
    OptionalCode,
    OptionalTransactionId,
    QuantityField,
    TransactionId,
    Whole,
)
from shared.wire.journals import ItemJournal, check_journal
from shared.wire.receiving import Receive, Return
from shared.wire.shipping import Pick
from shared.wire.warehousing import Move, PutAway

# What a worker's device makes; and what is in an inbox, where offices and programs put journals too.
Body = Receive | PutAway | Move | Pick | Adjust | Return
AnyBody = Body | ItemJournal

# Every kind and version that this build can read. A kind that is not here is parked, never refused.
BODIES: dict[tuple[str, int], type[AnyBody]] = {
    ("receive", 1): Receive,
    ("put_away", 1): PutAway,
    ("move", 1): Move,
    ("pick", 1): Pick,
    ("adjust", 1): Adjust,
    ("return", 1): Return,
    ("journal", 1): ItemJournal,
}
# No device has a flow for these, and from a handheld they are refused.
OFFICE_KINDS = frozenset({"journal"})
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_NOT_HASHED = frozenset({"epoch", "seq", "hash", "prev"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the device believed when the worker confirmed."""

    feed_seq: Count = 0
    order_rev: Count = 0
    line_rev: Count = 0
    expected_quantity: QuantityField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """The record in the device's outbox and the server's inbox; `body` is read by its kind."""

    transaction_id: TransactionId
    device_id: Number
    epoch: Annotated[int, Whole(low=0, high=2**31 - 1)]
    seq: Annotated[int, Whole(low=1, high=2**53 - 1)]
    kind: Code
    location_code: OptionalCode
    body: dict[str, Any]
    hash: Digest = ""
    prev: Digest = ""
    kind_version: Annotated[int, Whole(low=1, high=9999)] = 1
    worker_id: Number = ""
    session_id: Number = ""
    occurred_wall: MomentField | None = None
    occurred_boot_ms: Count | None = None
    boot_id: Number = ""
    clock_offset_ms: Milliseconds | None = None
    # Only devices of kind office, api and import may state these two.
    occurred_at: MomentField | None = None
    posting_date: DayField | None = None
    basis: Basis | None = None
    after: Annotated[tuple[TransactionId, ...], Items(low=0, high=20)] = ()
    corrects: OptionalTransactionId = ""


class UnknownKind(ValueError):
    """A kind or version that this build does not know; the transaction waits for a newer server."""


def read_body(transaction: Transaction, *, strict: bool) -> AnyBody:
    """Read the body by kind and version.

    Raises UnknownKind, or codec.WireError whose pointer starts at the transaction ("/body/…").
    """
    body_type = BODIES.get((transaction.kind, transaction.kind_version))
    if body_type is None:
        raise UnknownKind(f"{transaction.kind} version {transaction.kind_version}")
    try:
        body: AnyBody = codec.read(body_type, transaction.body, strict=strict)
        if isinstance(body, ItemJournal):
            check_journal(body)
    except codec.WireError as error:
        raise error.within("body") from None
    return body


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one spelling of a record as JSON that hashes are made of (a subset of RFC 8785)."""
    return _CANONICAL.encode(record).encode()


def hash_record(record: Mapping[str, Any]) -> str:
    """SHA-256 of a transaction as sent, without its place in the device's history."""
    kept = {name: value for name, value in record.items() if name not in _NOT_HASHED}
    return hashlib.sha256(canonical(kept)).hexdigest()


def chain(prev: str, epoch: int, seq: int, record_hash: str) -> str:
    """The `prev` of the record after this one: a local chain per epoch, starting from ""."""
    return hashlib.sha256(f"{prev}|{epoch}|{seq}|{record_hash}".encode()).hexdigest()


def seal(transaction: Transaction) -> dict[str, Any]:
    """Write a transaction with its hash, ready to be stored and sent."""
    record = codec.write(replace(transaction, hash=""))
    record["hash"] = hash_record(record)
    return record


def quantity_of(body: Body) -> Decimal:
    """Sum of the base quantities of all lines, as they are signed."""
    return sum((line.quantity_base for line in body.lines), Decimal(0))
