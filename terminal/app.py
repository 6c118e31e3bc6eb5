"""The root of the terminal: opens the platform, joins the scanner to the session, and draws its screen.

Always holds: entries are dealt with one after another in the order in which they came; the key sink has the
focus again after every press, or the scanner's Enter would press the button that has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from terminal.look.material import chosen_theme, dress
from terminal.look.tone import Hand, Tone
from terminal.platform import here
from terminal.scanners.listening import WedgeListener
from terminal.scanners.wedge import Source, Wedge
from terminal.screens.enrolment import enrolment
from terminal.screens.home import home
from terminal.screens.queue import queue, transaction
from terminal.screens.settings import settings
from terminal.screens.sign_in import sign_in
from terminal.screens.task import task
from terminal.session import Screen, Session

SCREENS: dict[Screen, Callable[[Session, Tone], ft.Control]] = {
    Screen.ENROLMENT: enrolment,
    Screen.SIGN_IN: sign_in,
    Screen.HOME: home,
    Screen.TASK: task,
    Screen.QUEUE: queue,
    Screen.TRANSACTION: transaction,
    Screen.SETTINGS: settings,
}
# Screens where a person may type into a field, which then has the focus.
_TYPING = frozenset({Screen.ENROLMENT, Screen.SIGN_IN})


@ft.observable
@dataclass
class Revision:
    """Counts the changes of what is shown; a new number draws the screen again."""

    number: int = 0


async def main(page: ft.Page) -> None:
    """Start one terminal on `page`; Flet calls it for each session."""
    ports = await here()
    revision = Revision()

    worn: list[tuple[str, bool]] = []

    def redraw() -> None:
        wanted = (session.setting("theme", "system"), _is_dark(page))
        if worn[-1:] != [wanted]:
            # Flet sends a theme anew whenever it is set, and a scan must not wait for that.
            worn[:] = [wanted]
            dress(page, wanted[0])
            page.update()
        revision.number += 1

    session = Session(ports, redraw)
    await session.open()
    has_suffix = {"yes": True, "no": False}.get(session.setting("scanner_suffix", ""))
    listener = WedgeListener(Wedge(has_suffix=has_suffix), ports.clock)
    sink = ft.KeyboardListener(content=ft.Container(expand=True), autofocus=True)
    # A point in the corner: a screen reader orders what lies beside each other, and a sink as large as the
    # screen would lie beside everything.
    corner = ft.Container(sink, left=0, top=0, width=1, height=1)
    page.title = "Scanledger"
    page.on_resize = redraw
    page.on_platform_brightness_change = redraw

    def hear(event: ft.KeyboardEvent) -> None:
        listener.wedge.is_typing_expected = session.is_pad_open or session.screen in _TYPING
        listener.press(event.key, shift=event.shift, ctrl=event.ctrl, alt=event.alt)

    page.on_keyboard_event = hear
    page.render(lambda: draw(revision, session, corner, page))
    await ports.host.say_shown()
    await sink.focus()
    await session.enrol_by_address()
    await asyncio.gather(take_entries(listener, session, sink), session.keep_in_step(), session.watch())


async def take_entries(listener: WedgeListener, session: Session, sink: ft.KeyboardListener) -> None:
    """Deal with entries for as long as the terminal runs."""
    while True:
        entry = await listener.next_entry()
        await session.take(entry)
        await session.know_scanner(has_suffix=listener.wedge.has_suffix)
        if entry.source is Source.SCANNER or session.screen not in _TYPING:
            # Tab moves the focus on; a focused button would be pressed by the scanner's next Enter.
            await sink.focus()


@ft.component
def draw(revision: Revision, session: Session, corner: ft.Control, page: ft.Page) -> ft.Control:
    """The session's screen, above the corner of the sink; drawn anew with each revision."""
    page.data = revision.number
    tone = Tone(
        theme=chosen_theme(session.setting("theme", "system"), system_is_dark=_is_dark(page)),
        language=session.language,
        hand=Hand(session.setting("hand", "right")),
        width=page.width or 390,
        height=page.height or 844,
    )
    shown = SCREENS[session.screen](session, tone)
    return ft.Stack([corner, shown], expand=True, fit=ft.StackFit.EXPAND)


def _is_dark(page: ft.Page) -> bool:
    return page.platform_brightness == ft.Brightness.DARK
