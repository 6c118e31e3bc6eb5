"""The sequencer: the only place that gives feed numbers, and only to changes that are committed.

Runs of one scope are serialised on the scope's `feed_head` row, and a run numbers marks that it can
see, that is, committed ones. So the numbered rows are always a prefix of history: no reader at
number n will later miss a row below n, however late a writer commits. Marks are taken by existence,
never by an id watermark. The marks go in the same commit as the numbers, so a killed run left nothing.
Source: sync protocol 2.6.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import sqlalchemy as sa
from flask import current_app

from server.bulk import given_rows, upsert_rows
from server.config import Config
from server.database import db, write
from server.feed.entities import load_documents
from server.feed.tables import Feed, FeedDirty, FeedHead, FeedMark
from server.feed.waiting import tell_waiters
from shared.wire.feed_rows import row_hash, sum_with, sum_without

RUN_MARKS = 2000
TAG_DIGITS = 16

_MAKE_HEAD = sa.text(
    "INSERT INTO feed_head (scope, head, min_seq, chain, totals) VALUES (:scope, 0, 0, '', '{}')"
    " ON CONFLICT (scope) DO NOTHING"
)

# Etype and key of an entity of the scope in hand.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a scope stands; `totals` maps an etype to how many of it exist and their sum of hashes."""

    number: int
    min_seq: int
    chain: str
    totals: dict[str, tuple[int, int]]


def sequence(scope: str | None = None, limit: int = RUN_MARKS) -> int:
    """Number the oldest `limit` marks of one scope, or of each; how many marks were taken.

    With a scope it waits for a run that is under way there, so everything that was committed before the
    call is numbered or among the marks left. Without, it leaves scopes alone that somebody else
    is numbering.
    """
    scopes = dirty_scopes() if scope is None else [scope]
    taken = 0
    for each in scopes:
        taken += write(partial(_run, scope=each, limit=limit, skip_locked=scope is None))
        tell_waiters()
    return taken


def drain(scope: str | None = None, *, runs: int = 1_000_000) -> bool:
    """Sequence until no mark is left, at most so many times; whether none is left."""
    for _ in range(runs):
        if not is_dirty(scope):
            return True
        if sequence(scope) == 0 and scope is None:
            # Somebody else is at every scope that has marks.
            return False
    return not is_dirty(scope)


def dirty_scopes() -> list[str]:
    """The scopes with marks that wait for a number."""
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.select(FeedDirty.scope).distinct().order_by(FeedDirty.scope)))


def is_dirty(scope: str | None = None) -> bool:
    """Whether a committed mark waits for a number. Marks of an unfinished run count: it may yet fail."""
    found = sa.select(FeedDirty.id).limit(1)
    if scope is not None:
        found = found.where(FeedDirty.scope == scope)
    with db.engine.connect() as connection:
        return connection.execute(found).first() is not None


def read_totals(text: str) -> dict[str, tuple[int, int]]:
    """Totals as a head row keeps them."""
    return {etype: (count, int(total, 16)) for etype, (count, total) in json.loads(text).items()}


def write_totals(totals: dict[str, tuple[int, int]]) -> str:
    """Totals for a head row; types of which nothing exists are left out."""
    return json.dumps(
        {etype: (count, f"{total:016x}") for etype, (count, total) in sorted(totals.items()) if count}
    )


