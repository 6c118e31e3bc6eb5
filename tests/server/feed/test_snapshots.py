"""A snapshot and the feed from its cursor are the server's state at head."""

import gzip
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server.feed import snapshots
from server.feed.pruning import prune
from server.feed.reading import config
from server.feed.snapshots import due_scopes, load_manifest, make_snapshot, remove_unnamed_files
from shared.wire.envelopes import SnapshotManifest
from tests.server.feed.company import SITE, Copy, Reader, put_reason, put_stock, remove_reason, true_state
from tests.server.feed.conftest import Clock

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 3 rows, and a snapshot worth while from 3 rows on."""
    monkeypatch.setattr(snapshots, "CHUNK_ROWS", 3)
    monkeypatch.setattr(snapshots, "WORTHWHILE_ROWS", 3)


def files() -> dict[str, bytes]:
    """What lies in the snapshots' folder."""
    folder = config().home / "snapshots"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def lines_of(digest: str) -> list[Any]:
    """A chunk's lines as a device reads them."""
    content = files()[f"{digest}.ndjson.gz"]
    return [json.loads(line) for line in gzip.decompress(content).decode().split("\n") if line]


def copy_of(manifest: SnapshotManifest) -> Copy:
    """What a device has after it imported all chunks."""
    copy: Copy = {}
    for chunk in manifest.chunks:
        for etype, ekey, _seq, op, document in lines_of(chunk.sha256)[1:]:
            assert op == "u"
            copy[etype, ekey] = document
    return copy


def test_a_snapshot_and_the_feed_from_its_cursor_are_the_state_at_head() -> None:
    for number in range(7):
        put_reason(f"R{number}", "first")
    manifest = make_snapshot("ref")
    reader = Reader("ref", copy_of(manifest), [manifest.cursor])
    assert reader.copy == true_state("ref")
    put_reason("R1", "changed")
    remove_reason("R2")
    put_reason("R9", "new")

    page = reader.read_to_head()

    assert reader.copy == true_state("ref")
    assert len(page.rows) == 3


def test_a_chunk_is_a_header_and_rows_under_the_name_of_its_hash() -> None:
    for number in range(4):
        put_reason(f"R{number}", "l’entrepôt")
    Reader("ref").read()
    remove_reason("R0")

    manifest = make_snapshot("ref")

    assert [(chunk.rows, chunk.url) for chunk in manifest.chunks] == [
        (3, f"/sync/v1/snapshot/{manifest.chunks[0].sha256}")
    ]
    content = files()[f"{manifest.chunks[0].sha256}.ndjson.gz"]
    assert sha256(content).hexdigest() == manifest.chunks[0].sha256
    assert len(content) == manifest.chunks[0].bytes
    assert lines_of(manifest.chunks[0].sha256) == [
        {"scope": "ref", "seq": 5, "columns": ["etype", "ekey", "seq", "op", "document"]},
        ["reason", "R1", 2, "u", {"code": "R1", "description": "l’entrepôt"}],
        ["reason", "R2", 3, "u", {"code": "R2", "description": "l’entrepôt"}],
        ["reason", "R3", 4, "u", {"code": "R3", "description": "l’entrepôt"}],
    ]


def test_chunks_have_the_rows_of_all_types_in_the_order_of_their_numbers() -> None:
    for number in range(8):
        put_stock(f"B-{number}", "I1", number + 1)

    manifest = make_snapshot(SITE)

    assert [chunk.rows for chunk in manifest.chunks] == [3, 3, 2]
    numbers = [row[2] for chunk in manifest.chunks for row in lines_of(chunk.sha256)[1:]]
    assert numbers == list(range(1, 9))


def test_equal_states_give_equal_files() -> None:
    for number in range(5):
        put_reason(f"R{number}", "first")

    first = make_snapshot("ref")
    before = files()
    second = make_snapshot("ref")

    assert first.chunks == second.chunks
    assert files() == before


def test_a_snapshot_is_of_one_moment_though_changes_go_on() -> None:
    for number in range(7):
        put_reason(f"R{number}", "first")
    before = true_state("ref")
    seen: list[tuple[int, int]] = []

    def change_meanwhile(done: int, total: int) -> None:
        seen.append((done, total))
        put_reason("R6", f"changed at {done}")
        Reader("ref").read()

    manifest = make_snapshot("ref", progress=change_meanwhile)
    reader = Reader("ref", copy_of(manifest), [manifest.cursor])

    assert reader.copy == before
    assert seen == [(3, 7), (6, 7), (7, 7)]
    reader.read_to_head()
    assert reader.copy == true_state("ref")


def test_files_go_when_no_manifest_names_them_any_more(clock: Clock) -> None:
    made = []
    for number in range(4):
        put_reason(f"R{number}", "first")
        made.append(make_snapshot("ref"))
        age_files(clock)

    remove_unnamed_files()

    kept = [chunk for manifest in made[-2:] for chunk in manifest.chunks]
    assert sorted(files()) == sorted(f"{chunk.sha256}.ndjson.gz" for chunk in kept)


def test_a_young_file_that_no_manifest_names_yet_stays(clock: Clock) -> None:
    put_reason("R0", "first")
    make_snapshot("ref")
    young = config().home / "snapshots" / "0123.ndjson.gz"
    young.write_bytes(b"of a snapshot in the making")
    stamp(young, clock)

    assert remove_unnamed_files() == 0
    clock.move(hours=2)
    assert remove_unnamed_files() == 1
    assert not young.exists()


def test_a_snapshot_is_due_when_a_twentieth_changed_or_a_day_went_by(clock: Clock) -> None:
    for number in range(40):
        put_reason(f"R{number:02d}", "first")
    Reader("ref").read()
    assert due_scopes(clock.now) == ["ref"]
    make_snapshot("ref")
    assert due_scopes(clock.now) == []

    put_reason("R01", "changed")
    Reader("ref").read()
    assert due_scopes(clock.now) == []
    clock.move(hours=24)
    assert due_scopes(clock.now) == ["ref"]
    make_snapshot("ref")

    put_reason("R01", "changed again")
    put_reason("R02", "changed")
    Reader("ref").read()
    assert due_scopes(clock.now) == ["ref"]


def test_no_snapshot_is_due_for_what_one_page_holds_or_nothing_changed_in(clock: Clock) -> None:
    put_reason("R0", "first")
    put_reason("R1", "first")
    Reader("ref").read()
    assert due_scopes(clock.now) == []

    put_reason("R2", "first")
    make_snapshot("ref")
    clock.move(days=30)

    assert due_scopes(clock.now) == []


def test_there_is_no_manifest_before_a_snapshot_or_when_the_feed_cannot_go_on_from_it(clock: Clock) -> None:
    assert load_manifest("ref") is None
    put_reason("R0", "first")
    make_snapshot("ref")
    assert load_manifest("ref") is not None
    clock.move(days=10)
    remove_reason("R0")
    Reader("ref").read()
    clock.move(days=91)

    prune(clock.now)

    assert load_manifest("ref") is None


def age_files(clock: Clock) -> None:
    """Two hours go by for every file."""
    for path in (config().home / "snapshots").iterdir():
        stamp(path, clock)
    clock.move(hours=2)


def stamp(path: Path, clock: Clock) -> None:
    """Let a file be as old as the server's clock."""
    os.utime(path, (clock.now.timestamp(), clock.now.timestamp()))


def test_the_folder_is_in_the_home_of_the_server(company: Flask) -> None:
    put_reason("R0", "first")

    make_snapshot("ref")

    assert len(list((company.config["SCANLEDGER"].home / "snapshots").glob("*.ndjson.gz"))) == 1
