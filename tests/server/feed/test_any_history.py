"""Whatever is changed, numbered, read, pruned or snapshotted in whatever order: copies equal the server."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.database import write
from server.feed import snapshots
from server.feed.cursor import Rebootstrap
from server.feed.pruning import prune
from server.feed.reading import config
from server.feed.sequencer import sequence
from server.feed.snapshots import make_snapshot
from server.feed.tables import Feed, FeedDirty, FeedHead, FeedMark, Snapshot
from server.ledger.tables import BinBalance
from server.masterdata.tables import ReasonCode
from shared.wire.envelopes import SnapshotManifest
from tests.server.feed.company import (
    SITE,
    Reader,
    counts_of_copy,
    put_reason,
    put_stock,
    remove_reason,
    true_state,
)
from tests.server.feed.conftest import Clock

CODES = st.sampled_from([f"R{number}" for number in range(6)])
SCOPES = st.sampled_from(["ref", SITE])
HISTORIES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), CODES, st.integers(0, 3)),
        st.tuples(st.just("remove"), CODES),
        st.tuples(st.just("stock"), CODES, st.integers(0, 2)),
        st.tuples(st.just("sequence"), SCOPES, st.integers(1, 3)),
        st.tuples(st.just("read"), SCOPES, st.integers(1, 4)),
        st.tuples(st.just("snapshot"), SCOPES),
        st.tuples(st.just("begin_again"), SCOPES),
        st.tuples(st.just("months_pass"), st.integers(20, 80)),
    ),
    max_size=25,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORIES)
def test_after_any_history_a_readers_copy_is_the_servers_state(
    company: Flask, clock: Clock, history: list[tuple[Any, ...]]
) -> None:
    snapshots.CHUNK_ROWS = 2
    forget_everything()
    readers = {scope: Device(scope) for scope in ("ref", SITE)}

    for step in history:
        take(step, readers, clock)
    pages = {scope: reader.read_to_head(limit=3) for scope, reader in readers.items()}

    for scope, reader in readers.items():
        assert reader.copy == true_state(scope)
        assert pages[scope].counts == counts_of_copy(reader.copy)


class Device(Reader):
    """A reader that begins again from the newest snapshot, or from nothing, when the server says so."""

    def read(self, limit: int = 1000) -> Any:
        """One page of a history that is still there."""
        try:
            return super().read(limit)
        except Rebootstrap:
            self.begin_again()
            return super().read(limit)

    def begin_again(self) -> None:
        """Drop the copy and import the newest snapshot, if there is one."""
        self.copy.clear()
        manifest = snapshots.load_manifest(self.scope)
        self.cursors = ["" if manifest is None else manifest.cursor]
        if manifest is not None:
            self._import(manifest)

    def _import(self, manifest: SnapshotManifest) -> None:
        for chunk in manifest.chunks:
            content = (config().home / "snapshots" / f"{chunk.sha256}.ndjson.gz").read_bytes()
            for line in gzip.decompress(content).decode().split("\n")[1:-1]:
                etype, ekey, _, _, document = json.loads(line)
                self.copy[etype, ekey] = document


def take(step: tuple[Any, ...], readers: dict[str, Device], clock: Clock) -> None:
    """One step of a history."""
    match step:
        case "put", code, version:
            put_reason(code, f"version {version}")
        case "remove", code:
            remove_reason(code)
        case "stock", code, quantity:
            put_stock(code, "I1", quantity)
        case "sequence", scope, limit:
            sequence(scope, limit=limit)
        case "read", scope, limit:
            readers[scope].read(limit)
        case "snapshot", scope:
            make_snapshot(scope)
        case "begin_again", scope:
            readers[scope].begin_again()
        case "months_pass", days:
            clock.now += timedelta(days=days)
            prune(clock.now)
        case _:
            pytest.fail(f"no such step: {step}")


def forget_everything() -> None:
    """An empty company, for the next history."""

    def forget(connection: sa.Connection) -> None:
        for table in (Feed, FeedDirty, FeedHead, FeedMark, Snapshot, ReasonCode, BinBalance):
            connection.execute(sa.delete(table))

    write(forget)


@pytest.fixture(autouse=True)
def whole_chunks_afterwards() -> Any:
    """The size of chunks is the product's again for the next test."""
    kept = snapshots.CHUNK_ROWS
    yield
    snapshots.CHUNK_ROWS = kept
