"""The ports in the browser, where Python runs in a web worker.

Files live in memory and are copied into IndexedDB by `make_durable`; that copy alone survives. A worker has
no localStorage and may not ask for persistent storage, so a BroadcastChannel asks the page
(terminal/web/start.js). The page's policy forbids eval, and with it `run_js`: JavaScript stands in
terminal/web/worker.js.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import js  # type: ignore[import-not-found]
import pyodide_js  # type: ignore[import-not-found]
from pyodide.ffi import create_proxy, to_js  # type: ignore[import-not-found]

from terminal.platform.file_settings import FileSettings
from terminal.platform.ports import HostFacts, NotDurable, Ports, Response, Unreachable

DATA = Path("/data")
REFERENCE = Path("/reference")
BRIDGE_TIMEOUT_S = 5.0


class MountedFolder:
    """One IDBFS mount. Copies run one after another; a call that comes during one is served by the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._last_start_ms = 0
        self._last_told_ms = 0

    async def mount(self) -> None:
        self.folder.mkdir(exist_ok=True)
        fs = pyodide_js.FS
        fs.mount(fs.filesystems.IDBFS, to_js({}), str(self.folder))
        await js.scanledgerSync(fs, str(self.folder), True)
        self._last_start_ms = int(js.Date.now())

    async def make_durable(self) -> None:
        if self._next is None:
            self._next = asyncio.ensure_future(self._copy_after(self._running))
        await asyncio.shield(self._next)

    async def _copy_after(self, running: asyncio.Task[None] | None) -> None:
        if running is not None:
            await asyncio.wait([running])
        self._running, self._next = self._next, None
        self._tell_changes_apart()
        try:
            await js.scanledgerSync(pyodide_js.FS, str(self.folder), False)
        except Exception as error:
            raise NotDurable(f"{self.folder} was not written to lasting storage: {error}") from error

    def _tell_changes_apart(self) -> None:
        """Give a file that changed since the last copy a time of its own.

        IDBFS copies a file whose time in milliseconds differs from that of its copy, so a commit within the
        millisecond of the last copy would be passed over.
        """
        start_ms = int(js.Date.now())
        for path in self.folder.iterdir():
            changed_ms = path.stat().st_mtime_ns // 1_000_000
            if changed_ms >= self._last_start_ms:
                self._last_told_ms = max(changed_ms + 1, start_ms - 1, self._last_told_ms + 1)
                told_ns = self._last_told_ms * 1_000_000
                os.utime(path, ns=(told_ns, told_ns))
        self._last_start_ms = start_ms


class BrowserFiles:
    def __init__(self) -> None:
        self._data = MountedFolder(DATA)
        self._reference = MountedFolder(REFERENCE)
        self.data = DATA
        self.reference = REFERENCE

    async def open(self) -> None:
        await self._data.mount()
        await self._reference.mount()

    async def make_durable(self) -> None:
        await self._data.make_durable()

    async def keep_reference(self) -> None:
        await self._reference.make_durable()


class BrowserHttp:
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
    ) -> Response:
        stop = js.AbortController.new()
        timer = js.setTimeout(stop.abort.bind(stop), int(timeout_s * 1000))
        options: dict[str, object] = {"method": method, "headers": dict(headers or {}), "cache": "no-store"}
        if body is not None:
            options["body"] = body
        request = to_js(options, dict_converter=js.Object.fromEntries)
        request.signal = stop.signal
        try:
            answer = await js.fetch(url, request)
            content = (await answer.arrayBuffer()).to_bytes()
        except Exception as error:
            raise Unreachable(f"{method} {url}: {error}") from error
        finally:
            js.clearTimeout(timer)
        names = {str(name).lower(): str(value) for name, value in answer.headers.entries()}
        return Response(int(answer.status), names, content)


class BrowserClock:
    """`performance.now()` of this worker: nobody can set it, and it starts anew with each page load."""

    def __init__(self) -> None:
        self.boot_id = str(uuid.uuid4())

    def boot_ms(self) -> int:
        return int(js.performance.now())

    def wall(self) -> datetime:
        return datetime.now(UTC)


class PageBridge:
    """Asks the page for what a worker may not do. Each question has a number; answers come back under it."""

    def __init__(self) -> None:
        self._channel = js.BroadcastChannel.new("scanledger-terminal")
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._channel.onmessage = create_proxy(self._receive)

    def _receive(self, event: js.MessageEvent) -> None:
        answer = json.loads(event.data)
        waiting = self._waiting.pop(answer.get("answers", ""), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(json.dumps(answer["value"]))

    async def ask(self, question: str, value: str = "") -> object:
        number = str(uuid.uuid4())
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._channel.postMessage(json.dumps({"question": question, "value": value, "number": number}))
        return json.loads(await asyncio.wait_for(answer, BRIDGE_TIMEOUT_S))


class BrowserInstallId:
    def __init__(self, page: PageBridge) -> None:
        self._page = page

    async def get(self) -> str | None:
        stored = await self._page.ask("get install id")
        return None if stored is None else str(stored)

    async def set(self, install_id: str) -> None:
        await self._page.ask("set install id", install_id)


class BrowserHost:
    def __init__(self, page: PageBridge) -> None:
        self._page = page

    async def facts(self) -> HostFacts:
        told = await self._page.ask("facts")
        if not isinstance(told, dict):
            raise TypeError(f"the page answered {told!r} for the facts")
        return HostFacts(
            kind="pwa",
            build_id=str(told["build_id"]),
            storage_persistent=bool(told["storage_persistent"]),
            has_new_build=bool(told["has_new_build"]),
            enrolment_code=str(told.get("enrolment_code", "")),
        )

    async def say_shown(self) -> None:
        await self._page.ask("shown")

    async def take_new_build(self) -> None:
        await self._page.ask("take new build")


async def open_ports() -> Ports:
    files = BrowserFiles()
    await files.open()
    page = PageBridge()
    return Ports(
        files=files,
        http=BrowserHttp(),
        clock=BrowserClock(),
        install_id=BrowserInstallId(page),
        settings=FileSettings(files.data / "settings.json", files.make_durable),
        host=BrowserHost(page),
    )
