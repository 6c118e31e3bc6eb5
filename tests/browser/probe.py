"""A program that stands in the app's place on the real platform, so that tests can ask the platform itself.

It runs inside Pyodide only. It keeps what the wedge hears as the app does, shows the count and the last text,
and evaluates what a test sends: `ports`, `journal` and `asyncio` are known to it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import textwrap
import time
import traceback
from typing import Any

import flet as ft
import js  # type: ignore[import-not-found]
from pyodide.ffi import create_proxy  # type: ignore[import-not-found]

from terminal.platform import here
from terminal.platform.ports import Ports
from terminal.scanners.listening import WedgeListener
from terminal.scanners.wedge import Wedge


class Journal:
    """One row per scan, committed and copied to lasting storage one after another."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.durations_ms: list[float] = []
        self.db = sqlite3.connect(ports.files.data / "probe.db", isolation_level=None)
        self.db.execute("CREATE TABLE IF NOT EXISTS scan (no INTEGER PRIMARY KEY, text TEXT, source TEXT)")

    async def keep(self, text: str, source: str) -> None:
        started = time.perf_counter()
        self.db.execute("INSERT INTO scan (text, source) VALUES (?, ?)", (text, source))
        await self.ports.files.make_durable()
        self.durations_ms.append((time.perf_counter() - started) * 1000)

    def texts(self) -> list[str]:
        return [text for (text,) in self.db.execute("SELECT text FROM scan ORDER BY no")]


def answer_tests(known: dict[str, Any]) -> None:
    """Evaluate what comes over the channel "probe": the body of an async function, its result as JSON."""
    channel = js.BroadcastChannel.new("probe")
    running: set[asyncio.Task[None]] = set()

    async def answer(asked: dict[str, str]) -> None:
        source = "async def asked():\n" + textwrap.indent(asked["code"], "    ")
        try:
            exec(source, known)  # noqa: S102
            told = {"value": await known["asked"]()}
        except Exception:  # noqa: BLE001
            told = {"error": traceback.format_exc()}
        channel.postMessage(json.dumps({"number": asked["number"], **told}))

    def receive(event: Any) -> None:
        asked = json.loads(event.data)
        if "code" in asked:
            task = asyncio.ensure_future(answer(asked))
            running.add(task)
            task.add_done_callback(running.discard)

    channel.onmessage = create_proxy(receive)


async def main(page: ft.Page) -> None:
    ports = await here()
    journal = Journal(ports)
    listener = WedgeListener(Wedge(), ports.clock)
    count = ft.Text("", size=40)
    last = ft.Text("", size=24)

    def show() -> None:
        texts = journal.texts()
        count.value = f"{len(texts)} scans"
        last.value = f"Last: {texts[-1] if texts else 'none'}"

    async def work() -> None:
        while True:
            entry = await listener.next_entry()
            await journal.keep(entry.text, entry.source.value)
            show()
            page.update()

    page.on_keyboard_event = lambda event: listener.press(
        event.key, shift=event.shift, ctrl=event.ctrl, alt=event.alt
    )
    show()
    page.add(ft.KeyboardListener(content=ft.Column([count, last]), autofocus=True))
    answer_tests({"ports": ports, "journal": journal, "asyncio": asyncio, "js": js})
    await ports.host.say_shown()
    page.run_task(work)


ft.run(main)
