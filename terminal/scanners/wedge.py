"""Puts the key events of a keyboard-wedge scanner together to what was scanned.

Always holds: every character comes out once, in arrival order, and as soon as it is known where the text
ends: at Enter, at Tab, or at a pause for scanners without either. Key events carry no time stamp, so the
clock reading is a parameter; it is the time of arrival, which a busy screen can bunch up or stretch.
Therefore a pause ends a scan quickly only where a scanner is known to send neither, and a silence in which
the listener itself was held up is none.

A scanner is told from a person by its speed. What a person typed before a burst comes out on its own before
it: a burst into a quantity is a scan, never digits of the quantity.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from terminal.scanners.keys import ENTER, TAB, US, Layout, text_of_key


class Source(enum.Enum):
    SCANNER = "scanner"
    PERSON = "person"


class End(enum.Enum):
    """What told the end: a suffix key, a pause, or a burst that followed a person's typing."""

    ENTER = "enter"
    TAB = "tab"
    PAUSE = "pause"
    BURST = "burst"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text that came in by keys, without its suffix. `at_ms` is when the last key came."""

    text: str
    source: Source
    end: End
    at_ms: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a scanner is, in milliseconds between arrivals.

    The defaults fit 20 characters a second and more; people reach that only for single pairs of keys.
    """

    burst_gap_ms: int = 50
    # Keys in a row, the suffix among them, that nobody types this fast.
    burst_keys: int = 3
    # Ends a scan of a scanner that is known to send no suffix.
    pause_ms: int = 250
    # Else the absence of a suffix means a busy screen, not the end of a scan, up to here.
    pause_with_suffix_ms: int = 1_500
    person_pause_ms: int = 3_000


@dataclass(frozen=True, slots=True)
class _Key:
    text: str
    gap_ms: int
    at_ms: int


class Wedge:
    """Feed it every key event with `press`, and call `wait` when `next_check_ms` has come.

    `has_suffix` is what it has learned of the scanner, None before its first scan: keep it with the settings,
    so that the first scan of a day is read as well as the second.
    """

    def __init__(
        self, *, layout: Layout = US, pace: Pace | None = None, has_suffix: bool | None = None
    ) -> None:
        self.layout = layout
        self.pace = pace or Pace()
        self.has_suffix = has_suffix
        # Where nobody types, a first character that a busy screen cut off belongs to the burst behind it.
        self.is_typing_expected = True
        self._pending: list[_Key] = []
        # Since when it would have heard a key: the last one's arrival, or the end of a hold-up after it.
        self._quiet_since_ms: int | None = None
        self._last_was_paused_burst = False

    def press(
        self, key: str, *, now_ms: int, shift: bool = False, ctrl: bool = False, alt: bool = False
    ) -> list[Entry]:
        """Take one key event; what is complete with it comes back, oldest first."""
        entries = self.wait(now_ms)
        text = text_of_key(key, shift=shift, ctrl=ctrl, alt=alt, layout=self.layout)
        if not text:
            return entries

        since_ms = self._quiet_since_ms
        gap_ms = self.pace.person_pause_ms if since_ms is None else now_ms - since_ms
        self._quiet_since_ms = now_ms
        self._pending.append(_Key(text, gap_ms, now_ms))
        if text not in _ENDS:
            self._last_was_paused_burst = False
            return entries
        return entries + self._end(_ENDS[text])

    def wait(self, now_ms: int) -> list[Entry]:
        """What is complete because nothing more came."""
        check_ms = self.next_check_ms
        if check_ms is None or now_ms < check_ms:
            return []
        return self._end(End.PAUSE)

    def hear_again(self, now_ms: int) -> None:
        """Nothing could be heard until now: the silence before tells nothing about where a burst ends.

        Without a suffix a pause is all that parts two scans, so there it counts nevertheless.
        """
        if self.has_suffix is not False and self._burst_start(self._pending) is not None:
            self._quiet_since_ms = now_ms

    @property
    def next_check_ms(self) -> int | None:
        """When `wait` can have something; None while nothing is pending."""
        if not self._pending or self._quiet_since_ms is None:
            return None
        if self._burst_start(self._pending) is None:
            return self._quiet_since_ms + self.pace.person_pause_ms
        pause_ms = self.pace.pause_ms if self.has_suffix is False else self.pace.pause_with_suffix_ms
        return self._quiet_since_ms + pause_ms

    def _end(self, end: End) -> list[Entry]:
        """Empty the pending keys into one entry, or two where a burst followed a person's typing."""
        keys, self._pending = self._pending, []
        characters = keys if end is End.PAUSE else keys[:-1]
        start = self._burst_start(keys)
        self._learn(end, is_burst=start is not None, gap_ms=keys[-1].gap_ms, is_bare=not characters)
        if start is None:
            return _entries(characters, Source.PERSON, end)
        return _entries(characters[:start], Source.PERSON, End.BURST) + _entries(
            characters[start:], Source.SCANNER, end
        )

    def _learn(self, end: End, *, is_burst: bool, gap_ms: int, is_bare: bool) -> None:
        if end is End.PAUSE:
            if is_burst:
                self.has_suffix = False
            self._last_was_paused_burst = is_burst
            return
        # A suffix that came too late for its scan still tells that the scanner sends one.
        came_late = is_bare and self._last_was_paused_burst and gap_ms <= self.pace.pause_with_suffix_ms
        if is_burst or came_late:
            self.has_suffix = True
        self._last_was_paused_burst = False

    def _burst_start(self, keys: list[_Key]) -> int | None:
        """Where the scanner's burst at the end of `keys` begins; None if a person typed them all."""
        start: int | None = None
        end = len(keys)
        while end > 0:
            run_start = _run_start(keys, end, self.pace.burst_gap_ms)
            is_fast = end - run_start >= self.pace.burst_keys
            is_late_suffix = run_start == len(keys) - 1 and keys[-1].text in _ENDS
            if start is None and not is_fast and not is_late_suffix:
                return None
            if end < len(keys) and keys[end].gap_ms >= self._longest_stall_ms(is_fast=is_fast):
                return start
            if is_fast or start is not None:
                start = run_start
            end = run_start
        return start

    def _longest_stall_ms(self, *, is_fast: bool) -> int:
        """How long a silence inside one burst may be; bursts without a suffix between are one scan."""
        is_one_scan = self.has_suffix is not False and (is_fast or not self.is_typing_expected)
        return self.pace.pause_with_suffix_ms if is_one_scan else self.pace.pause_ms


_ENDS = {ENTER: End.ENTER, TAB: End.TAB}


def _run_start(keys: list[_Key], end: int, burst_gap_ms: int) -> int:
    """Where the run of quick keys that ends before `end` begins."""
    start = end - 1
    while start > 0 and keys[start].gap_ms <= burst_gap_ms:
        start -= 1
    return start


def _entries(keys: list[_Key], source: Source, end: End) -> list[Entry]:
    if not keys:
        return []
    return [Entry("".join(key.text for key in keys), source, end, keys[-1].at_ms)]
