"""One scope of reference data in one SQLite file: the newest document per entity, and the feed's cursor.

Always holds: a page and its cursor are one commit; a snapshot is built in a file of its own, chunk by chunk,
while look-ups go on against the old one, and counts only once the pointer names it. Nothing here is the
only copy: a damaged file is dropped and fetched again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.quantity import QuantityError, parse_quantity
from shared.wire.envelopes import FeedPage, FeedRow
from terminal.store.database import open_database, writing
from terminal.store.effects import steps
from terminal.store.ports import Connect

POINTER = "current"
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE record (
            etype TEXT NOT NULL, ekey TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY (etype, ekey)) WITHOUT ROWID""",
        """CREATE TABLE stock (
            ekey TEXT NOT NULL PRIMARY KEY, bin_code TEXT NOT NULL, item_no TEXT NOT NULL,
            variant_code TEXT NOT NULL, lot_no TEXT NOT NULL, serial_no TEXT NOT NULL,
            quantity INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX stock_bin ON stock (bin_code)",
        "CREATE INDEX stock_item ON stock (item_no)",
        "CREATE TABLE chunk (sha256 TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
)


class ScopeFile:
    """The file that the pointer of a scope's folder names; made empty when there is none."""

    def __init__(self, folder: Path, connect: Connect, journal_mode: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._connect, self._journal_mode = folder, connect, journal_mode
        self.connection = self._open(self._pointed() or "ref-0.db")

    def _open(self, name: str) -> sqlite3.Connection:
        return open_database(
            self._connect,
            self._folder / name,
            migrations=_MIGRATIONS,
            journal_mode=self._journal_mode,
            synchronous="NORMAL",
        )

    def _pointed(self) -> str | None:
        with suppress(FileNotFoundError):
            name = (self._folder / POINTER).read_text(encoding="ascii").strip()
            if (self._folder / name).is_file():
                return name
        return None

    def close(self) -> None:
        self.connection.close()

    def drop(self) -> None:
        """Forget everything; the next pull begins from nothing."""
        self.close()
        (self._folder / POINTER).unlink(missing_ok=True)
        self._delete_files_but("")
        self.connection = self._open("ref-0.db")

    def _delete_files_but(self, kept: str) -> None:
        for path in self._folder.glob("ref-*.db*"):
            if not kept or not path.name.startswith(kept):
                path.unlink(missing_ok=True)

    # -- reading

    def get(self, name: str, default: str = "") -> str:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def document(self, etype: str, ekey: str) -> dict[str, Any] | None:
        """The newest document of an entity; None where there is none."""
        row = self.connection.execute(
            "SELECT document FROM record WHERE etype = ? AND ekey = ?", (etype, ekey)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def documents(self, etype: str) -> Iterator[dict[str, Any]]:
        """Every document of a type, by key. For types that have few."""
        for row in self.connection.execute(
            "SELECT document FROM record WHERE etype = ? ORDER BY ekey", (etype,)
        ):
            yield json.loads(row[0])

    def counts(self) -> dict[str, int]:
        """How many entities of each type are here; types of which there are none are left out."""
        counts: dict[str, int] = dict(
            self.connection.execute("SELECT etype, count(*) FROM record GROUP BY etype")
        )
        (stock,) = self.connection.execute("SELECT count(*) FROM stock").fetchone()
        if stock:
            # Stock rows that this build cannot read lie among the records.
            counts["stock"] = counts.get("stock", 0) + int(stock)
        return counts

    def note(self, **values: str) -> None:
        """Remember something of this copy; a new copy knows nothing of it."""
        with writing(self.connection):
            _put_meta(self.connection, **values)

    # -- the feed

    def apply(self, page: FeedPage) -> None:
        """A page and its cursor in one commit."""
        with writing(self.connection):
            _put_rows(self.connection, page.rows)
            _put_meta(
                self.connection,
                cursor=page.cursor,
                as_of=page.as_of.isoformat(),
                seq=str(page.rows[-1].seq if page.rows and page.more else page.head),
            )

    # -- snapshots

    def begin_snapshot(self, seq: int, *, is_fresh: bool = False) -> "SnapshotImport":
        """A file to import a snapshot into; unless fresh, goes on where a killed import of it stopped."""
        name = f"ref-{seq}.db"
        if name == (self._pointed() or "ref-0.db"):
            # The running file may be the one that went wrong: never build the new one inside it.
            name = f"ref-{seq}a.db"
        running = self._pointed() or "ref-0.db"
        for path in self._folder.glob("ref-*.db*"):
            is_kept = path.name.startswith(running) or (path.name.startswith(name) and not is_fresh)
            if not is_kept:
                path.unlink(missing_ok=True)
        return SnapshotImport(self, name, self._open(name))

    def switch(self, name: str, connection: sqlite3.Connection) -> None:
        """Let the pointer name the new file, then delete the old one."""
        pointer = self._folder / (POINTER + ".new")
        pointer.write_text(name, encoding="ascii")
        pointer.rename(self._folder / POINTER)
        self.connection.close()
        self.connection = connection
        self._delete_files_but(name)


class SnapshotImport:
    """A snapshot on its way into its own file. Each chunk and the note that it is in are one commit."""

    def __init__(self, scope: ScopeFile, name: str, connection: sqlite3.Connection) -> None:
        self._scope, self._name, self._connection = scope, name, connection

    def has(self, sha256: str) -> bool:
        """Whether a chunk is in already."""
        row = self._connection.execute("SELECT 1 FROM chunk WHERE sha256 = ?", (sha256,)).fetchone()
        return row is not None

    def add(self, sha256: str, rows: Iterable[FeedRow]) -> None:
        """Import one chunk."""
        with writing(self._connection):
            _put_rows(self._connection, rows)
            self._connection.execute("INSERT OR IGNORE INTO chunk VALUES (?)", (sha256,))

    def finish(self, cursor: str, seq: int, as_of: datetime) -> None:
        """All chunks are in: take the new file over. The feed goes on from `cursor`."""
        with writing(self._connection):
            _put_meta(self._connection, cursor=cursor, seq=str(seq), as_of=as_of.isoformat())
        self._scope.switch(self._name, self._connection)

    def abandon(self) -> None:
        """Close the half-made file; the chunks in it are found again next time."""
        self._connection.close()


def _put_meta(connection: sqlite3.Connection, **values: str) -> None:
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))


