"""Reads the feed: outcomes into queue.db, everything else into the reference files, page by page.

Always holds: a page and its cursor are one commit, so a killed pull goes on where it stopped and repeats
change nothing; a cursor that the server does not know leads to a new copy from a snapshot (or, where the
server has none, from the feed's beginning), built beside the old one. So does a copy that has not as many
entities as the server says, at most once an hour: a server that counts wrongly must not have every device
fetch everything all the time.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shared.wire import codec
from shared.wire.envelopes import PAGE_ROWS, FeedPage, FeedRow, SnapshotManifest
from shared.wire.outcomes import Outcome
from terminal.platform.ports import BootClock
from terminal.store.outbox import put_outcomes, take_outcomes, unsettled_ids
from terminal.store.queue import Queue
from terminal.store.reference import Reference, site_scope
from terminal.store.scope_file import SnapshotImport
from terminal.sync.answers import NotThere, Portal, Rebootstrap
from terminal.sync.client import inflate
from terminal.sync.link import Link

# A feed that never ends would keep the device from sending.
_MOST_PAGES = 500
_REBUILT_AGAIN_AFTER = timedelta(hours=1)


class Puller:
    """The one reader of a device's scopes."""

    def __init__(self, queue: Queue, reference: Reference, link: Link, clock: BootClock) -> None:
        self._queue, self._reference, self._link, self._clock = queue, reference, link, clock
        # Scopes whose copy was found whole and has not changed since, and those where it was not.
        self._whole: set[str] = set()
        self._differing: dict[str, str] = {}

    async def pull_all(self) -> int:
        """Read every scope to its head; tells how many rows came. Raises what `answers` lists."""
        rows = await self._pull_outcomes()
        for scope in ("ref", site_scope(self._queue.get("location_code"))):
            rows += await self._pull_reference(scope)
        return rows

    async def ask_for_outcomes(self, *, with_people: bool = False) -> int:
        """The third path: ask by id for what the server has but was not finished with.

        `with_people` for a device that may not read the feed, which tells what people decided.
        """
        ids = unsettled_ids(self._queue, with_people=with_people)
        if not ids:
            return 0
        return take_outcomes(self._queue, await self._link.outcomes(ids), self._clock.wall())

    # -- the device's own scope

    async def _pull_outcomes(self) -> int:
        scope = f"dev:{self._queue.get('device_id')}"
        rows = 0
        for _ in range(_MOST_PAGES):
            try:
                page = await self._link.feed(scope, self._queue.get("dev_cursor"), PAGE_ROWS)
            except Rebootstrap:
                if not self._queue.get("dev_cursor"):
                    raise
                # Outcomes have revisions: reading them all again cannot take one back.
                self._queue.set(dev_cursor="")
                continue
            with self._queue.write():
                put_outcomes(self._queue, outcomes_in(page), self._clock.wall())
                self._queue.put(dev_cursor=page.cursor)
            rows += len(page.rows)
            if not page.more:
                break
        return rows

    # -- reference data

    async def _pull_reference(self, scope: str) -> int:
        file = self._reference.scope(scope)
        if not file.get("cursor"):
            await self._bootstrap(scope)
        try:
            rows = await self._follow(scope)
        except Rebootstrap:
            await self._bootstrap(scope)
            rows = await self._follow(scope)
        if scope not in self._differing or not self._may_rebuild(scope):
            return rows
        self._queue.log("copy_differs", f"{scope}: {self._differing[scope]}", self._clock.wall())
        await self._bootstrap(scope)
        rows += await self._follow(scope)
        self._reference.scope(scope).note(rebuilt_at=self._clock.wall().isoformat())
        return rows

    def _may_rebuild(self, scope: str) -> bool:
        rebuilt_at = self._reference.scope(scope).get("rebuilt_at")
        return (
            not rebuilt_at
            or abs(self._clock.wall() - datetime.fromisoformat(rebuilt_at)) > _REBUILT_AGAIN_AFTER
        )

    async def _follow(self, scope: str) -> int:
        rows = 0
        for _ in range(_MOST_PAGES):
            file = self._reference.scope(scope)
            page = await self._link.feed(scope, file.get("cursor"), PAGE_ROWS)
            file.apply(page)
            rows += len(page.rows)
            self._compare(scope, page)
            if not page.more:
                break
        return rows

    def _compare(self, scope: str, page: FeedPage) -> None:
        """Note whether the copy has as many entities as the page says; without numbers nothing is known."""
        if page.counts is None or (scope in self._whole and not page.rows):
            return
        expected, found = _numbers(page.counts), self._reference.scope(scope).counts()
        self._whole.discard(scope)
        self._differing.pop(scope, None)
        if found == expected:
            self._whole.add(scope)
        else:
            self._differing[scope] = f"expected {expected}, found {found}"

    async def _bootstrap(self, scope: str) -> None:
        """A new copy beside the old one, from the newest snapshot; without one from the feed's beginning."""
        self._whole.discard(scope)
        try:
            manifest = await self._link.manifest(scope)
        except NotThere:
            await self._refill(scope)
            return
        snapshot = self._reference.scope(scope).begin_snapshot(manifest.seq)
        try:
            await self._import(snapshot, manifest)
        except BaseException:
            snapshot.abandon()
            raise
        snapshot.finish(manifest.cursor, manifest.seq, manifest.as_of)

    async def _refill(self, scope: str) -> None:
        page = await self._link.feed(scope, "", PAGE_ROWS)
        copy = self._reference.scope(scope).begin_snapshot(page.head, is_fresh=True)
        try:
            for number in range(_MOST_PAGES):
                copy.add(f"page {number}", page.rows)
                if not page.more:
                    break
                page = await self._link.feed(scope, page.cursor, PAGE_ROWS)
        except BaseException:
            copy.abandon()
            raise
        copy.finish(page.cursor, page.head, page.as_of)

    async def _import(self, snapshot: SnapshotImport, manifest: SnapshotManifest) -> None:
        """Every chunk that is not in yet."""
        for chunk in manifest.chunks:
            if snapshot.has(chunk.sha256):
                continue
            body = await self._chunk(chunk.url, chunk.sha256)
            try:
                snapshot.add(chunk.sha256, rows_of(body, manifest))
            except ValueError as fault:
                raise Portal(f"a chunk that cannot be read: {fault}") from fault

    async def _chunk(self, url: str, sha256: str) -> bytes:
        body = await self._link.chunk(url)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise Portal(f"a chunk that is not the one named: {url}")
        return body


