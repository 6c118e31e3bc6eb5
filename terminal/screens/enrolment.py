"""Enrolment: the code that the back office shows, scanned or typed."""

from __future__ import annotations

import flet as ft

from terminal.look.buttons import big_button
from terminal.look.pieces import notice
from terminal.look.tone import Tone, text
from terminal.screens.parts import body, field, screen, spacer
from terminal.session import Session


def enrolment(session: Session, tone: Tone) -> ft.Control:
    """One field and one action; a scan does both."""
    theme = tone.theme
    code = field(tone, tone.word("enrolment.code"), session, key="code", is_disabled=session.is_busy)
    controls: list[ft.Control] = [
        ft.Container(height=24),
        ft.Semantics(content=text(tone.word("enrolment.title"), "headline", theme.ink), header=True),
        text(tone.word("enrolment.how"), "body", theme.ink),
    ]
    if session.notice is not None:
        controls.append(notice(tone, tone.message(session.notice), icon_name="warning"))
    controls += [spacer(), code]
    if session.is_busy:
        controls.append(big_button(tone, tone.word("enrolment.busy"), None))
    else:
        controls.append(big_button(tone, tone.word("enrolment.go"), session.take_field, icon_name="check"))
    return screen(tone, body(tone, *controls))
