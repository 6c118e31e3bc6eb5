"""What the terminal needs from the machine it runs on, as one small set of types.

Browser, desktop and phone differ only behind these types; whatever else stands in `terminal/` is plain
Python and runs unchanged on each. A port never raises a platform's own exception: callers see `Unreachable`
and `NotDurable` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


class Unreachable(Exception):
    """No answer came, or too late, or in part. Whether the server acted is unknown."""


class NotDurable(Exception):
    """What was committed could not be written to lasting storage, mostly because the device is full."""


class Files(Protocol):
    """Where the two databases lie, and how what was committed is made to survive a killed process."""

    @property
    def data(self) -> Path:
        """Folder of the queue. In the browser a changed file is written as a whole: keep it small."""

    @property
    def reference(self) -> Path:
        """Folder of what can be fetched again (ref.db), made durable apart: no scan pays for it."""

    async def make_durable(self) -> None:
        """Return once all that was committed in `data` is on lasting storage; else `NotDurable`."""

    async def keep_reference(self) -> None:
        """The same for `reference`."""


@dataclass(frozen=True)
class Response:
    """An answer of any status, also 4xx and 5xx. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
    ) -> Response:
        """Send one request. A `url` that starts with `/` goes to the terminal's own server."""


class BootClock(Protocol):
    """Two clocks for each event: one that nobody can set, and the wall clock that people read."""

    @property
    def boot_id(self) -> str:
        """Names the run of the boot clock: equal ids mean comparable `boot_ms`."""

    def boot_ms(self) -> int:
        """Milliseconds since some start that `boot_id` names; never goes back."""

    def wall(self) -> datetime:
        """What the device believes the time is, in UTC."""


class InstallId(Protocol):
    """A name for this installation, kept apart from the queue: so a copied queue is noticed."""

    async def get(self) -> str | None: ...

    async def set(self, install_id: str) -> None: ...


class Settings(Protocol):
    """Small choices (language, hand, theme). Losing them loses no work."""

    def get(self, name: str, default: str = "") -> str: ...

    async def set(self, name: str, value: str) -> None: ...


@dataclass(frozen=True)
class HostFacts:
    """What the app says about its place on the settings screen.

    `storage_persistent` is None where the question does not arise (a native file system). `enrolment_code` is
    the code of the address that the app was opened with, "" mostly.
    """

    kind: str
    build_id: str
    storage_persistent: bool | None
    has_new_build: bool = False
    enrolment_code: str = ""


class Host(Protocol):
    """The shell around the app: the page in the browser, the process elsewhere."""

    async def facts(self) -> HostFacts: ...

    async def say_shown(self) -> None:
        """The first screen stands: the start picture may go."""

    async def take_new_build(self) -> None:
        """Start the waiting build. Call it only when nothing is between a scan and its durable commit."""


@dataclass(frozen=True)
class Ports:
    files: Files
    http: Http
    clock: BootClock
    install_id: InstallId
    settings: Settings
    host: Host