def _put_rows(connection: sqlite3.Connection, rows: Iterable[FeedRow]) -> None:
    """Upserts and tombstones. What this build cannot read is kept among the records: a newer one may, and
    the copy has as many entities as the server says.
    """
    kept: list[tuple[str, str, str]] = []
    stock: list[tuple[str | int, ...]] = []
    gone: list[tuple[str, str]] = []
    for row in rows:
        if row.op == "d" or row.document is None or row.etype == "stock":
            # A stock row goes first too: readable or not, it is in one of both tables.
            gone.append((row.etype, row.ekey))
        if row.op == "d" or row.document is None:
            continue
        if row.etype == "stock":
            # One row that a newer server writes otherwise must not stop all the others.
            with suppress(KeyError, TypeError, QuantityError):
                stock.append(_stock_values(row.ekey, row.document))
                continue
        kept.append((row.etype, row.ekey, json.dumps(row.document, ensure_ascii=False)))
    connection.executemany("DELETE FROM record WHERE etype = ? AND ekey = ?", gone)
    connection.executemany(
        "DELETE FROM stock WHERE ekey = ?", [(ekey,) for etype, ekey in gone if etype == "stock"]
    )
    connection.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", kept)
    connection.executemany("INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?, ?, ?)", stock)


def _stock_values(ekey: str, document: dict[str, Any]) -> tuple[str | int, ...]:
    names = ("bin_code", "item_no", "variant_code", "lot_no", "serial_no")
    texts = [str(document.get(name, "")) for name in names]
    return ekey, *texts, steps(parse_quantity(document["quantity_base"]))
