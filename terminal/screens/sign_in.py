"""Sign-in: a badge, then the PIN on our own pad. Works without a network."""

from __future__ import annotations

from functools import partial

import flet as ft

from shared.look import TERMINAL_SIZES
from terminal.look.buttons import big_button, pad_key, quiet_button
from terminal.look.icons import icon
from terminal.look.pieces import notice
from terminal.look.tone import Tone, text, type_style
from terminal.screens.parts import body, screen, spacer, strip
from terminal.session import Session

_SHORTEST_PIN = 4


def sign_in(session: Session, tone: Tone) -> ft.Control:
    """Asks for the badge, then for its PIN."""
    return _pin(session, tone) if session.badge else _badge(session, tone)


def _badge(session: Session, tone: Tone) -> ft.Control:
    theme = tone.theme
    field = ft.TextField(
        label=tone.word("sign_in.badge"),
        text_style=type_style("code", theme.ink, size=20),
        border_color=theme.line,
        autocorrect=False,
        key=f"badge-{session.fields}",
        # Enter is heard with all other keys: a field that heard it too would take a scan twice.
        on_change=lambda event: setattr(session, "typed", event.control.value or ""),
    )
    controls: list[ft.Control] = [
        ft.Container(height=40),
        ft.Row([icon("badge", theme.primary.ground, size=72)], alignment=ft.MainAxisAlignment.CENTER),
        ft.Semantics(
            content=text(tone.word("sign_in.scan_badge"), "headline", theme.ink, align=ft.TextAlign.CENTER),
            header=True,
        ),
    ]
    if session.notice is not None:
        controls.append(notice(tone, tone.message(session.notice), icon_name="warning"))
    controls += [
        spacer(),
        text(tone.word("sign_in.type_badge"), "body", theme.ink_2),
        field,
        big_button(tone, tone.word("sign_in.next"), lambda: session.show_badge(session.typed)),
    ]
    column = body(tone, *controls)
    return screen(tone, strip(session, tone), column)


def _pin(session: Session, tone: Tone) -> ft.Control:
    theme = tone.theme
    dots = ft.Row(
        [
            ft.Container(
                width=20,
                height=20,
                border_radius=10,
                bgcolor=theme.ink if at < len(session.typed) else None,
                border=ft.Border.all(2, theme.line if at >= len(session.typed) else theme.ink),
            )
            for at in range(max(_SHORTEST_PIN, len(session.typed)))
        ],
        alignment=ft.MainAxisAlignment.CENTER,
        spacing=16,
    )
    told = tone.word("sign_in.digits", n=len(session.typed))
    controls: list[ft.Control] = [
        text(session.device.name_of_badge(session.badge), "headline", theme.ink),
        text(tone.word("sign_in.pin"), "body", theme.ink_2),
        ft.Semantics(content=dots, label=told, live_region=True, container=True, exclude_semantics=True),
    ]
    if session.notice is not None:
        controls.append(notice(tone, tone.message(session.notice), icon_name="warning"))
    controls += [spacer(), *_keys(session, tone)]
    ready = len(session.typed) >= _SHORTEST_PIN
    controls.append(
        big_button(tone, tone.word("sign_in.go"), session.sign_in if ready else None, icon_name="check")
    )
    return screen(tone, strip(session, tone), body(tone, *controls))


def _keys(session: Session, tone: Tone) -> list[ft.Control]:
    height = min(TERMINAL_SIZES["target_choice"], 76)
    rows: list[ft.Control] = [
        ft.Row(
            [pad_key(tone, digit, partial(session.key_pin, digit), height=height) for digit in digits],
            spacing=8,
        )
        for digits in ("123", "456", "789")
    ]
    erase = icon("backspace", tone.theme.ink)
    rows.append(
        ft.Row(
            [
                quiet_button(
                    tone,
                    tone.word("sign_in.other"),
                    partial(session.show_badge, ""),
                    height=height,
                    expand=True,
                ),
                pad_key(tone, "0", partial(session.key_pin, "0"), height=height),
                pad_key(
                    tone,
                    tone.word("button.delete"),
                    partial(session.key_pin, ""),
                    face=erase,
                    quiet=True,
                    height=height,
                ),
            ],
            spacing=8,
        )
    )
    return rows