def lock_head(connection: sa.Connection, scope: str, *, skip_locked: bool = False) -> Head | None:
    """Lock a scope's head, making it on first use; None if it is taken and one would not wait."""
    asked = (
        sa.select(FeedHead.head, FeedHead.min_seq, FeedHead.chain, FeedHead.totals)
        .where(FeedHead.scope == scope)
        .with_for_update(skip_locked=skip_locked)
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        # Making it would wait for the run that holds it, so a run that skips looks first.
        known = sa.select(FeedHead.scope).where(FeedHead.scope == scope)
        if skip_locked and connection.execute(known).first() is not None:
            return None
        connection.execute(_MAKE_HEAD, {"scope": scope})
        row = connection.execute(asked).one_or_none()
    return row and Head(row.head, row.min_seq, row.chain, read_totals(row.totals))


def _run(connection: sa.Connection, *, scope: str, limit: int, skip_locked: bool) -> int:
    head = lock_head(connection, scope, skip_locked=skip_locked)
    if head is None:
        return 0
    marks = _take_marks(connection, scope, limit)
    keys = list(dict.fromkeys((etype, ekey) for _, etype, ekey in marks))
    # Read after the marks are taken: a change committed in between is read now and its own mark
    # stays, so what readers get can be newer than a mark but never older.
    documents = _documents(connection, scope, keys)
    numbered = _numbered(connection, scope, keys)
    changed = [key for key in keys if documents.get(key) != numbered.get(key)]
    if changed:
        _number(connection, scope, head, [(key, numbered.get(key), documents.get(key)) for key in changed])
    return len(marks)


def _take_marks(connection: sa.Connection, scope: str, limit: int) -> list[tuple[int, str, str]]:
    oldest = sa.select(FeedDirty.id).where(FeedDirty.scope == scope).order_by(FeedDirty.id).limit(limit)
    taken = connection.execute(
        sa.delete(FeedDirty)
        .where(FeedDirty.id.in_(oldest))
        .returning(FeedDirty.id, FeedDirty.etype, FeedDirty.ekey)
    )
    return sorted((row.id, row.etype, row.ekey) for row in taken)


def _documents(connection: sa.Connection, scope: str, keys: Iterable[Key]) -> dict[Key, str]:
    """What exists now, by key."""
    by_etype: dict[str, list[str]] = {}
    for etype, ekey in keys:
        by_etype.setdefault(etype, []).append(ekey)
    return {
        (etype, ekey): text
        for etype, ekeys in by_etype.items()
        for ekey, text in load_documents(connection, scope, etype, ekeys).items()
    }


def _numbered(connection: sa.Connection, scope: str, keys: list[Key]) -> dict[Key, str]:
    """What readers know of these entities; what was never told, or told to be gone, is left out."""
    if not keys:
        return {}
    table = Feed.__table__
    given = given_rows(
        connection, table, ("scope", "etype", "ekey"), [(scope, etype, ekey) for etype, ekey in keys]
    )
    same = sa.and_(*(table.c[name] == given.c[name] for name in ("scope", "etype", "ekey")))
    rows = connection.execute(
        sa.select(table.c.etype, table.c.ekey, table.c.document)
        .join_from(given, table, same)
        .where(table.c.op == "u")
    )
    return {(etype, ekey): document for etype, ekey, document in rows}


def _number(
    connection: sa.Connection,
    scope: str,
    head: Head,
    changes: list[tuple[Key, str | None, str | None]],
) -> None:
    """Give each change (key, document before, document now) the next number; None means gone."""
    now = _config().now()
    number, chain, totals = head.number, head.chain, dict(head.totals)
    rows = []
    for (etype, ekey), before, document in changes:
        number += 1
        op = "d" if document is None else "u"
        chain = _link(chain, number, etype, ekey, op, document or "")
        totals[etype] = _recounted(totals.get(etype, (0, 0)), (etype, ekey), before, document)
        rows.append((scope, etype, ekey, number, op, document, now))
    upsert_rows(
        connection,
        Feed.__table__,
        keys=("scope", "etype", "ekey"),
        values=("seq", "op", "document", "changed_at"),
        rows=rows,
    )
    connection.execute(
        sa.update(FeedHead)
        .where(FeedHead.scope == scope)
        .values(head=number, chain=chain, totals=write_totals(totals))
    )
    connection.execute(
        sa.insert(FeedMark).values(scope=scope, seq=number, tag=chain[:TAG_DIGITS], marked_at=now)
    )


def _link(chain: str, number: int, *parts: str) -> str:
    """The running hash over everything numbered so far, one row further; the last part is the document."""
    *named, document = parts
    digest = sha256(document.encode()).hexdigest()
    # U+0000 stands in no key, so no two histories spell the same.
    return sha256("\0".join((chain, str(number), *named, digest)).encode()).hexdigest()


def _recounted(total: tuple[int, int], key: Key, before: str | None, document: str | None) -> tuple[int, int]:
    count, hashes = total
    if before is not None:
        count, hashes = count - 1, sum_without(hashes, row_hash(*key, before))
    if document is not None:
        count, hashes = count + 1, sum_with(hashes, row_hash(*key, document))
    return count, hashes


def _config() -> Config:
    config: Config = current_app.config["SCANLEDGER"]
    return config
