"""How long the server has kept a request waiting: a server that hangs is not told from one that thinks.

Changes nothing of what is sent or when it is tried again; only what the device says of its connection.
"""

from collections.abc import Mapping

from terminal.platform.ports import BootClock, Http, Response

# After this long without an answer nobody may be told that all is well.
LATE_AFTER_MS = 4_000


class WaitedFor:
    """An Http port that knows since when its oldest unanswered request is under way."""

    def __init__(self, http: Http, clock: BootClock) -> None:
        self._http, self._clock = http, clock
        self._asked_at_ms: list[int] = []

    @property
    def is_late(self) -> bool:
        """Whether an answer is out for longer than one can call quick."""
        return bool(self._asked_at_ms) and self._clock.boot_ms() - min(self._asked_at_ms) >= LATE_AFTER_MS

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None,
        body: bytes | None = None, timeout_s: float = 30.0,
    ) -> Response:  # fmt: skip
        """The other port's answer, or what it raises."""
        asked_at_ms = self._clock.boot_ms()
        self._asked_at_ms.append(asked_at_ms)
        try:
            return await self._http.request(method, url, headers=headers, body=body, timeout_s=timeout_s)
        finally:
            self._asked_at_ms.remove(asked_at_ms)
