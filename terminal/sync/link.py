"""The client with a valid token: gets one when it is needed, and another when the server wants one."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.wire.envelopes import FeedPage, Push, PushAnswer, SnapshotManifest
from shared.wire.outcomes import Outcome
from terminal.platform.ports import BootClock
from terminal.store.queue import Queue
from terminal.sync.answers import Unauthorised
from terminal.sync.client import Client

T = TypeVar("T")
# Renewed a little before it runs out: a push must not fail on its way.
_EARLY_MS = 60_000


class Link:
    """What push and pull talk through."""

    def __init__(self, client: Client, queue: Queue, clock: BootClock) -> None:
        self.client, self._queue, self._clock = client, queue, clock
        self._token, self._good_until_ms = "", 0

    async def push(self, push: Push) -> PushAnswer:
        return await self._with_token(lambda token: self.client.push(push, token))

    async def feed(self, scope: str, cursor: str, limit: int) -> FeedPage:
        return await self._with_token(lambda token: self.client.feed(scope, cursor, token, limit=limit))

    async def manifest(self, scope: str) -> SnapshotManifest:
        return await self._with_token(lambda token: self.client.manifest(scope, token))

    async def chunk(self, url: str) -> bytes:
        return await self._with_token(lambda token: self.client.chunk(url, token))

    async def outcomes(self, ids: list[str]) -> tuple[Outcome, ...]:
        return await self._with_token(lambda token: self.client.outcomes(ids, token))

    async def report_lockouts(self, reports: list[dict[str, Any]]) -> None:
        await self._with_token(lambda token: self.client.report_lockouts(reports, token))

    async def _with_token(self, ask: Callable[[str], Awaitable[T]]) -> T:
        had_one = self._is_good()
        try:
            return await ask(await self._valid_token())
        except Unauthorised:
            self._token = ""
            if not had_one:
                raise
        return await ask(await self._valid_token())

    def _is_good(self) -> bool:
        return bool(self._token) and self._clock.boot_ms() < self._good_until_ms

    async def _valid_token(self) -> str:
        if not self._is_good():
            token = await self.client.token(self._queue.get("device_id"), self._queue.get("device_secret"))
            if token.location_code and token.location_code != self._queue.get("location_code"):
                # The back office sent the device to work elsewhere.
                self._queue.set(location_code=token.location_code)
            self._token = token.text
            self._good_until_ms = self._clock.boot_ms() + max(1_000, token.expires_in_s * 1_000 - _EARLY_MS)
        return self._token
