"""Settings of this device: language, colours, hand; what it is; another worker."""

from __future__ import annotations

from functools import partial

import flet as ft

from terminal.look.buttons import Press, quiet_button
from terminal.look.pieces import notice
from terminal.look.tone import Tone, text
from terminal.screens.parts import body, header, screen, strip
from terminal.session import Screen, Session

_CHOICES = (
    ("language", (("en", "English"), ("fr", "Français"))),
    ("theme", (("system", ""), ("light", ""), ("dark", ""), ("contrast", ""))),
    ("hand", (("right", ""), ("left", ""))),
)


def settings(session: Session, tone: Tone) -> ft.Control:
    """Every choice takes effect at once."""
    theme = tone.theme
    controls: list[ft.Control] = []
    for name, values in _CHOICES:
        controls.append(text(tone.word(f"settings.{name}"), "item_name", theme.ink))
        chosen = session.language if name == "language" else session.setting(name, values[0][0])
        rows = [values[at : at + 2] for at in range(0, len(values), 2)]
        controls += [
            ft.Row(
                [
                    _option(
                        tone,
                        word or tone.word(f"settings.{name}_{value}"),
                        partial(session.choose, name, value),
                        is_chosen=value == chosen,
                    )
                    for value, word in row
                ],
                spacing=12,
            )
            for row in rows
        ]
    device = tone.word("settings.device", id=session.device.device_id, location=session.device.location_code)
    controls += [
        text(device, "body", theme.ink_2),
        text(tone.word("settings.build", id=session.facts.build_id[:12]), "body", theme.ink_2),
    ]
    if session.facts.storage_persistent is False:
        controls.append(notice(tone, tone.word("settings.storage_refused"), icon_name="warning"))
    elif session.facts.storage_persistent:
        controls.append(text(tone.word("settings.storage_ok"), "body", theme.ink_2))
    controls.append(quiet_button(tone, tone.word("settings.sign_out"), session.sign_out, icon_name="logout"))
    return screen(
        tone,
        strip(session, tone),
        header(tone, tone.word("settings.title"), lambda: session.go_to(Screen.HOME)),
        body(tone, *controls, scrolls=True),
    )


def _option(tone: Tone, label: str, on_press: Press, *, is_chosen: bool) -> ft.Control:
    return quiet_button(
        tone, label, on_press, icon_name="check" if is_chosen else "", outlined=is_chosen, expand=True
    )