def rows_of(chunk: bytes, manifest: SnapshotManifest) -> Iterator[FeedRow]:
    """The rows of a chunk: gzip, a header line that names the columns, then one JSON array a line."""
    # Not splitlines: a description may hold characters that it would also break at.
    lines = iter(inflate(chunk).decode().rstrip("\n").split("\n"))
    header = json.loads(next(lines))
    columns = header.get("columns")
    if header.get("scope") != manifest.scope or not isinstance(columns, list):
        raise Portal(f"a chunk of another scope: {header.get('scope')!r}")
    for line in lines:
        values = dict(zip(columns, json.loads(line), strict=False))
        yield codec.read(FeedRow, values, strict=False)


def _numbers(counts: dict[str, Any]) -> dict[str, int]:
    """How many entities of each type a page says there are."""
    numbers = {etype: each.get("count") for etype, each in counts.items() if isinstance(each, dict)}
    return {etype: number for etype, number in numbers.items() if isinstance(number, int) and number}


def outcomes_in(page: FeedPage) -> Iterator[Outcome]:
    """The outcomes among a page's rows; what this build cannot read waits for a newer one."""
    for row in page.rows:
        if row.etype != "outcome" or row.document is None:
            continue
        try:
            yield codec.read(Outcome, row.document, strict=False)
        except codec.WireError:
            continue
