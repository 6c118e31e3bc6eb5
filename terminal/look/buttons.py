"""Buttons of the terminal. None of them can hold the focus, or the scanner's Enter would press it.

Each is a container that listens to taps, with its name and role told to the screen reader. A button without
`on_press` is drawn as disabled.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from shared.look import TERMINAL_SIZES, Pair
from terminal.look.icons import icon
from terminal.look.tone import Hand, Tone, text

Press = Callable[[], None] | Callable[[], Awaitable[None]]


def pressable(
    label: str,
    content: ft.Control,
    on_press: Press | None,
    *,
    box: ft.Container,
    selected: bool | None = None,
) -> ft.Semantics:
    """`box` with `content`, named and pressable; all buttons and rows that open something are this."""
    box.content = content
    box.on_click = on_press
    return ft.Semantics(
        content=box,
        label=label,
        button=True,
        container=True,
        exclude_semantics=True,
        selected=selected,
        on_tap=on_press,
        disabled=on_press is None,
        expand=box.expand,
    )


def big_button(
    tone: Tone,
    label: str,
    on_press: Press | None,
    *,
    icon_name: str = "",
    detail: str = "",
    pair: Pair | None = None,
) -> ft.Semantics:
    """The one main action, at the bottom, 72 dp. `pair` is for "yes, 240 pieces" on amber only."""
    colours = pair or tone.theme.primary
    if on_press is None:
        colours = Pair(tone.theme.fill, tone.theme.ink_2)
    height = TERMINAL_SIZES["target_main"]
    box = ft.Container(
        bgcolor=colours.ground,
        border_radius=TERMINAL_SIZES["radius"],
        border=ft.Border.all(2, tone.theme.line) if on_press is None else None,
        padding=ft.Padding.symmetric(horizontal=16, vertical=8),
        height=height,
        alignment=ft.Alignment.CENTER,
    )
    return pressable(
        _joined(label, detail),
        _icon_and_words(label, detail=detail, icon_name=icon_name, colour=colours.on),
        on_press,
        box=box,
    )


def quiet_button(
    tone: Tone,
    label: str,
    on_press: Press | None,
    *,
    icon_name: str = "",
    detail: str = "",
    outlined: bool = False,
    height: float | None = None,
    expand: int | bool | None = None,
) -> ft.Semantics:
    """A lesser action, 56 dp; `outlined` marks Undo and "try now", which stand out from the filled ones."""
    theme = tone.theme
    edge = theme.line if outlined or tone.is_high_contrast else None
    box = ft.Container(
        bgcolor=None if outlined else theme.fill,
        border=ft.Border.all(tone.line_width, edge) if edge else None,
        border_radius=TERMINAL_SIZES["radius"],
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        height=height or TERMINAL_SIZES["target"],
        alignment=ft.Alignment.CENTER,
        expand=expand,
    )
    ink = theme.ink if on_press is not None else theme.ink_2
    return pressable(
        _joined(label, detail),
        _icon_and_words(label, detail=detail, icon_name=icon_name, colour=ink, size=17),
        on_press,
        box=box,
    )


def choice(
    tone: Tone,
    label: str,
    on_press: Press,
    *,
    effect: str = "",
    detail: str = "",
    expand: int | bool | None = None,
) -> ft.Semantics:
    """One of the equal answers to a look, 84 dp, with its effect in numbers and no default."""
    theme = tone.theme
    words: list[ft.Control] = [text(label, "title", theme.ink, size=21)]
    if detail:
        words.append(text(detail, "least", theme.ink_2, size=15))
    row: list[ft.Control] = [ft.Column(words, spacing=0, expand=True, alignment=ft.MainAxisAlignment.CENTER)]
    if effect:
        row.append(text(effect, "quantity", theme.ink, size=40, lines=1))
    box = ft.Container(
        bgcolor=theme.card,
        border=ft.Border.all(2, theme.ink),
        border_radius=TERMINAL_SIZES["radius"],
        padding=ft.Padding.symmetric(horizontal=20, vertical=8),
        height=TERMINAL_SIZES["target_choice"],
        expand=expand,
    )
    return pressable(
        _joined(label, detail, effect), ft.Row(mirrored(tone, row), spacing=12), on_press, box=box
    )


def pad_key(
    tone: Tone,
    label: str,
    on_press: Press,
    *,
    face: ft.Control | None = None,
    quiet: bool = False,
    height: float | None = None,
) -> ft.Semantics:
    """A key of the number pad; digits on card, other keys on fill."""
    theme = tone.theme
    box = ft.Container(
        bgcolor=theme.fill if quiet else theme.card,
        border=None if quiet and not tone.is_high_contrast else ft.Border.all(1, theme.hair),
        border_radius=TERMINAL_SIZES["radius"],
        height=height or TERMINAL_SIZES["target_quantity"],
        alignment=ft.Alignment.CENTER,
        expand=True,
    )
    return pressable(
        label, face or text(label, "quantity", theme.ink, size=30, weight=500, lines=1), on_press, box=box
    )


def mirrored(tone: Tone, row: list[ft.Control]) -> list[ft.Control]:
    """The controls of a row as the hand wants them."""
    return row if tone.hand is Hand.RIGHT else list(reversed(row))


def _icon_and_words(
    label: str, *, detail: str, icon_name: str, colour: str, size: float | None = None
) -> ft.Control:
    align = ft.TextAlign.START if icon_name else ft.TextAlign.CENTER
    words: list[ft.Control] = [text(label, "title", colour, size=size, align=align)]
    if detail:
        words.append(text(detail, "least", colour, align=align))
    column = ft.Column(words, spacing=0, tight=True, alignment=ft.MainAxisAlignment.CENTER)
    if not icon_name:
        column.horizontal_alignment = ft.CrossAxisAlignment.CENTER
        return column
    # Long French wraps to a second line inside the button instead of leaving it.
    column.expand, column.expand_loose = True, True
    picture = icon(icon_name, colour, size=26 if size is None else 22)
    return ft.Row([picture, column], spacing=12, tight=True, alignment=ft.MainAxisAlignment.CENTER)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
