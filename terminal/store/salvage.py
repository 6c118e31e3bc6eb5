"""A damaged queue is never deleted: it is set aside under a name of its own and read row by row.

Always holds: at every moment either queue.db is whole, or it is missing and the newest set-aside file is what
it has to be made from again; so a kill in the middle only means that the salvage is done once more.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.wire.transactions import canonical, chain, hash_record
from terminal.store.database import is_sound, open_database, writing
from terminal.store.ports import Connect
from terminal.store.schema import QUEUE_MIGRATIONS, SALVAGED_TABLES

_BESIDE = ("", "-wal", "-shm", "-journal")
# Ends the search for readable rows behind a run of unreadable ones.
_LONGEST_HOLE = 2_000


@dataclass(slots=True)
class Salvaged:
    """How many rows of each table were carried over from which file."""

    source: Path
    rows: dict[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        counted = ", ".join(f"{table} {count}" for table, count in self.rows.items())
        return f"queue was damaged; kept as {self.source.name}; carried over: {counted}"


def mend(path: Path, connect: Connect) -> Salvaged | None:
    """Make sure that `path` is whole or absent; tells what was salvaged, None when nothing was wrong."""
    if path.exists() and not _opens_sound(path, connect):
        _set_aside(path)
    if path.exists():
        return None
    newest = _newest_set_aside(path)
    if newest is None:
        return None
    _bring_along(path, newest)
    half_done = path.with_name("queue-new.db")
    for suffix in _BESIDE:
        half_done.with_name(half_done.name + suffix).unlink(missing_ok=True)
    salvaged = _copy(newest, half_done, connect)
    half_done.rename(path)
    return salvaged


def _opens_sound(path: Path, connect: Connect) -> bool:
    try:
        with closing(connect(path)) as connection:
            return is_sound(connection)
    except sqlite3.DatabaseError:
        return False


def _set_aside(path: Path) -> None:
    number = 1
    while path.with_name(f"queue-damaged-{number}.db").exists():
        number += 1
    path.rename(path.with_name(f"queue-damaged-{number}.db"))


def _bring_along(path: Path, aside: Path) -> None:
    """The log and journal of a file that was set aside hold part of its rows."""
    for suffix in _BESIDE[1:]:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))


def _newest_set_aside(path: Path) -> Path | None:
    found = list(path.parent.glob("queue-damaged-*.db"))
    return max(found, key=lambda each: int(each.stem.rsplit("-", 1)[1])) if found else None


def _copy(source: Path, target: Path, connect: Connect) -> Salvaged:
    salvaged = Salvaged(source)
    # No write-ahead log here: the new file is renamed when it is done, and a log would not follow it.
    opened = open_database(
        connect, target, migrations=QUEUE_MIGRATIONS, journal_mode="DELETE", synchronous="FULL"
    )
    with closing(opened) as new:
        new.execute("PRAGMA foreign_keys = OFF")
        with closing(connect(source)) as old, writing(new):
            for table in SALVAGED_TABLES:
                salvaged.rows[table] = _copy_table(old, new, table)
            salvaged.rows["carved"] = _carve(source, new)
            _restore_place(new)
    return salvaged


def _copy_table(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    marks = ", ".join("?" * len(columns))
    count = 0
    for row in readable_rows(old, table, columns):
        with suppress(sqlite3.IntegrityError):
            new.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", row)  # noqa: S608
            count += 1
    return count


def readable_rows(old: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Every row that can still be read, by key order first, then by row number behind a damaged page."""
    wanted = ", ".join(columns)
    seen: set[tuple[Any, ...]] = set()
    for order in ("", "ORDER BY rowid", "ORDER BY rowid DESC"):
        try:
            for row in old.execute(f"SELECT {wanted} FROM {table} {order}"):  # noqa: S608
                if row not in seen:
                    seen.add(row)
                    yield row
            return
        except sqlite3.Error:
            continue
    yield from _rows_one_by_one(old, table, wanted, seen)


def _rows_one_by_one(
    old: sqlite3.Connection, table: str, wanted: str, seen: set[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    missed, rowid = 0, 0
    while missed < _LONGEST_HOLE:
        rowid += 1
        try:
            row = old.execute(f"SELECT {wanted} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()  # noqa: S608
        except sqlite3.Error:
            row = None
        missed = missed + 1 if row is None else 0
        if row is not None and row not in seen:
            seen.add(row)
            yield row


def _carve(source: Path, new: sqlite3.Connection) -> int:
    """Transactions that SQLite cannot reach any more, found in the raw bytes and proved by their own hash.

    They are queued again, whatever became of them: the server knows the ids that it has.
    """
    count = 0
    for suffix in _BESIDE:
        beside = source.with_name(source.name + suffix)
        if not beside.exists():
            continue
        for record in _records_in(beside.read_bytes().decode("utf-8", "replace")):
            place = (record["epoch"], record["seq"])
            known = new.execute("SELECT 1 FROM archived WHERE (epoch, seq) = (?, ?)", place).fetchone()
            if known is None:
                count += new.execute(
                    "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)",
                    (
                        record["transaction_id"],
                        *place,
                        record["kind"],
                        canonical(record).decode(),
                        record.get("worker_id", ""),
                        record.get("occurred_wall", ""),
                    ),
                ).rowcount
    return count


def _records_in(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    # The keys of a stored record are sorted; these are the first that one can have.
    for match in re.finditer(r'\{"(?:after|basis|body)":', text):
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            record, _ = decoder.raw_decode(text, match.start())
            if record["hash"] == hash_record(record) and {"transaction_id", "epoch", "seq", "kind"} <= set(
                record
            ):
                yield record


def _restore_place(new: sqlite3.Connection) -> None:
    """Never hand out a seq again that a salvaged row already has, and go on from the newest row's chain."""
    row = new.execute(
        "SELECT epoch, seq, record FROM outbox ORDER BY epoch DESC, seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return
    epoch, seq, record = row[0], row[1], json.loads(row[2])
    kept = dict(new.execute("SELECT name, value FROM meta WHERE name IN ('epoch', 'seq')").fetchall())
    if (int(kept.get("epoch", "0")), int(kept.get("seq", "0"))) < (epoch, seq):
        link = chain(record.get("prev", ""), epoch, seq, record["hash"])
        for name, value in (("epoch", epoch), ("seq", seq), ("chain", link)):
            new.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, str(value)))


def rescue_lines(connection: sqlite3.Connection) -> Iterator[str]:
    """Everything a server needs to take the queue in by hand, one JSON object a line."""
    yield json.dumps({"rescue": 1, **_public_meta(connection)}, ensure_ascii=False)
    for record, state in connection.execute("SELECT record, state FROM outbox ORDER BY epoch, seq"):
        yield f'{{"state":{json.dumps(state)},"transaction":{record}}}'
    for row in connection.execute(
        """SELECT scan_no, raw, occurred_wall, flow, worker_id, became, transaction_id
           FROM scan ORDER BY scan_no"""
    ):
        names = ("scan_no", "raw", "occurred_wall", "flow", "worker_id", "became", "transaction_id")
        yield json.dumps({"scan": dict(zip(names, row, strict=True))}, ensure_ascii=False)


def _public_meta(connection: sqlite3.Connection) -> dict[str, str]:
    public = ("device_id", "epoch", "seq", "install_id", "location_code")
    rows = connection.execute("SELECT name, value FROM meta").fetchall()
    return {name: value for name, value in rows if name in public}
