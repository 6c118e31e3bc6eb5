"""The smaller pieces of a screen: strip, codes, quantities, outcomes, cards, progress."""

from __future__ import annotations

import flet as ft

from shared.look import ANSWERS, OUTCOMES, TERMINAL_SIZES
from terminal.look.buttons import Press, mirrored, pressable
from terminal.look.icons import OUTCOME_ICONS, icon
from terminal.look.tone import Tone, fitted_size, text, type_style

# Advance of Roboto Mono per unit of size, with the spacing of the role.
MONO = 0.565
_STANDING_ICONS = {"offline": "cloud_off", "no_answer": "hourglass_top", "online": "cloud_done"}


def sync_strip(
    tone: Tone,
    *,
    offline: bool,
    late: bool = False,
    since: str = "",
    waiting: int = 0,
    right: str = "",
    on_press: Press | None = None,
    inside: str = "",
) -> ft.Semantics:
    """The strip on top, always: slate when offline, without a ground when online, tinted in an answer.

    `late`: the server was there, but keeps an answer waiting; nobody is told that all is sent then.
    `inside` names the answer it stands in; `right` replaces the number that waits.
    """
    theme = tone.theme
    colour = tone.answer(inside).on if inside else theme.strip.on if offline else theme.ink_2
    ground = ft.Colors.with_opacity(0.14 if inside != "stop" else 0.22, "#000000") if inside else None
    if not inside and offline:
        ground = theme.strip.ground
    state = tone.word("strip.offline_since", time=since) if offline and since and not inside else ""
    standing = "offline" if offline else "no_answer" if late else "online"
    state = state or tone.word(f"strip.{standing}")
    told = right or (
        tone.word("strip.waiting", n=waiting) if waiting or offline or late else tone.word("strip.all_sent")
    )
    row: list[ft.Control] = [
        icon(_STANDING_ICONS[standing], colour, size=22),
        ft.Container(
            text(state, "body", colour, size=15, weight=500 if offline else 400, lines=1), expand=True
        ),
        *_waiting(tone, told, waiting if not right else 0, colour),
    ]
    if on_press is not None:
        row.append(icon("chevron_right", colour, size=20))
    box = _strip_box(inside, ground)
    content = ft.Row(row, spacing=10)
    if on_press is None:
        box.content = content
        return ft.Semantics(content=box, label=f"{state}, {told}", container=True, exclude_semantics=True)
    return pressable(f"{state}, {told}. {tone.word('strip.opens_queue')}", content, on_press, box=box)


def _strip_box(inside: str, ground: str | None) -> ft.Container:
    """Inside an answer the strip's text stands where the panel's does, between the edges."""
    edge = ANSWERS[inside].edge_width if inside else 0
    padding = TERMINAL_SIZES["answer_margin"] - edge if inside else TERMINAL_SIZES["margin"]
    return ft.Container(
        bgcolor=ground,
        height=38 if inside else TERMINAL_SIZES["strip"],
        padding=ft.Padding.symmetric(horizontal=padding),
        margin=ft.Margin.symmetric(horizontal=edge),
    )


def _waiting(tone: Tone, told: str, waiting: int, colour: str) -> list[ft.Control]:
    """The number in bold before its word."""
    number = tone.quantity(waiting)
    if not waiting or not told.startswith(number):
        return [text(told, "body", colour, size=15, weight=500, lines=1)]
    return [
        text(number, "body", colour, size=15, weight=700, lines=1),
        text(told.removeprefix(number).strip(), "body", colour, size=15, weight=500, lines=1),
    ]


def bin_code(tone: Tone, code: str, *, colour: str = "", room: float | None = None) -> ft.Text:
    """The bin of a task: the biggest thing there is, 60 dp, smaller for long codes, never wrapped or cut."""
    width = room if room is not None else tone.width - 2 * TERMINAL_SIZES["answer_margin"]
    size = fitted_size(code, width, largest=60, advance=MONO)
    line = text(code, "bin", colour or tone.theme.ink, size=size, lines=1)
    line.overflow = ft.TextOverflow.VISIBLE
    # Letter by letter, or "A-03-01-2" is read as a date.
    line.semantics_label = " ".join(code.replace("-", " "))
    return line


def code_text(
    tone: Tone, code: str, *, colour: str = "", size: float | None = None, weight: int = 500
) -> ft.Text:
    """A code in mono, never broken: item number, lot, bin, document."""
    return text(code, "code", colour or tone.theme.ink, size=size, weight=weight, lines=1)


def item_and_code(tone: Tone, code: str, prose: str, *, colour: str = "") -> ft.Text:
    """A code and the prose beside it ("85123A · case of 6"): mono for the code only."""
    ink = colour or tone.theme.ink_2
    spans = [ft.TextSpan(code, style=type_style("code", ink))]
    if prose:
        spans.append(ft.TextSpan(f" · {prose}", style=type_style("body", ink)))
    return ft.Text(spans=spans)


