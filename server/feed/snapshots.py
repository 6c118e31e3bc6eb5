"""Snapshots: a whole scope as files, for devices that start from nothing or were away too long.

A snapshot is what a reader's copy holds at one number, so no tombstones. It is cut into chunks of 5,000
rows, each a gzip of a header line and one JSON array a line, named by the SHA-256 of its bytes: a
chunk never changes, may be kept for ever and fetched in ranges. Equal rows give equal bytes. Only one chunk
is in memory at a time. Files are written before the manifest that names them is committed, and removed
after the last one that did is gone; a file that no manifest names yet may belong to a snapshot that is
being made, so only old ones are removed.
"""

import gzip
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from server.database import db, write
from server.feed.cursor import Position, cursor_text, tag_at
from server.feed.reading import config, load_head, snapshot_connection
from server.feed.sequencer import drain, read_totals
from server.feed.tables import Feed, FeedHead, Snapshot
from server.masterdata.load import load_setup
from shared.wire.envelopes import SnapshotChunk, SnapshotManifest
from shared.wire.feed_rows import SNAPSHOT_COLUMNS

CHUNK_ROWS = 5000
# Below this many rows the feed itself is as quick; no snapshot is made by itself.
WORTHWHILE_ROWS = 5000
# Devices that are half through a snapshot may finish it.
KEPT_PER_SCOPE = 2
MADE_AGAIN_AFTER = timedelta(hours=24)
MADE_AGAIN_SHARE = 20
UNNAMED_FILES_STAY = timedelta(hours=1)
CHUNK_URL = "/sync/v1/snapshot/{sha256}"

# Called with the rows written so far and all rows.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    sha256: str
    bytes: int
    rows: int


def make_snapshot(scope: str, *, progress: Progress | None = None) -> SnapshotManifest:
    """Make a snapshot of a scope as it is now, and let go of those that are too old."""
    drain(scope)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    chunks = []
    with snapshot_connection() as connection:
        head = load_head(connection, scope)
        total = sum(count for count, _ in head.totals.values())
        done = 0
        for lines in _rows_in_chunks(connection, scope, head.number):
            chunks.append(_write_chunk(folder, scope, head.number, lines))
            done += len(lines)
            if progress is not None:
                progress(done, total)
    _name_chunks(scope, head.number, chunks)
    remove_unnamed_files()
    made = load_manifest(scope)
    assert made is not None, f"the snapshot of {scope} vanished while it was made"
    return made


def load_manifest(scope: str) -> SnapshotManifest | None:
    """The newest snapshot of a scope from which the feed can go on; None if there is none."""
    with snapshot_connection() as connection:
        row = connection.execute(
            sa.select(Snapshot.seq, Snapshot.made_at, Snapshot.chunks)
            .where(Snapshot.scope == scope)
            .order_by(Snapshot.seq.desc())
            .limit(1)
        ).one_or_none()
        if row is None or row.seq < load_head(connection, scope).min_seq:
            return None
        tag = tag_at(connection, scope, row.seq)
        server_epoch = load_setup(connection).server_epoch
    if tag is None:
        return None
    position = Position(scope=scope, server_epoch=server_epoch, seq=row.seq, head=row.seq, tag=tag)
    return SnapshotManifest(
        scope=scope,
        seq=row.seq,
        cursor=cursor_text(position, config().secret_key),
        chunks=tuple(
            SnapshotChunk(**chunk, url=CHUNK_URL.format(**chunk)) for chunk in json.loads(row.chunks)
        ),
        server_epoch=server_epoch,
        as_of=row.made_at,
    )


def chunk_path(digest: str, scopes: list[str]) -> Path | None:
    """The file of a chunk that a snapshot of one of these scopes names; None if none does."""
    with db.engine.connect() as connection:
        named = connection.scalars(sa.select(Snapshot.chunks).where(Snapshot.scope.in_(scopes))).all()
    if not any(chunk["sha256"] == digest for chunks in named for chunk in json.loads(chunks)):
        return None
    path = _path(_folder(), digest)
    return path if path.exists() else None


