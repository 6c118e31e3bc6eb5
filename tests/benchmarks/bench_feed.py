"""The feed of 100,000 items with 1.25 bar codes each: numbered, paged, made a snapshot of, and imported.

Floors of the same run: for making a snapshot, compressing the same text; for importing it, unpacking, parsing
and inserting the same rows into a bare table; for numbering, a raw upsert of the same rows.
"""

import contextlib
import gzip
import json
import os
import sqlite3
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from server import create_app
from server.bulk import insert_rows, upsert_rows
from server.config import Config
from server.database import db, dispose, write
from server.feed.reading import read_page
from server.feed.rebuild import mark_scope
from server.feed.sequencer import drain
from server.feed.snapshots import make_snapshot
from server.feed.tables import Feed
from server.masterdata.tables import InventorySetup, Item, ItemIdentifier, ItemUnitOfMeasure, UnitOfMeasure
from server.migrations.run import upgrade
from shared.wire.envelopes import SnapshotManifest
from terminal.store.scope_file import ScopeFile
from terminal.sync.pull import rows_of
from tests.support.databases import PostgresqlCopies
from tests.support.missing import ServiceMissing
from tests.support.postgresql import find_server

Report = Callable[..., None]
T = TypeVar("T")
COLOURS = ("red", "white", "ivory", "pink", "blue", "black", "green", "antique silver")
THINGS = ("hanging heart", "tea light holder", "lunch bag", "cake stand", "doormat", "mug", "paper chain kit")


