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


def hold_up(seconds: float) -> None:
    """The event loop runs nothing meanwhile."""
    time.sleep(seconds)


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
        listener = WedgeListener(Wedge(pace=Pace(pause_ms=30, pause_with_suffix_ms=60)), RunningClock())
        texts = []
        for code in ("4006381", "5012345"):
            press_all(listener, code, suffix=None)
            texts.append((await asyncio.wait_for(listener.next_entry(), 5)).text)
        return texts

    assert asyncio.run(scenario()) == ["4006381", "5012345"]


def test_keys_that_wait_behind_a_held_up_loop_are_of_the_same_scan() -> None:
    async def scenario() -> tuple[str, int]:
        listener = WedgeListener(Wedge(pace=Pace(pause_with_suffix_ms=40)), RunningClock())
        press_all(listener, "400638", suffix=None)
        hold_up(0.15)
        # They have come meanwhile, and are heard before any timer.
        press_all(listener, "1333931", suffix="Enter")
        return (await listener.next_entry()).text, listener.waiting()

    assert asyncio.run(scenario()) == ("4006381333931", 0)


def test_keys_that_come_just_behind_a_late_timer_are_of_the_same_scan() -> None:
    async def scenario() -> tuple[str, int]:
        loop = asyncio.get_running_loop()
        listener = WedgeListener(Wedge(pace=Pace(pause_with_suffix_ms=200)), RunningClock())
        press_all(listener, "400638", suffix=None)
        hold_up(0.3)
        await asyncio.sleep(0)
        assert listener.waiting() == 0
        loop.call_later(0.02, press_all_later, listener)
        return (await listener.next_entry()).text, listener.waiting()

    def press_all_later(listener: WedgeListener) -> None:
        press_all(listener, "1333931", suffix="Enter")

    assert asyncio.run(scenario()) == ("4006381333931", 0)


def test_a_scan_without_suffix_comes_out_though_every_timer_is_late() -> None:
    async def scenario() -> str:
        listener = WedgeListener(Wedge(pace=Pace(pause_with_suffix_ms=20)), RunningClock())
        press_all(listener, "4006381", suffix=None)
        for _ in range(3):
            hold_up(0.1)
            await asyncio.sleep(0)
        return (await asyncio.wait_for(listener.next_entry(), 5)).text

    assert asyncio.run(scenario()) == "4006381"
