"""Presses keys on a wedge at times of its own clock, as scanners, people and busy screens do."""

from __future__ import annotations

from collections.abc import Iterable

from terminal.scanners.keys import US, Layout
from terminal.scanners.wedge import End, Entry, Source, Wedge

EAN = "4006381333931"


class Typist:
    """Presses keys on a wedge at times of its own clock and keeps what comes out."""

    def __init__(self, wedge: Wedge | None = None) -> None:
        self.wedge = wedge or Wedge()
        self.now_ms = 10_000
        self.entries: list[Entry] = []

    def press(
        self, key: str, *, gap_ms: int, shift: bool = False, ctrl: bool = False, alt: bool = False
    ) -> None:
        self.pass_time(gap_ms)
        self.entries += self.wedge.press(key, now_ms=self.now_ms, shift=shift, ctrl=ctrl, alt=alt)

    def burst(self, text: str, *, end: str | None = "Enter", gap_ms: int = 4, before_ms: int = 500) -> None:
        """`text` as a scanner sends it: caps with a shift flag, the first after `before_ms`."""
        for position, (cap, shift, ctrl) in enumerate(caps_of(text)):
            self.press(cap, gap_ms=before_ms if position == 0 else gap_ms, shift=shift, ctrl=ctrl)
        if end is not None:
            self.press(end, gap_ms=gap_ms)

    def type_slowly(self, text: str, *, gap_ms: int = 140) -> None:
        for cap, shift, _ in caps_of(text):
            self.press(cap, gap_ms=gap_ms, shift=shift)

    def pass_time(self, ms: int) -> None:
        """The timer of the app: it looks when the wedge asked for it, never before."""
        until_ms = self.now_ms + ms
        check_ms = self.wedge.next_check_ms
        while check_ms is not None and check_ms < until_ms:
            self.entries += self.wedge.wait(check_ms)
            check_ms = self.wedge.next_check_ms
        self.now_ms = until_ms

    def hold_up(self, ms: int) -> None:
        """The app is busy: no timer of its own runs, and keys wait."""
        self.now_ms += ms
        self.wedge.hear_again(self.now_ms)

    @property
    def told(self) -> list[tuple[str, Source, End]]:
        return [(entry.text, entry.source, entry.end) for entry in self.entries]

    @property
    def texts(self) -> list[str]:
        return [entry.text for entry in self.entries]


def caps_of(text: str, layout: Layout = US) -> Iterable[tuple[str, bool, bool]]:
    """The key caps, shift and ctrl that make `text` on a layout, as Flet reports them."""
    shifted = {symbol: cap for cap, symbol in layout.shifted.items()}
    plain = {symbol: cap for cap, symbol in layout.plain.items()}
    for character in text:
        if character == "\x1d":
            yield "]", False, True
        elif character in shifted:
            yield shifted[character], True, False
        elif character in plain:
            yield plain[character], False, False
        else:
            yield character.upper(), character.isupper(), False
