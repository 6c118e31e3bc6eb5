"""The number pad: our own, because a keyboard that pops up swallows scans. Nothing is prefilled."""

from __future__ import annotations

from functools import partial

import flet as ft

from shared.look import TERMINAL_SIZES
from shared.quantity import QuantityError, parse_quantity
from terminal.flows.step import Pad, Step
from terminal.look.buttons import big_button, pad_key
from terminal.look.icons import icon
from terminal.look.tone import Tone, text
from terminal.screens.parts import body, header, screen, spacer, strip
from terminal.session import Session


def pad(session: Session, tone: Tone, step: Step) -> ft.Control:
    """The number so far, what it is for, and the keys in thumb reach."""
    theme, prompt = tone.theme, step.prompt
    title = prompt.pad_title or prompt.ask
    controls: list[ft.Control] = []
    # "12 ×" is for the next scan, whatever that is.
    if prompt.item is not None and prompt.pad is not Pad.OPEN:
        controls.append(text(prompt.item.description, "item_name", theme.ink, lines=2))
    controls += [
        ft.Semantics(
            content=text(_shown(session, tone), "answer_number", theme.ink, lines=1),
            label=_shown(session, tone) or tone.word("pad.none"),
            live_region=True,
            container=True,
            exclude_semantics=True,
        ),
        spacer(),
        *_keys(session, tone),
        _confirm(session, tone),
    ]
    return screen(
        tone,
        strip(session, tone),
        header(tone, tone.message(title), session.close_pad, detail=tone.message(prompt.title)),
        body(tone, *controls),
    )


def _shown(session: Session, tone: Tone) -> str:
    if session.typed.endswith("."):
        return session.typed
    try:
        return tone.quantity(parse_quantity(session.typed)) if session.typed else ""
    except QuantityError:
        return session.typed


def _confirm(session: Session, tone: Tone) -> ft.Control:
    shown = _shown(session, tone)
    if not shown:
        return big_button(tone, tone.word("pad.none"), None)
    return big_button(tone, tone.word("pad.confirm", n=shown), session.confirm_pad, icon_name="check")


def _keys(session: Session, tone: Tone) -> list[ft.Control]:
    height = TERMINAL_SIZES["target_quantity"] if not tone.is_compact else TERMINAL_SIZES["target"]
    rows: list[ft.Control] = [
        ft.Row(
            [pad_key(tone, digit, partial(session.key, digit), height=height) for digit in digits], spacing=8
        )
        for digits in ("123", "456", "789")
    ]
    erase = icon("backspace", tone.theme.ink)
    point = text("," if tone.language == "fr" else ".", "quantity", tone.theme.ink, size=30, lines=1)
    rows.append(
        ft.Row(
            [
                pad_key(
                    tone,
                    tone.word("pad.point"),
                    partial(session.key, "."),
                    face=point,
                    quiet=True,
                    height=height,
                ),
                pad_key(tone, "0", partial(session.key, "0"), height=height),
                pad_key(
                    tone,
                    tone.word("button.delete"),
                    partial(session.key, ""),
                    face=erase,
                    quiet=True,
                    height=height,
                ),
            ],
            spacing=8,
        )
    )
    return rows
