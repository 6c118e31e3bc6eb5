"""Joins the wedge to the running app: keys in, entries out in arrival order, one at a time.

Always holds: a key is taken in the same step of the event loop in which it arrives, so no key overtakes
another; what comes out waits in a queue until the former entry is dealt with. The queue has no limit: a
scan is never dropped.
"""

from __future__ import annotations

import asyncio

from terminal.platform.ports import BootClock
from terminal.scanners.wedge import Entry, Wedge


class WedgeListener:
    """Give `press` to the page's keyboard event and take entries with `next_entry`."""

    def __init__(self, wedge: Wedge, clock: BootClock) -> None:
        self.wedge = wedge
        self._clock = clock
        self._entries: asyncio.Queue[Entry] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None

    def press(self, key: str, *, shift: bool, ctrl: bool, alt: bool) -> None:
        """Take one key event."""
        now_ms = self._clock.boot_ms()
        self._keep(self.wedge.press(key, now_ms=now_ms, shift=shift, ctrl=ctrl, alt=alt))
        self._look_again_later(now_ms)

    async def next_entry(self) -> Entry:
        """The oldest entry that nobody has taken."""
        return await self._entries.get()

    def waiting(self) -> int:
        """How many entries are complete and not taken."""
        return self._entries.qsize()

    def _keep(self, entries: list[Entry]) -> None:
        for entry in entries:
            self._entries.put_nowait(entry)

    def _look_again_later(self, now_ms: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        check_ms = self.wedge.next_check_ms
        if check_ms is not None:
            delay_s = max(check_ms - now_ms, 1) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._look)

    def _look(self) -> None:
        now_ms = self._clock.boot_ms()
        self._keep(self.wedge.wait(now_ms))
        self._look_again_later(now_ms)
