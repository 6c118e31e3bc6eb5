"""Enrolment: the code that the back office shows, scanned or typed."""

from __future__ import annotations

import flet as ft

from terminal.look.buttons import big_button
from terminal.look.pieces import notice
from terminal.look.tone import Tone, text, type_style
from terminal.screens.parts import body, screen, spacer
from terminal.session import Session


def enrolment(session: Session, tone: Tone) -> ft.Control:
    """One field and one action; a scan does both."""
    theme = tone.theme
    field = ft.TextField(
        label=tone.word("enrolment.code"),
        value=session.typed,
        text_style=type_style("code", theme.ink, size=24),
        border_color=theme.line,
        capitalization=ft.TextCapitalization.CHARACTERS,
        autocorrect=False,
        disabled=session.is_busy,
        key=f"code-{session.fields}",
        # Enter is heard with all other keys: a field that heard it too would enrol twice.
        on_change=lambda event: setattr(session, "typed", event.control.value or ""),
    )
    controls: list[ft.Control] = [
        ft.Container(height=24),
        ft.Semantics(content=text(tone.word("enrolment.title"), "headline", theme.ink), header=True),
        text(tone.word("enrolment.how"), "body", theme.ink),
    ]
    if session.notice is not None:
        controls.append(notice(tone, tone.message(session.notice), icon_name="warning"))
    controls += [spacer(), field]
    if session.is_busy:
        controls.append(big_button(tone, tone.word("enrolment.busy"), None))
    else:
        controls.append(
            big_button(
                tone, tone.word("enrolment.go"), lambda: session.enrol(session.typed), icon_name="check"
            )
        )
    return screen(tone, body(tone, *controls))
