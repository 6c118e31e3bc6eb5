"""Home: who works here, what needs them, the tasks, and scan anything."""

from __future__ import annotations

from functools import partial

import flet as ft

from shared.look import TERMINAL_SIZES
from terminal.look.buttons import big_button, mirrored, pressable
from terminal.look.icons import icon
from terminal.look.pieces import notice
from terminal.look.tone import Hand, Tone, fitted_size, text
from terminal.screens.parts import MARGIN, avatar, body, screen, spacer, strip
from terminal.session import Screen, Session

# Flow and its icon, in the order of a day.
TASKS = (
    ("pick", "shopping_basket"),
    ("receive", "move_to_inbox"),
    ("put_away", "forklift"),
    ("return", "assignment_return"),
    ("move", "sync_alt"),
    ("adjust", "rule"),
)
_TILE = 92
_PADDING = 14
_NARROW = 360


def home(session: Session, tone: Tone) -> ft.Control:
    """Everything a worker starts from."""
    counts = session.device.counts()
    controls: list[ft.Control] = [_who(session, tone)]
    if counts.needs_you:
        controls.append(
            notice(
                tone,
                tone.word("home.needs_you", n=counts.needs_you),
                tone.word("home.see_why"),
                on_press=lambda: session.go_to(Screen.QUEUE),
            )
        )
    controls.append(spacer())
    controls += [
        ft.Row([_tile(session, tone, *task) for task in TASKS[at : at + 2]], spacing=12)
        for at in range(0, len(TASKS), 2)
    ]
    controls.append(
        big_button(
            tone,
            tone.word("button.scan_anything"),
            partial(session.begin, "look_up"),
            icon_name="barcode_scanner",
            detail=tone.word("home.scan_detail"),
        )
    )
    return screen(tone, strip(session, tone), body(tone, *controls))


def _who(session: Session, tone: Tone) -> ft.Control:
    theme, worker = tone.theme, session.device.worker
    name = worker.name if worker else ""
    size = TERMINAL_SIZES["target"]
    words = ft.Column(
        [
            text(name, "item_name", theme.ink, lines=1),
            text(session.device.location_code, "least", theme.ink_2, lines=1),
        ],
        spacing=0,
        tight=True,
    )
    at_end = ft.MainAxisAlignment.END if tone.hand is Hand.LEFT else ft.MainAxisAlignment.START
    told = f"{name}, {session.device.location_code}"
    who = ft.Semantics(
        content=ft.Row(mirrored(tone, [avatar(tone, name, size=44), words]), spacing=12, alignment=at_end),
        label=told,
        container=True,
        exclude_semantics=True,
        expand=True,
    )
    settings = pressable(
        tone.word("home.settings"),
        icon("settings", theme.ink_2, size=28),
        lambda: session.go_to(Screen.SETTINGS),
        box=ft.Container(width=size, height=size, alignment=ft.Alignment.CENTER),
    )
    return ft.Row(mirrored(tone, [who, settings]), spacing=12, height=size)


def _tile(session: Session, tone: Tone, flow: str, picture: str) -> ft.Control:
    theme = tone.theme
    label, detail = tone.word(f"task.{flow}"), tone.word(f"task.{flow}_of")
    # Two columns of margins, gap and padding; French names are long.
    room = (tone.width - 2 * MARGIN - 12) / 2 - 2 * _PADDING
    size = fitted_size(label, room, largest=20, advance=0.58)
    top: list[ft.Control] = [icon(picture, theme.ink_2, size=28)]
    if tone.width >= _NARROW:
        of_what = text(detail, "least", theme.ink_2, lines=1, align=ft.TextAlign.END)
        top.append(ft.Container(of_what, expand=True))
    box = ft.Container(
        bgcolor=theme.card,
        border=ft.Border.all(1, theme.hair),
        border_radius=TERMINAL_SIZES["radius"],
        padding=_PADDING,
        height=_TILE,
        expand=True,
    )
    content = ft.Column(
        [ft.Row(top, spacing=8), text(label, "title", theme.ink, size=size, lines=1)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    return pressable(f"{label}, {detail}", content, partial(session.begin, flow), box=box)
