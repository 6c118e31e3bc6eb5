"""The root of the terminal: opens the platform, joins the scanner to the screen, and draws.

Always holds: an entry is on lasting storage before anything of it is shown, and entries are dealt with one
after another in the order in which they came. The screens grow on `Shell`; the ports come from
`terminal.platform.here()` once and are handed down, never fetched again.
"""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from terminal.platform import here
from terminal.platform.ports import HostFacts
from terminal.scan_journal import ScanJournal
from terminal.scanners.listening import WedgeListener
from terminal.scanners.wedge import Wedge


@ft.observable
@dataclass
class Shell:
    """What the screen shows; changing a field draws it again."""

    scans: int
    last_text: str
    facts: HostFacts


async def main(page: ft.Page) -> None:
    """Start one terminal on `page`; Flet calls it for each session."""
    ports = await here()
    journal = ScanJournal(ports.files)
    listener = WedgeListener(Wedge(has_suffix=ports.settings.get("scanner_suffix") == "yes"), ports.clock)
    shell = Shell(journal.count(), journal.last_text(), await ports.host.facts())
    sink = ft.KeyboardListener(content=ft.Container(expand=True), autofocus=True)

    page.title = "Scanledger"
    page.on_keyboard_event = lambda event: listener.press(
        event.key, shift=event.shift, ctrl=event.ctrl, alt=event.alt
    )
    page.render(lambda: draw(shell, sink))
    await ports.host.say_shown()
    await sink.focus()
    await work(listener, journal, shell, sink)


async def work(
    listener: WedgeListener, journal: ScanJournal, shell: Shell, sink: ft.KeyboardListener
) -> None:
    while True:
        entry = await listener.next_entry()
        await journal.keep(entry)
        shell.scans, shell.last_text = journal.count(), entry.text
        # Tab moves the focus on; a focused button would be pressed by the scanner's next Enter or space.
        await sink.focus()


@ft.component
def draw(shell: Shell, sink: ft.KeyboardListener) -> ft.Control:
    return ft.Stack(
        [sink, ft.Column([ft.Text(f"{shell.scans} scans"), ft.Text(shell.last_text)])], expand=True
    )
