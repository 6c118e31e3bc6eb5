"""What every component is drawn with: the theme's colours, the language, the hand.

Screens hand one `Tone` down and name no colour and no size of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import flet as ft

from shared import figures
from shared.look import LIGHT, TERMINAL_TYPE, OutcomeTone, Pair, Theme
from terminal.flows.step import Message
from terminal.words import Value, word

LOWEST_COLUMN = 560
# Below this an answer and the whole task under it do not fit: old and small phones.
LOWEST_WHOLE = 740


class Hand(StrEnum):
    """In which hand the device lies; rows and chevrons mirror, text does not."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """One theme, one language, one hand, and the room there is to draw on (dp)."""

    theme: Theme = LIGHT
    language: str = "en"
    hand: Hand = Hand.RIGHT
    width: float = 390
    height: float = 844

    @property
    def is_low(self) -> bool:
        """Whether the screen is too low for a task in one column: a phone lying on its side."""
        return self.height < LOWEST_COLUMN

    @property
    def is_compact(self) -> bool:
        """Whether keys and answers have to be content with less."""
        return self.height < LOWEST_WHOLE

    def answer(self, kind: str) -> Pair:
        """Ground and ink of go, look or stop."""
        return {"go": self.theme.go, "look": self.theme.look, "stop": self.theme.stop}[kind]

    def outcome(self, name: str) -> OutcomeTone:
        """Colours of an outcome by its wire name, or `queued`."""
        return self.theme.outcomes[name]

    @property
    def is_high_contrast(self) -> bool:
        """Whether lines say what grounds say in the other themes."""
        return self.theme.name == "contrast"

    @property
    def hair_width(self) -> float:
        """A divider."""
        return 1

    @property
    def line_width(self) -> float:
        """The edge of a control."""
        return 2

    def word(self, key: str, **params: Value) -> str:
        """A text of `terminal.words` in this language."""
        return word(key, self.language, params)

    def message(self, message: Message) -> str:
        """What a flow says."""
        return word(message.key, self.language, message.params)

    def quantity(self, value: Decimal | int, *, signed: bool = False) -> str:
        """A number of pieces as this language writes it."""
        return figures.quantity(value, self.language, signed=signed)

    def day(self, value: date) -> str:
        """6 Dec 2011."""
        return figures.day(value, self.language)

    def age(self, value: timedelta) -> str:
        """52 min, 4 h 27, 3 days."""
        return figures.age(value, self.language)


# One family per weight: Flutter smears a bold that it has to make itself.
FAMILIES = {(400, False): "Roboto", (500, False): "Roboto 500", (700, False): "Roboto 700"}
MONO_FAMILIES = {500: "Roboto Mono 500", 700: "Roboto Mono 700"}
FONTS = {
    "Roboto 500": "fonts/Roboto-500.ttf",
    "Roboto 700": "fonts/Roboto-700.ttf",
    "Roboto Mono 500": "fonts/RobotoMono-500.ttf",
    "Roboto Mono 700": "fonts/RobotoMono-700.ttf",
}


def type_style(
    role: str, colour: str, *, size: float | None = None, weight: int | None = None, mono: bool | None = None
) -> ft.TextStyle:
    """The style of a type role; `size` shrinks it with its line height, weight and family can be changed."""
    row = TERMINAL_TYPE[role]
    is_mono = row.mono if mono is None else mono
    wanted = weight or row.weight
    family = MONO_FAMILIES[max(500, wanted)] if is_mono else FAMILIES[wanted, False]
    points = size or row.size
    return ft.TextStyle(
        size=points,
        height=row.line / row.size,
        font_family=family,
        weight=ft.FontWeight.NORMAL,
        letter_spacing=row.spacing * points / row.size,
        color=colour,
    )


def text(
    value: str,
    role: str,
    colour: str,
    *,
    size: float | None = None,
    weight: int | None = None,
    mono: bool | None = None,
    lines: int | None = None,
    align: ft.TextAlign = ft.TextAlign.START,
) -> ft.Text:
    """Text in a type role. `lines` = 1 never wraps (codes, numbers); without it text wraps, never cut."""
    return ft.Text(
        value,
        style=type_style(role, colour, size=size, weight=weight, mono=mono),
        max_lines=lines,
        no_wrap=lines == 1,
        overflow=ft.TextOverflow.VISIBLE if lines is None else ft.TextOverflow.ELLIPSIS,
        text_align=align,
    )


def fitted_size(value: str, width: float, *, largest: float, advance: float) -> float:
    """The largest size at which text of this many characters stays on one line of `width`.

    `advance` is the width of one character per unit of size, letter spacing included.
    """
    return min(largest, width / (max(1, len(value)) * advance))
