"""The device's own pull against the real server: its files hold what the server has, bit for bit."""

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.database import write
from server.feed import api, snapshots
from server.feed.snapshots import make_snapshot
from server.feed.tables import Feed, FeedHead, FeedMark
from server.security.devices import give_token
from server.security.tables import Device
from shared.wire import PROTOCOL
from terminal.platform.ports import Response
from terminal.store.scope_file import ScopeFile
from terminal.sync.answers import NotThere, Rebootstrap, TooOld
from terminal.sync.client import Client
from terminal.sync.pull import rows_of
from tests.server.feed.company import (
    SITE,
    Copy,
    mark,
    put_item,
    put_reason,
    put_stock,
    remove_reason,
    true_state,
)
from tests.server.feed.conftest import Clock

# What text may hold: quotes, line breaks of other alphabets, letters beyond the first plane.
NASTY = 'quo"te \\ back\u2028line\u2029paragraph \u00a0 œuf 𝔐 \u202e'


class InProcessHttp:
    """The Http port, straight into the server; what was sent compressed is counted."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.compressed = 0

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
    ) -> Response:
        """One request."""
        answer = self._client.open(url, method=method, headers=dict(headers or {}), data=body, buffered=True)
        named = {name.lower(): value for name, value in answer.headers.items()}
        self.compressed += named.get("content-encoding") == "gzip"
        return Response(answer.status_code, named, answer.data)


class Phone:
    """One scope's file on a device, and the client that fills it."""

    def __init__(self, http: InProcessHttp, folder: Path, token: str, scope: str) -> None:
        self.client, self._token, self._scope = Client(http), token, scope
        self.file = ScopeFile(folder, lambda path: sqlite3.connect(path, isolation_level=None), "WAL")

    def bootstrap(self) -> None:
        """Import the newest snapshot."""

        async def work() -> None:
            manifest = await self.client.manifest(self._scope, self._token)
            copy = self.file.begin_snapshot(manifest.seq)
            for chunk in manifest.chunks:
                copy.add(chunk.sha256, rows_of(await self.client.chunk(chunk.url, self._token), manifest))
            copy.finish(manifest.cursor, manifest.seq, manifest.as_of)

        asyncio.run(work())

    def follow(self, limit: int = 2) -> None:
        """Apply pages up to the head."""

        async def work() -> None:
            more = True
            while more:
                page = await self.client.feed(self._scope, self.file.get("cursor"), self._token, limit=limit)
                self.file.apply(page)
                more = page.more

        asyncio.run(work())

    def copy(self) -> Copy:
        """What is in the file but for stock, which has columns of its own there."""
        rows = self.file.connection.execute("SELECT etype, ekey, document FROM record")
        return {(etype, ekey): json.loads(document) for etype, ekey, document in rows}


@pytest.fixture
def http(company: Flask) -> InProcessHttp:
    """A way to the server."""
    return InProcessHttp(company.test_client())


@pytest.fixture
def token(company: Flask, clock: Clock) -> str:
    """What device D1 at MAIN shows."""
    columns: dict[str, Any] = {"device_id": "D1", "kind": "handheld", "location_code": "MAIN"}
    columns |= {"secret_hash": "s" * 64, "enrolled_at": clock.now}
    write(lambda connection: connection.execute(sa.insert(Device).values(**columns)))
    return give_token("D1", 1, "s" * 64, clock.now)


def test_a_device_that_starts_from_a_snapshot_and_follows_has_what_the_server_has(
    http: InProcessHttp, tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "CHUNK_ROWS", 2)
    for number in range(5):
        put_item(f"I{number}", description=NASTY, gtin=f"0401234567890{number}")
        mark(("ref", "identifier", f"0401234567890{number}"))
    put_reason("LOSS", NASTY)
    make_snapshot("ref")
    put_reason("DAMAGE", NASTY)
    remove_reason("LOSS")
    phone = Phone(http, tmp_path / "ref", token, "ref")

    phone.bootstrap()
    phone.follow()

    assert phone.copy() == true_state("ref")
    assert phone.copy()["item", "I3"]["description"] == NASTY
    phone.file.close()


def test_a_device_that_starts_without_a_snapshot_reads_the_feed_from_the_beginning(
    http: InProcessHttp, tmp_path: Path, token: str
) -> None:
    for number in range(30):
        put_reason(f"R{number:02d}", NASTY)
    phone = Phone(http, tmp_path / "ref", token, "ref")

    with pytest.raises(NotThere):
        phone.bootstrap()
    phone.follow(limit=20)

    assert phone.copy() == true_state("ref")
    assert http.compressed == 2
    phone.file.close()


def test_a_device_keeps_stock_by_its_columns(http: InProcessHttp, tmp_path: Path, token: str) -> None:
    put_stock("A-01", "I1", 5)
    put_stock("A-02", "I1", 7)
    phone = Phone(http, tmp_path / "site", token, SITE)
    phone.follow()
    put_stock("A-01", "I1", 0)
    put_stock("A-02", "I1", 8)

    phone.follow()

    rows = phone.file.connection.execute("SELECT bin_code, item_no, quantity FROM stock").fetchall()
    assert rows == [("A-02", "I1", 800_000)]
    phone.file.close()


def test_a_device_hears_that_the_server_went_back(http: InProcessHttp, tmp_path: Path, token: str) -> None:
    put_reason("LOSS", "Lost")
    phone = Phone(http, tmp_path / "ref", token, "ref")
    phone.follow()

    def go_back(connection: sa.Connection) -> None:
        for table in (Feed, FeedHead, FeedMark):
            connection.execute(sa.delete(table))

    write(go_back)

    with pytest.raises(Rebootstrap):
        phone.follow()
    phone.file.close()


def test_a_device_whose_version_is_no_longer_served_is_told_so(
    http: InProcessHttp, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "OLDEST_PULL", PROTOCOL + 1)
    put_reason("LOSS", "Lost")
    make_snapshot("ref")

    with pytest.raises(TooOld):
        asyncio.run(Client(http).feed("ref", "", token, limit=10))
    with pytest.raises(TooOld):
        asyncio.run(Client(http).manifest("ref", token))
    assert asyncio.run(Client(http).outcomes(["01890000-0000-7000-8000-000000000000"], token)) == ()
