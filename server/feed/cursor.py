"""The cursor: where a reader stands, in a form that only this server's company can have issued.

A cursor names the number read up to and the newest mark of the hash chain that its page was read at. A
server that went back in time has no such mark, or another tag on it, even if its numbers have meanwhile
grown past the reader's. A reader that began from nothing also carries the head at that moment: it has
no old copy, so tombstones removed before then are nothing to it. Devices never look inside.
Raises: Rebootstrap for every cursor that cannot be gone on from.
Source: sync protocol 2.5, 2.6. The mark is the head's and not the newest one at or below the number read,
since a page may end in the middle of a run, whose mark then says nothing about the rows before it.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256

import sqlalchemy as sa

from server.feed.tables import FeedMark

_SIGNED_FOR = b"scanledger feed cursor 1\0"
_MAC_BYTES = 16


class Rebootstrap(Exception):
    """The reader's copy does not belong to this history: it drops the copy and starts from nothing."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Read up to `seq`, in a page read at `head`, which has the tag `tag` ("" at the very start)."""

    scope: str
    server_epoch: str
    seq: int = 0
    started_at: int = 0
    head: int = 0
    tag: str = ""


def cursor_text(position: Position, secret_key: str) -> str:
    """A position, signed; equal positions have equal cursors."""
    content = json.dumps(list(asdict(position).values()), separators=(",", ":")).encode()
    return urlsafe_b64encode(_mac(content, secret_key) + content).decode().rstrip("=")


def read_cursor(text: str, secret_key: str) -> Position:
    """The position in a cursor that this company signed."""
    try:
        signed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Rebootstrap("the cursor is not one of ours") from error
    mac, content = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(content, secret_key)):
        raise Rebootstrap("the cursor is not signed by this server")
    scope, server_epoch, seq, started_at, head, tag = json.loads(content)
    return Position(
        scope=scope, server_epoch=server_epoch, seq=seq, started_at=started_at, head=head, tag=tag
    )


def check_position(
    connection: sa.Connection, position: Position, *, scope: str, server_epoch: str, min_seq: int
) -> None:
    """Refuse (Rebootstrap) a position that is not on this scope's history as it is now."""
    if position.scope != scope:
        raise Rebootstrap(f"the cursor is for {position.scope}, asked was {scope}")
    if position.server_epoch != server_epoch:
        raise Rebootstrap("the server was restored since")
    if max(position.seq, position.started_at) < min_seq:
        raise Rebootstrap("away for so long that tombstones are gone")
    if position.tag != tag_at(connection, scope, position.head):
        raise Rebootstrap("the server does not know the history that was read")


def tag_at(connection: sa.Connection, scope: str, head: int) -> str | None:
    """The tag of the mark at a head; "" where nothing was numbered yet, None where there is no mark."""
    if head == 0:
        return ""
    return connection.execute(
        sa.select(FeedMark.tag).where(FeedMark.scope == scope, FeedMark.seq == head)
    ).scalar_one_or_none()


def _mac(content: bytes, secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), _SIGNED_FOR + content, sha256)[:_MAC_BYTES]
