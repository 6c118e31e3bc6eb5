"""The ports where Python is an ordinary process: desktop, server web for development, APK.

Standard library only. SQLite has flushed its file when COMMIT returns (`synchronous=FULL`); `make_durable`
adds the folder, which holds the names of the files.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from terminal.platform.file_settings import FileSettings
from terminal.platform.ports import HostFacts, NotDurable, Ports, Response, Unreachable

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


class NativeFiles:
    def __init__(self, root: Path) -> None:
        self.data = root / "queue"
        self.reference = root / "reference"
        for folder in (self.data, self.reference):
            folder.mkdir(parents=True, exist_ok=True)
            # It holds names, places and tokens of a company.
            folder.chmod(0o700)

    async def make_durable(self) -> None:
        _flush_folder(self.data)

    async def keep_reference(self) -> None:
        _flush_folder(self.reference)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle on a folder to flush; its file systems journal the names.
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotDurable(f"{folder} was not flushed to disk: {error}") from error


class NativeHttp:
    """urllib in a thread: the event loop draws the screen and must not wait for the network."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
    ) -> Response:
        request = urllib.request.Request(
            self._address(url), data=body, headers=dict(headers or {}), method=method
        )
        try:
            # urllib's own limit is per read; the outer one bounds the whole exchange.
            return await asyncio.wait_for(asyncio.to_thread(_send, request, timeout_s), timeout_s)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{method} {url}: {error}") from error

    def _address(self, url: str) -> str:
        address = urljoin(self._server_url, url)
        # urllib would open file: as well.
        if not address.startswith(("http://", "https://")):
            raise ValueError(f"{address} is no address of a server")
        return address


def _send(request: urllib.request.Request, timeout_s: float) -> Response:
    try:
        answer = urllib.request.urlopen(request, timeout=timeout_s)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, names, answer.read())


class NativeClock:
    """A clock that runs on while the device sleeps.

    CLOCK_BOOTTIME on Linux and Android, CLOCK_MONOTONIC on Apple. `time.monotonic()` stops in suspend on both
    and would make every event of the morning look an hour old.
    """

    def __init__(self) -> None:
        self._clock: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
        self.boot_id = _boot_id()

    def boot_ms(self) -> int:
        if self._clock is None:
            return time.monotonic_ns() // 1_000_000
        return time.clock_gettime_ns(self._clock) // 1_000_000

    def wall(self) -> datetime:
        return datetime.now(UTC)


def _boot_id() -> str:
    try:
        return BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        # Unknown to the system: this process is then the longest run that can be vouched for.
        return str(uuid.uuid4())


class NativeInstallId:
    """A file beside the queue's folder, not in it: a copied queue does not bring its name along."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self) -> str | None:
        try:
            return self._path.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    async def set(self, install_id: str) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(install_id, encoding="ascii")
        beside.replace(self._path)
        _flush_folder(self._path.parent)


class NativeHost:
    async def facts(self) -> HostFacts:
        return HostFacts(kind="native", build_id="", storage_persistent=None)

    async def say_shown(self) -> None:
        return

    async def take_new_build(self) -> None:
        return


def open_ports(root: Path | None = None, server_url: str | None = None) -> Ports:
    """`root` defaults to Flet's storage folder of the app, which outlives its updates."""
    folder = root or Path(os.environ.get("FLET_APP_STORAGE_DATA") or Path.home() / ".scanledger-terminal")
    files = NativeFiles(folder)
    return Ports(
        files=files,
        http=NativeHttp(server_url or os.environ.get("SCANLEDGER_SERVER_URL", "http://127.0.0.1:8000/")),
        clock=NativeClock(),
        install_id=NativeInstallId(folder / "install_id"),
        settings=FileSettings(folder / "settings.json", files.make_durable),
        host=NativeHost(),
    )
