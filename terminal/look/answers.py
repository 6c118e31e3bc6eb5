"""The three answers as a worker sees them: the edge of the whole screen and the panel on top of it.

An answer appears in one frame and moves nothing of the task below y 340; the next good scan clears it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import flet as ft

from shared.look import ANSWERS, TERMINAL_SIZES, TERMINAL_TYPE
from terminal.look.edges import edges
from terminal.look.icons import ANSWER_ICONS
from terminal.look.tone import Tone, fitted_size, text

# Advance of Roboto's digits and of its capitals in bold, per unit of size, with the spacing of the role.
DIGIT = 0.54
CAPITAL = 0.66
LETTER = 0.54
# What is left for words between the number and the panel's end, and the smallest headline to fit it.
WORDS = 132
SMALLEST_HEADLINE = 22
LONGEST_SETTLED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """The words of an answer, in the language: the big word, what it counts towards, what, what next."""

    kind: str
    big: str
    headline: str
    detail: str = ""
    of: str = ""

    def spoken(self, tone: Tone) -> str:
        """The answer for a screen reader: "Stop. Wrong item. Put it back."."""
        parts = (
            tone.word(f"answer.{self.kind}"),
            f"{self.big} {self.of}".strip(),
            self.headline,
            self.detail,
        )
        heard = [part for part in parts if part and part != tone.word("answer.stop_word")]
        return " ".join(part if part[-1] in ".?" else f"{part}." for part in heard)


def answer_frame(tone: Tone, kind: str, child: ft.Control) -> ft.Stack:
    """The screen inside the edge of an answer. The child keeps its place; its margin is 26 meanwhile."""
    return ft.Stack([child, *edges(tone, kind)], expand=True, fit=ft.StackFit.EXPAND)


def answer_panel(tone: Tone, saying: Saying, strip: ft.Control | None = None) -> ft.Container:
    """The top panel, 340 dp (348 for stop): the strip, tinted, above a live region."""
    shape = ANSWERS[saying.kind]
    pair = tone.answer(saying.kind)
    margin = TERMINAL_SIZES["answer_margin"]
    picture = ft.Icon(
        ANSWER_ICONS[saying.kind], color=pair.on, size=shape.icon_size, margin=ft.Margin.only(left=-8, top=0)
    )
    words = ft.Column(_headline(saying, pair.on, room=tone.width - 2 * margin), spacing=4, tight=True)
    body = ft.Container(
        padding=ft.Padding.symmetric(horizontal=margin),
        content=ft.Column(
            [
                ft.Row(
                    [picture, _big(tone, saying)], spacing=12, height=120 if saying.kind != "stop" else 140
                ),
                words,
            ],
            spacing=14,
            alignment=ft.MainAxisAlignment.CENTER,
        ),
        expand=True,
    )
    told = ft.Semantics(
        content=body,
        label=saying.spoken(tone),
        live_region=True,
        container=True,
        exclude_semantics=True,
        expand=True,
    )
    inside = [ft.Container(height=shape.edge_width), *([strip] if strip else []), told]
    return ft.Container(
        bgcolor=pair.ground,
        height=shape.panel_height,
        content=ft.Column(inside, spacing=0),
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


def settled_answer(tone: Tone, saying: Saying, time: str = "") -> ft.Semantics:
    """What is left of a go after 1.2 s: a strip of 56 dp under the header."""
    pair = tone.answer(saying.kind)
    line: list[ft.Control] = [
        ft.Icon(ANSWER_ICONS[saying.kind], color=pair.on, size=32),
        *_small_number(saying, pair.on),
        ft.Container(
            text(
                saying.headline,
                "item_name",
                pair.on,
                weight=400,
                size=15 if len(saying.headline) > LONGEST_SETTLED else None,
                lines=2,
            ),
            expand=True,
        ),
    ]
    if time:
        line.append(text(time, "least", pair.on, lines=1))
    box = ft.Container(
        bgcolor=pair.ground,
        height=TERMINAL_SIZES["settled"],
        padding=ft.Padding.symmetric(horizontal=TERMINAL_SIZES["margin"] + 4),
        content=ft.Row(line, spacing=10),
    )
    return ft.Semantics(
        content=box, label=saying.spoken(tone), live_region=True, container=True, exclude_semantics=True
    )


def _small_number(saying: Saying, colour: str) -> list[ft.Control]:
    """The number before its words, unless they begin with it."""
    if not saying.big or saying.headline.startswith(saying.big):
        return []
    return [text(saying.big, "item_name", colour, lines=1)]


def _big(tone: Tone, saying: Saying) -> ft.Control:
    pair = tone.answer(saying.kind)
    room = tone.width - 2 * TERMINAL_SIZES["answer_margin"] - ANSWERS[saying.kind].icon_size - 12
    if saying.kind == "stop":
        size = fitted_size(saying.big, room, largest=64, advance=CAPITAL)
        return ft.Container(
            text(saying.big, "stop_word", pair.on, size=size, lines=1),
            expand=True,
            alignment=ft.Alignment.CENTER,
        )
    if saying.of:
        room -= 56
    size = fitted_size(saying.big, room, largest=112, advance=DIGIT)
    line: list[ft.Control] = [text(saying.big, "answer_number", pair.on, size=size, lines=1)]
    if saying.of:
        line.append(ft.Container(text(saying.of.replace(" ", "\n", 1), "title", pair.on, size=30), width=60))
    return ft.Row(line, spacing=10, tight=True)


def _headline(saying: Saying, colour: str, *, room: float) -> list[ft.Control]:
    """The sentence of an answer, as large as it can be with all of its lines inside the panel."""
    role, small = ("stop_headline", 20) if saying.kind == "stop" else ("headline", 18)
    detail_height = _lines(saying.detail, small, room) * small * 1.3
    largest = TERMINAL_TYPE[role].size
    sizes = range(int(largest), SMALLEST_HEADLINE, -2)
    size = next(
        (
            each
            for each in sizes
            if _lines(saying.headline, each, room) * each * 1.12 + detail_height <= WORDS
        ),
        SMALLEST_HEADLINE,
    )
    lines: list[ft.Control] = [text(_unbroken(saying.headline), role, colour, size=size)]
    if saying.detail:
        lines.append(text(_unbroken(saying.detail), "item_name", colour, weight=500, size=small))
    return lines


def _lines(sentence: str, size: float, room: float) -> int:
    """About how many lines a sentence takes; a word that does not fit leaves some of its line empty."""
    return math.ceil(len(sentence) * size * LETTER / (room * 0.92))


def _unbroken(sentence: str) -> str:
    """A sentence whose codes ("DOCK-IN") stay on one line: a word joiner on both sides of each hyphen."""
    return sentence.replace("-", "\u2060-\u2060")