def quantity(
    tone: Tone, written: str, *, colour: str = "", size: float | None = None, beside: str = ""
) -> ft.Control:
    """A quantity in a row, the biggest of it; `beside` is the small word after it."""
    number = text(written, "quantity", colour or tone.theme.ink, size=size, lines=1)
    if not beside:
        return number
    return ft.Row(
        [number, text(beside, "body", tone.theme.ink_2, lines=1)],
        spacing=6,
        tight=True,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )


def outcome_chip(tone: Tone, outcome: str, label: str = "") -> ft.Semantics:
    """An outcome as icon and word on its soft ground."""
    colours = tone.outcome(outcome)
    word = label or tone.word(f"outcome.{outcome}")
    box = ft.Container(
        bgcolor=colours.chip.ground,
        border=ft.Border.all(2, colours.chip_line) if colours.chip_line else None,
        border_radius=TERMINAL_SIZES["radius_chip"],
        padding=ft.Padding.symmetric(horizontal=10, vertical=4),
        content=ft.Row(
            [
                ft.Icon(OUTCOME_ICONS[outcome], color=colours.chip.on, size=18),
                text(word, "least", colours.chip.on, size=15, lines=1),
            ],
            spacing=6,
            tight=True,
        ),
    )
    return ft.Semantics(content=box, label=word, container=True, exclude_semantics=True)


def outcome_badge(tone: Tone, outcome: str, *, size: float = 44) -> ft.Control:
    """The shape of an outcome, filled: square when parked, diamond for an approval, circle when posted."""
    colours = tone.outcome(outcome)
    shape = OUTCOMES[outcome].shape
    if shape == "square":
        return ft.Container(
            width=size,
            height=size,
            bgcolor=tone.theme.look.ground,
            border_radius=size * 0.2,
            alignment=ft.Alignment.CENTER,
            content=text("P", "title", tone.theme.look.on, size=size * 0.66, lines=1),
        )
    if shape == "diamond":
        return ft.Stack(
            [
                ft.Container(
                    width=size * 0.74,
                    height=size * 0.74,
                    left=size * 0.13,
                    top=size * 0.13,
                    bgcolor=colours.text,
                    border_radius=size * 0.12,
                    rotate=0.7854,
                ),
                ft.Container(
                    width=size,
                    height=size,
                    alignment=ft.Alignment.CENTER,
                    content=ft.Icon(OUTCOME_ICONS[outcome], color=tone.theme.card, size=size * 0.5),
                ),
            ],
            width=size,
            height=size,
        )
    return ft.Icon(OUTCOME_ICONS[outcome], color=colours.text, size=size)


def card(
    tone: Tone, content: ft.Control, *, padding: float = 16, edge: str = "", edge_width: float = 1
) -> ft.Container:
    """A card: card ground, a hairline, no shadow."""
    return ft.Container(
        content=content,
        bgcolor=tone.theme.card,
        border=ft.Border.all(edge_width, edge or tone.theme.hair),
        border_radius=TERMINAL_SIZES["radius"],
        padding=padding,
    )


def notice(
    tone: Tone,
    title: str,
    detail: str = "",
    *,
    outcome: str = "parked",
    icon_name: str = "",
    on_press: Press | None = None,
) -> ft.Control:
    """A soft panel that says what needs a person, or what is safe; opens something when it can be pressed."""
    colours = tone.outcome(outcome)
    words: list[ft.Control] = [text(title, "item_name", colours.chip.on, size=17)]
    if detail:
        words.append(text(detail, "body", colours.chip.on, size=15))
    picture = (
        icon(icon_name, colours.chip.on, size=28, filled=True)
        if icon_name
        else outcome_badge(tone, outcome, size=40)
    )
    row = [picture, ft.Column(words, spacing=0, expand=True, tight=True)]
    if on_press is not None:
        row.append(icon("chevron_right", colours.chip.on))
    box = ft.Container(
        bgcolor=colours.chip.ground,
        border=ft.Border.all(2, colours.chip_line) if colours.chip_line else None,
        border_radius=TERMINAL_SIZES["radius"],
        padding=14,
    )
    content = ft.Row(mirrored(tone, row), spacing=14)
    if on_press is None:
        box.content = content
        return box
    return pressable(f"{title}. {detail}".strip(), content, on_press, box=box)


def progress(tone: Tone, done: int, of: int) -> ft.Semantics:
    """One bar per line of the task up to 20: done filled, the present one outlined, the rest pale."""
    theme = tone.theme
    bars: list[ft.Control] = [
        ft.Container(
            expand=True,
            height=8,
            border_radius=4,
            bgcolor=theme.ink if at < done else None if at == done else theme.fill_2,
            border=ft.Border.all(2, theme.ink)
            if at == done or (tone.is_high_contrast and at > done)
            else None,
        )
        for at in range(min(of, 20))
    ]
    return ft.Semantics(
        content=ft.Row(bars, spacing=4), label=f"{done}/{of}", container=True, exclude_semantics=True
    )
