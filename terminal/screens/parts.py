"""What several screens share: the strip on top, headers, the body, rows of the queue."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import flet as ft

from shared.look import TERMINAL_SIZES
from terminal.look.buttons import Press, mirrored, pressable
from terminal.look.icons import icon
from terminal.look.pieces import sync_strip
from terminal.look.tone import Hand, Tone, text, type_style
from terminal.session import Screen, Session

MARGIN = TERMINAL_SIZES["margin"]
_SPACER = "spacer"


def strip(session: Session, tone: Tone, *, inside: str = "", right: str = "") -> ft.Control:
    """The sync strip with this device's numbers; it opens the queue."""
    standing = session.look_at_standing()
    return sync_strip(
        tone,
        offline=not standing.is_online,
        late=standing.is_late,
        since=clock_time(standing.since) if standing.since else "",
        waiting=standing.counts.waiting if standing.counts else 0,
        on_press=lambda: session.go_to(Screen.QUEUE),
        inside=inside,
        right=right,
    )


def clock_time(moment: datetime) -> str:
    """A moment as hours and minutes of this device's place."""
    return local(moment).strftime("%H:%M")


def local(moment: datetime) -> datetime:
    """A moment in this device's own time zone, where the platform knows it."""
    try:
        return moment.astimezone()
    except (ZoneInfoNotFoundError, OSError):
        return moment.astimezone(UTC)


def body(tone: Tone, *controls: ft.Control, margin: int = MARGIN, scrolls: bool = False) -> ft.Control:
    """Everything under the strip, on the page's ground. What scrolls has no empty room."""
    scrolls = scrolls or tone.is_low
    shown = [each for each in controls if not (scrolls and each.data == _SPACER)]
    return ft.Container(
        expand=True,
        bgcolor=tone.theme.page,
        padding=ft.Padding.only(left=margin, right=margin, top=12, bottom=20),
        content=ft.Column(
            shown,
            spacing=12,
            expand=True,
            scroll=ft.ScrollMode.AUTO if scrolls else None,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def screen(tone: Tone, *controls: ft.Control) -> ft.Control:
    """A whole screen, top to bottom."""
    return ft.Container(
        ft.Column(list(controls), spacing=0, expand=True), bgcolor=tone.theme.page, expand=True
    )


def header(tone: Tone, title: str, on_back: Press, *, detail: str = "") -> ft.Control:
    """Back arrow, title, one quiet line."""
    theme = tone.theme
    size = TERMINAL_SIZES["target"]
    back = pressable(
        tone.word("button.back"),
        icon("arrow_back", theme.ink, size=28),
        on_back,
        box=ft.Container(width=size, height=size, alignment=ft.Alignment.CENTER),
    )
    words: list[ft.Control] = [ft.Semantics(content=text(title, "title", theme.ink), header=True)]
    if detail:
        words.append(text(detail, "least", theme.ink_2))
    # No height of its own: a long French title takes a second line.
    row = [back, ft.Column(words, spacing=0, expand=True, tight=True)]
    return ft.Container(
        ft.Row(mirrored(tone, row), spacing=4),
        padding=ft.Padding.only(
            left=4 if tone.hand is Hand.RIGHT else MARGIN,
            right=4 if tone.hand is Hand.LEFT else MARGIN,
            top=8,
        ),
    )


def avatar(tone: Tone, name: str, *, size: float) -> ft.Control:
    """The initials of a person, who is named beside them."""
    initials = "".join(part[0] for part in name.split()[:2]).upper()
    pair = tone.theme.primary_soft
    return ft.Container(
        text(initials, "body", pair.on, size=size * 0.4, weight=700, lines=1),
        width=size,
        height=size,
        border_radius=size / 2,
        bgcolor=pair.ground,
        border=ft.Border.all(2, tone.theme.line) if tone.is_high_contrast else None,
        alignment=ft.Alignment.CENTER,
    )


def field(tone: Tone, label: str, session: Session, *, key: str, is_disabled: bool = False) -> ft.TextField:
    """The one field of a screen. Enter is heard with all other keys: a field that heard it too would take a
    scan twice. A new key is a new field, without focus and empty.
    """
    theme = tone.theme

    def keep(event: ft.Event[ft.TextField]) -> None:
        session.typed = event.control.value or ""

    return ft.TextField(
        label=label,
        value=session.typed,
        key=f"{key}-{session.fields}",
        text_style=type_style("code", theme.ink, size=24),
        filled=True,
        fill_color=theme.card,
        border_color=theme.line,
        border_width=tone.line_width,
        border_radius=TERMINAL_SIZES["radius"],
        height=TERMINAL_SIZES["target_main"],
        capitalization=ft.TextCapitalization.CHARACTERS,
        autocorrect=False,
        disabled=is_disabled,
        on_change=keep,
    )


def spacer() -> ft.Control:
    """Pushes what follows to the thumb."""
    return ft.Container(expand=True, data=_SPACER)