def run(report: Report) -> None:
    """Measure SQLite, then PostgreSQL where one answers; BENCH_ITEMS changes how many items there are."""
    items = int(os.environ.get("BENCH_ITEMS", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        _measure("sqlite", f"sqlite:///{folder}/bench.db", Path(folder), items, report=report)
    try:
        copies = PostgresqlCopies(find_server(), _migrate)
    except ServiceMissing as refusal:
        print(f"PostgreSQL was not measured: {refusal}", file=sys.stderr)
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure("postgresql", copies.clone(), Path(folder), items, report=report)
    finally:
        copies.drop_all()


def _measure(name: str, url: str, home: Path, items: int, *, report: Report) -> None:
    app = create_app(_config(url, home))
    if name == "sqlite":
        upgrade(app)
    with app.app_context():
        write(lambda connection: _fill(connection, items))
        write(lambda connection: mark_scope(connection, "ref"))
        _measure_numbering(f"feed {name}", report)
        _measure_reading(f"feed {name}", report)
        manifest = _measure_snapshot(f"feed {name}", home, report)
    if name == "sqlite":
        # What the device does is the same, whatever database the server has.
        _measure_import(manifest, home, report)
    dispose(app)


def _measure_numbering(name: str, report: Report) -> None:
    took_s, _ = timed(drain)
    with db.engine.connect() as connection:
        columns = ("scope", "etype", "ekey", "seq", "op", "document", "changed_at")
        rows = [
            tuple(row) for row in connection.execute(sa.select(*(Feed.__table__.c[each] for each in columns)))
        ]

    def raw(connection: sa.Connection) -> None:
        connection.execute(sa.delete(Feed))
        for at in range(0, len(rows), 2000):
            upsert_rows(
                connection, Feed.__table__, keys=columns[:3], values=columns[3:], rows=rows[at : at + 2000]
            )

    floor_s, _ = timed(lambda: write(raw))
    report(f"{name}, numbering", len(rows) / took_s, "rows/s", floor=len(rows) / floor_s)


def _measure_reading(name: str, report: Report) -> None:
    def read_all() -> int:
        rows, cursor, more = 0, "", True
        while more:
            page = read_page("ref", cursor)
            rows, cursor, more = rows + len(page.rows), page.cursor, page.more
        return rows

    took_s, rows = timed(read_all)
    report(f"{name}, reading from the start in pages", rows / took_s, "rows/s")


def _measure_snapshot(name: str, home: Path, report: Report) -> SnapshotManifest:
    took_s, manifest = timed(lambda: make_snapshot("ref"))
    texts = [gzip.decompress(content) for content in _contents(manifest, home)]
    floor_s, _ = timed(lambda: [gzip.compress(text, compresslevel=6, mtime=0) for text in texts])
    raw_bytes = sum(map(len, texts))
    packed_bytes = sum(chunk.bytes for chunk in manifest.chunks)
    report(f"{name}, snapshot rows", sum(chunk.rows for chunk in manifest.chunks), "rows")
    report(f"{name}, snapshot size", packed_bytes / 1e6, "MB", floor=raw_bytes / 1e6)
    report(f"{name}, making the snapshot", took_s, "s", floor=floor_s)
    report(
        f"{name}, memory of making it", _peak_mb(lambda: make_snapshot("ref")), "MB", floor=raw_bytes / 1e6
    )
    return manifest


def _measure_import(manifest: SnapshotManifest, home: Path, report: Report) -> None:
    contents = _contents(manifest, home)
    folder = home / "device"

    def import_as_a_device() -> int:
        scope = ScopeFile(folder, lambda path: sqlite3.connect(path, isolation_level=None), "WAL")
        snapshot = scope.begin_snapshot(manifest.seq)
        for chunk, content in zip(manifest.chunks, contents, strict=True):
            snapshot.add(chunk.sha256, rows_of(content, manifest))
        snapshot.finish(manifest.cursor, manifest.seq, manifest.as_of)
        count = sum(scope.counts().values())
        scope.close()
        return count

    took_s, count = timed(import_as_a_device)
    assert count == sum(chunk.rows for chunk in manifest.chunks), count
    floor_s, _ = timed(lambda: _insert_plainly(contents, home / "plain.db"))
    report("feed, importing the snapshot on the device", took_s, "s", floor=floor_s)


def _insert_plainly(contents: list[bytes], path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE record (etype, ekey, document, PRIMARY KEY (etype, ekey)) WITHOUT ROWID"
        )
        for content in contents:
            lines = gzip.decompress(content).decode().split("\n")[1:-1]
            rows = [json.loads(line) for line in lines]
            connection.executemany(
                "INSERT INTO record VALUES (?, ?, ?)", [(row[0], row[1], json.dumps(row[4])) for row in rows]
            )
            connection.commit()


def _contents(manifest: SnapshotManifest, home: Path) -> list[bytes]:
    folder = home / "snapshots"
    return [(folder / f"{chunk.sha256}.ndjson.gz").read_bytes() for chunk in manifest.chunks]


# ------------------------------------------------------------------ the company


def _fill(connection: sa.Connection, items: int) -> None:
    connection.execute(sa.insert(InventorySetup).values(server_epoch="bench"))
    connection.execute(sa.insert(UnitOfMeasure), [{"code": "PCS"}, {"code": "BOX"}])
    columns = (
        "no",
        "description",
        "type",
        "base_unit_of_measure_code",
        "gtin",
        "is_blocked",
        "costing_method",
        "unit_cost",
        "unit_price",
        "prevent_negative_inventory",
        "tracking",
        "abc_class",
        "shelf_no",
    )
    insert_rows(connection, Item.__table__, columns, map(_item, range(items)))
    insert_rows(
        connection,
        ItemUnitOfMeasure.__table__,
        ("item_no", "code", "quantity_per_unit", "quantity_rounding_precision"),
        ((f"{at:06d}", "PCS", Decimal(1), Decimal(1)) for at in range(items)),
    )
    # Every fourth item has a second code, for its box.
    insert_rows(
        connection,
        ItemIdentifier.__table__,
        ("code", "item_no", "variant_code", "unit_of_measure_code"),
        ((f"1{at:013d}", f"{at:06d}", "", "BOX") for at in range(0, items, 4)),
    )


def _item(at: int) -> tuple[Any, ...]:
    colour, thing = COLOURS[at % len(COLOURS)], THINGS[at // 8 % len(THINGS)]
    description = f"{colour} {thing}, set of {at % 13 + 1}, design {at * 7919 % 99991}"
    return (
        f"{at:06d}",
        description,
        "inventory",
        "PCS",
        f"0{at * 97 + 5_000_000_000:013d}",
        False,
        "FIFO",
        Decimal(0),
        Decimal(0),
        "default",
        "none",
        "",
        "",
    )


def _config(url: str, home: Path) -> Config:
    return Config(home=home, database_url=url, secret_key="bench")


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder, _closing_app(url, Path(folder)) as app:
        upgrade(app)


@contextlib.contextmanager
def _closing_app(url: str, home: Path) -> Iterator[Any]:
    app = create_app(_config(url, home))
    yield app
    dispose(app)


# ------------------------------------------------------------------ measuring


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that some work takes, and what it gives back."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _peak_mb(work: Callable[[], Any]) -> float:
    """The most memory that Python held for some work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
