"""Sign-in: a badge, then the PIN on our own pad. Works without a network."""

from __future__ import annotations

from functools import partial

import flet as ft

from shared.look import TERMINAL_SIZES
from terminal.look.buttons import big_button, mirrored, pad_key, quiet_button
from terminal.look.icons import icon
from terminal.look.pieces import notice
from terminal.look.tone import Tone, text
from terminal.screens.parts import avatar, body, field, screen, spacer, strip
from terminal.session import Session

_SHORTEST_PIN = 4


def sign_in(session: Session, tone: Tone) -> ft.Control:
    """Asks for the badge, then for its PIN."""
    return _pin(session, tone) if session.badge else _badge(session, tone)


def _badge(session: Session, tone: Tone) -> ft.Control:
    theme = tone.theme
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
        field(tone, tone.word("sign_in.badge"), session, key="badge"),
        big_button(tone, tone.word("sign_in.next"), session.take_field),
    ]
    return screen(tone, _strip(session, tone), body(tone, *controls))


def _strip(session: Session, tone: Tone) -> ft.Control:
    """Without a connection people wonder whether they can work: they can."""
    session.look_at_standing()
    right = "" if session.standing.is_online else tone.word("strip.signs_in_offline")
    return strip(session, tone, right=right)


def _pin(session: Session, tone: Tone) -> ft.Control:
    controls = [_whose(session, tone)]
    if session.notice is not None:
        controls.append(notice(tone, tone.message(session.notice), icon_name="warning"))
    controls += [
        spacer(),
        text(tone.word("sign_in.pin"), "title", tone.theme.ink, align=ft.TextAlign.CENTER),
        _dots(session, tone),
        *_keys(session, tone),
    ]
    ready = len(session.typed) >= _SHORTEST_PIN
    controls.append(
        big_button(tone, tone.word("sign_in.go"), session.sign_in if ready else None, icon_name="check")
    )
    return screen(tone, _strip(session, tone), body(tone, *controls))


def _whose(session: Session, tone: Tone) -> ft.Control:
    """The person of the badge."""
    name = session.device.name_of_badge(session.badge)
    words = ft.Column(
        [
            text(name, "headline", tone.theme.ink, size=26),
            text(session.badge, "code", tone.theme.ink_2, lines=1),
        ],
        spacing=0,
        expand=True,
        tight=True,
    )
    return ft.Semantics(
        content=ft.Row(mirrored(tone, [avatar(tone, name, size=72), words]), spacing=16),
        label=f"{name}, {session.badge}",
        header=True,
        container=True,
        exclude_semantics=True,
    )


def _dots(session: Session, tone: Tone) -> ft.Control:
    """How many digits there are, and nothing of which."""
    typed = len(session.typed)
    dots: list[ft.Control] = [
        ft.Container(
            width=20,
            height=20,
            border_radius=10,
            bgcolor=tone.theme.ink if at < typed else None,
            border=ft.Border.all(2, tone.theme.line if at >= typed else tone.theme.ink),
        )
        for at in range(max(_SHORTEST_PIN, typed))
    ]
    return ft.Semantics(
        content=ft.Container(ft.Row(dots, alignment=ft.MainAxisAlignment.CENTER, spacing=16), padding=8),
        label=tone.word("sign_in.digits", n=typed),
        live_region=True,
        container=True,
        exclude_semantics=True,
    )


def _keys(session: Session, tone: Tone) -> list[ft.Control]:
    height = TERMINAL_SIZES["target_choice" if not tone.is_compact else "target"]
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