def due_scopes(now: datetime) -> list[str]:
    """Scopes whose devices would profit from a new snapshot: a twentieth changed, or a day went by."""
    last_seq, last_at = sa.func.max(Snapshot.seq), sa.func.max(Snapshot.made_at)
    newest = (
        sa.select(Snapshot.scope, last_seq.label("seq"), last_at.label("made_at"))
        .group_by(Snapshot.scope)
        .subquery()
    )
    with db.engine.connect() as connection:
        heads = connection.execute(
            sa.select(FeedHead.scope, FeedHead.head, FeedHead.totals, newest.c.seq, newest.c.made_at)
            .outerjoin(newest, newest.c.scope == FeedHead.scope)
            .where(FeedHead.scope.not_like("dev:%"))
            .order_by(FeedHead.scope)
        ).all()
    due = []
    for scope, head, totals, seq, made_at in heads:
        rows = sum(count for count, _ in read_totals(totals).values())
        moved = head - (seq or 0)
        if rows < WORTHWHILE_ROWS or not moved:
            continue
        if made_at is None or moved * MADE_AGAIN_SHARE >= rows or now - made_at >= MADE_AGAIN_AFTER:
            due.append(scope)
    return due


def remove_unnamed_files() -> int:
    """Remove chunks that no snapshot names any more, and what a killed run left; how many there were."""
    folder = _folder()
    if not folder.exists():
        return 0
    with db.engine.connect() as connection:
        named = {
            chunk["sha256"]
            for chunks in connection.scalars(sa.select(Snapshot.chunks))
            for chunk in json.loads(chunks)
        }
    old = (config().now() - UNNAMED_FILES_STAY).timestamp()
    removed = 0
    for path in folder.iterdir():
        if path.name.partition(".")[0] not in named and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _rows_in_chunks(connection: sa.Connection, scope: str, head: int) -> Iterator[list[str]]:
    """The rows that exist, as lines, in the order of their numbers."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(Feed.etype, Feed.ekey, Feed.seq, Feed.document)
            .where(Feed.scope == scope, Feed.seq > last, Feed.seq <= head, Feed.op == "u")
            .order_by(Feed.seq)
            .limit(CHUNK_ROWS)
        ).all()
        if rows:
            yield [_line(row.etype, row.ekey, row.seq, row.document or "null") for row in rows]
        if len(rows) < CHUNK_ROWS:
            return
        last = rows[-1].seq


def _line(etype: str, ekey: str, seq: int, document: str) -> str:
    """One row; the document goes in as the text that it is, since parsing it would only cost time."""
    return f'["{etype}",{json.dumps(ekey)},{seq},"u",{document}]'


def _write_chunk(folder: Path, scope: str, head: int, lines: list[str]) -> _Chunk:
    header = json.dumps({"scope": scope, "seq": head, "columns": SNAPSHOT_COLUMNS}, separators=(",", ":"))
    content = gzip.compress("\n".join([header, *lines, ""]).encode(), compresslevel=6, mtime=0)
    digest = sha256(content).hexdigest()
    path = _path(folder, digest)
    if path.exists():
        # Old and perhaps about to be removed: young again, it stays until a manifest names it.
        os.utime(path)
    else:
        unfinished = folder / f"{digest}.{secrets.token_hex(4)}.unfinished"
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    return _Chunk(sha256=digest, bytes=len(content), rows=len(lines))


def _name_chunks(scope: str, seq: int, chunks: list[_Chunk]) -> None:
    listed = json.dumps([{"sha256": each.sha256, "bytes": each.bytes, "rows": each.rows} for each in chunks])
    made_at = config().now()

    def name(connection: sa.Connection) -> None:
        connection.execute(sa.delete(Snapshot).where(Snapshot.scope == scope, Snapshot.seq == seq))
        connection.execute(sa.insert(Snapshot).values(scope=scope, seq=seq, made_at=made_at, chunks=listed))
        kept = (
            sa.select(Snapshot.seq)
            .where(Snapshot.scope == scope)
            .order_by(Snapshot.seq.desc())
            .limit(KEPT_PER_SCOPE)
        )
        connection.execute(sa.delete(Snapshot).where(Snapshot.scope == scope, Snapshot.seq.not_in(kept)))

    write(name)


def _folder() -> Path:
    return config().home / "snapshots"


def _path(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.ndjson.gz"
