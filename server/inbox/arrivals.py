"""Reads what a push brings, item by item, so that a bad one never spoils the others.

An item that breaks its type still becomes an arrival: under its own id where that can be read, else under
one made of its content, so that a repeat is known again. Its problem says what to do with it.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.errors import NeedsNewerServer, Refusal, Unreadable
from server.inbox.times import occurred
from server.security.devices import CurrentDevice
from shared import ids
from shared.wire import codec
from shared.wire.envelopes import Push
from shared.wire.transactions import AnyBody, Transaction, UnknownKind, hash_record, read_body

# How a device sends the one item that made a whole envelope unreadable.
RAW_KIND = "raw"
_PLAIN = json.JSONEncoder(separators=(",", ":"))
STATING_KINDS = frozenset({"office", "api", "import"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One item of a push, ready to be stored. `answer_id` is the id that the device knows it by."""

    transaction_id: str
    answer_id: str
    seq: int | None
    kind: str
    hash: str
    raw: str
    occurred_at: datetime
    uncertainty: timedelta | None
    transaction: Transaction | None = None
    body: AnyBody | None = None
    problem: Refusal | None = None


def may_state(device: CurrentDevice) -> bool:
    """Whether this source may state dates and costs."""
    return device.kind in STATING_KINDS


def read_arrivals(push: Push, device: CurrentDevice, received_at: datetime) -> list[Arrival]:
    """The items of a push in its order."""
    return [_read_arrival(_unwrapped(record), push, device, received_at) for record in push.transactions]


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """What a `raw` item carries, if it turns out to be a well-made record after all; else the item itself.

    A device wraps what a server could not read; a newer server, or one whose network was at fault, may.
    """
    if record.get("kind") != RAW_KIND:
        return record
    try:
        carried = json.loads(base64.b64decode(record["body"]["base64"], validate=True))
        transaction = codec.read(Transaction, carried, strict=True)
        is_same = transaction.transaction_id == record["transaction_id"]
        return carried if is_same and transaction.hash == hash_record(carried) else record
    except (KeyError, TypeError, ValueError, RecursionError):
        return record


def _read_arrival(
    record: dict[str, Any], push: Push, device: CurrentDevice, received_at: datetime
) -> Arrival:
    try:
        transaction = codec.read(Transaction, record, strict=True)
        _check_place(transaction, push, device)
        record_hash = hash_record(record)
        _check_hash(transaction, record_hash)
    except codec.WireError as error:
        return _unreadable(record, Unreadable(str(error)), push, received_at)
    except (ValueError, RecursionError) as error:
        return _unreadable(record, Unreadable(f"/: {error}"[:300]), push, received_at)
    body, problem = _read_known_body(transaction)
    when = occurred(transaction, push, received_at, may_state=may_state(device))
    return Arrival(
        transaction_id=transaction.transaction_id,
        answer_id=transaction.transaction_id,
        seq=transaction.seq,
        kind=transaction.kind,
        hash=record_hash,
        raw=spell(record),
        occurred_at=when.at,
        uncertainty=when.uncertainty,
        transaction=transaction,
        body=body,
        problem=problem,
    )


def _check_place(transaction: Transaction, push: Push, device: CurrentDevice) -> None:
    if transaction.device_id != device.device_id:
        raise codec.WireError(device.device_id, transaction.device_id, ("device_id",))
    if transaction.epoch != push.epoch:
        raise codec.WireError(f"the push's epoch {push.epoch}", transaction.epoch, ("epoch",))


def _check_hash(transaction: Transaction, record_hash: str) -> None:
    if transaction.hash != record_hash:
        raise codec.WireError(f"the record's SHA-256 {record_hash}", transaction.hash, ("hash",))


def _read_known_body(transaction: Transaction) -> tuple[AnyBody | None, Refusal | None]:
    if transaction.kind == RAW_KIND:
        return None, Unreadable("/body/base64: the device could not send this item in any other way")
    try:
        return read_body(transaction, strict=True), None
    except UnknownKind as error:
        return None, NeedsNewerServer(str(error))
    except codec.WireError as error:
        return None, Unreadable(str(error))


def read_again(raw: str) -> tuple[Transaction, AnyBody]:
    """The transaction of a stored row; it was read once, so a fault here is a bug."""
    transaction = codec.read(Transaction, json.loads(raw), strict=True)
    return transaction, read_body(transaction, strict=True)


def _unreadable(record: dict[str, Any], problem: Unreadable, push: Push, received_at: datetime) -> Arrival:
    raw = spell(record)
    digest = hashlib.sha256(raw.encode()).hexdigest()
    sent_id = record.get("transaction_id")
    known = isinstance(sent_id, str) and ids.is_id(sent_id)
    seq = record.get("seq")
    own_id = str(sent_id) if known else ids.id_of_content(0, f"{push.device} {digest}".encode())
    kind = record.get("kind")
    return Arrival(
        transaction_id=own_id,
        answer_id=sent_id if isinstance(sent_id, str) and 0 < len(sent_id) <= 100 else own_id,
        seq=seq if type(seq) is int and 1 <= seq < 2**53 else None,
        kind=kind if isinstance(kind, str) and kind.isprintable() and 0 < len(kind) <= 30 else "unreadable",
        hash=digest,
        raw=raw,
        occurred_at=received_at,
        uncertainty=None,
        problem=problem,
    )


def spell(record: dict[str, Any]) -> str:
    """A record as text that every database can hold: ASCII only, whatever came."""
    return _PLAIN.encode(record)


def depth_of(value: object) -> int:
    """How deeply lists and objects are nested; counts without recursion, up to 1,000."""
    level, depth = [value], 0
    while level and depth < 1000:
        level = [
            member
            for item in level
            if isinstance(item, dict | list)
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        depth += 1
    return depth
