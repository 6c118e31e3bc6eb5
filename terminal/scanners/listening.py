"""Joins the wedge to the running app: keys in, entries out in arrival order, one at a time.

Always holds: a key is taken in the same step of the event loop in which it arrives, so no key overtakes
another; what comes out waits in a queue until the former entry is dealt with. The queue has no limit: a
scan is never dropped. The timer that ends a scan after a pause is trusted only if it came in time: where the
event loop was held up, keys may be waiting behind it, and one more pause is waited for.
"""

from __future__ import annotations

import asyncio

from terminal.platform.ports import BootClock
from terminal.scanners.wedge import Entry, Wedge

# A timer that comes later than this was held up, and with it perhaps keys.
HELD_UP_MS = 50


class WedgeListener:
    """Give `press` to the page's keyboard event and take entries with `next_entry`."""

    def __init__(self, wedge: Wedge, clock: BootClock) -> None:
        self.wedge = wedge
        self._clock = clock
        self._entries: asyncio.Queue[Entry] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None
        self._due_ms: int | None = None
        # One more pause has been waited for already.
        self._has_waited = False

    def press(self, key: str, *, shift: bool, ctrl: bool, alt: bool) -> None:
        """Take one key event."""
        now_ms = self._clock.boot_ms()
        if self._due_ms is not None and now_ms >= self._due_ms:
            # The timer should have come before this key: whatever held it up held the key up too.
            self.wedge.hear_again(now_ms)
        self._has_waited = False
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
        self._due_ms = self.wedge.next_check_ms
        if self._due_ms is not None:
            delay_s = max(self._due_ms - now_ms, 1) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._look)

    def _look(self) -> None:
        now_ms = self._clock.boot_ms()
        was_held_up = self._due_ms is not None and now_ms - self._due_ms > HELD_UP_MS
        if was_held_up and not self._has_waited:
            self._has_waited = True
            self.wedge.hear_again(now_ms)
        self._keep(self.wedge.wait(now_ms))
        self._look_again_later(now_ms)
