"""The listener: keys that arrive while a scan is handled wait, and a scan without suffix is not forgotten."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from terminal.scanners.listening import WedgeListener
from terminal.scanners.wedge import Pace, Wedge


class RunningClock:
    """The real clock of this process; the listener's timer runs by it."""

    boot_id = "test"

    def boot_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> datetime:
        return datetime.now(UTC)


def press_all(listener: WedgeListener, text: str, *, suffix: str | None) -> None:
    for key in [*text, *([suffix] if suffix else [])]:
        listener.press(key, shift=False, ctrl=False, alt=False)


def test_scans_wait_in_order_while_one_is_handled() -> None:
    async def scenario() -> list[str]:
        listener = WedgeListener(Wedge(), RunningClock())
        for number in range(50):
            press_all(listener, f"code{number}", suffix="Enter")
        assert listener.waiting() == 50
        return [(await listener.next_entry()).text for _ in range(50)]

    assert asyncio.run(scenario()) == [f"code{number}" for number in range(50)]


def test_a_scan_without_suffix_comes_out_by_itself() -> None:
    async def scenario() -> list[str]:
        listener = WedgeListener(Wedge(pace=Pace(pause_ms=30)), RunningClock())
        texts = []
        for code in ("4006381", "5012345"):
            press_all(listener, code, suffix=None)
            texts.append((await asyncio.wait_for(listener.next_entry(), 5)).text)
        return texts

    assert asyncio.run(scenario()) == ["4006381", "5012345"]
