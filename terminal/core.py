"""The device as one object: what the screens call and the simulator drives, free of any user interface.

Everything that differs per machine is handed in (files, HTTP, clocks, chance, how SQLite is opened). Always
holds: a scan is in the journal before it is acted on; a go answer is given only after its transaction was
committed and made durable; scans that come while one is handled wait in order; nothing is sent that a
killed process could forget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from terminal.flows.codes import StockLine
    from terminal.flows.step import Message, Step
    from terminal.platform.ports import BootClock, Files, Http, InstallId

Connect = Callable[[Path], "sqlite3.Connection"]
Chance = Callable[[int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers of the sync strip and the home screen."""

    waiting: int
    needs_you: int
    with_supervisor: int
    posted_today: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One transaction as the queue shows it. `state` is queued, sent, an outcome word or unsendable."""

    transaction_id: str
    seq: int
    kind: str
    state: str
    item_no: str
    description: str
    quantity: Decimal
    unit_of_measure_code: str
    bin_code: str
    to_bin_code: str
    occurred_wall: datetime
    worker_id: str
    worker_name: str
    code: str
    hint: str
    document_no: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOverview:
    """What became of my scans, in the order of the screen. Needs you: parked, refused, and what could not be sent."""

    needs_you: tuple[QueueEntry, ...]
    with_supervisor: tuple[QueueEntry, ...]
    not_sent: tuple[QueueEntry, ...]
    at_server: tuple[QueueEntry, ...]
    posted_today: tuple[QueueEntry, ...]
    last_answer_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """Whether the last request was answered by our server, and since when it is so.

    `trouble` is "", unreachable, portal, busy, revoked, too_old or unauthorised.
    """

    is_online: bool
    since: datetime | None
    last_answer_at: datetime | None
    trouble: str
    stock_as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one round of sync did, and when the next is due (boot clock)."""

    sent: int
    answered: int
    pulled: int
    trouble: str
    next_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who is signed in."""

    person_id: str
    name: str
    role: str
    language: str
    session_id: str


class Device:
    """A terminal. Open it, enrol it once, sign in, begin a task, scan; run `sync_once` when it is due."""

    def __init__(  # the ports, one by one
        self,
        *,
        files: Files,
        http: Http,
        clock: BootClock,
        install_id: InstallId,
        chance: Chance,
        connect: Connect | None = None,
        journal_mode: str = "WAL",
        app_version: str = "",
    ) -> None:
        """`chance(bits)` gives that many random bits; `journal_mode` is DELETE in the browser."""
        raise NotImplementedError

    async def open(self) -> None:
        """Open both databases, salvaging a damaged queue and dropping damaged reference data."""
        raise NotImplementedError

    def close(self) -> None:
        """Close both databases; the object is of no further use."""
        raise NotImplementedError

    # -- enrolment and people

    @property
    def is_enrolled(self) -> bool:
        """Whether the device has its credential."""
        raise NotImplementedError

    @property
    def location_code(self) -> str:
        """The location this device works at, "" before enrolment."""
        raise NotImplementedError

    @property
    def worker(self) -> Worker | None:
        """Who is signed in."""
        raise NotImplementedError

    async def enrol(self, code: str, device_name: str) -> None:
        """Trade a one-time code for a credential. Raises sync's Unreachable or EnrolmentRefused."""
        raise NotImplementedError

    async def badge(self, raw: str) -> Worker | None:
        """Whose badge a scan is, before the PIN is asked; None when it is nobody's."""
        raise NotImplementedError

    async def sign_in(self, badge: str, pin: str) -> Message:
        """Check badge and PIN offline; the message says welcome, wrong (tries left) or locked."""
        raise NotImplementedError

    async def sign_out(self) -> None:
        """End the session; the queue stays."""
        raise NotImplementedError

    # -- tasks

    @property
    def step(self) -> Step | None:
        """Where the running task stands; None on the home screen."""
        raise NotImplementedError

    async def begin(self, flow: str) -> Step:
        """Start a task of FLOWS."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Back to the home screen; what is confirmed stays, what is in hand is let go."""
        raise NotImplementedError

    async def scan(self, raw: str, symbology: str = "") -> Step:
        """Take one decoded scan: journal, meaning, flow, commit, durable, answer. On home it opens look_up."""
        raise NotImplementedError

    async def press(self, action: str) -> Step:
        """A button of the step's prompt."""
        raise NotImplementedError

    async def key_quantity(self, quantity: Decimal) -> Step:
        """A number from the pad."""
        raise NotImplementedError

    # -- what the queue and the stock look like

    def counts(self) -> Counts:
        """Numbers for the strip."""
        raise NotImplementedError

    def online(self) -> Online:
        """On-line state and ages."""
        raise NotImplementedError

    def queue_overview(self, limit: int = 100) -> QueueOverview:
        """The transactions by what they need; at most `limit` per section, newest first."""
        raise NotImplementedError

    def own_stock(self, *, bin_code: str = "", item_no: str = "") -> tuple[StockLine, ...]:
        """Snapshot plus own unposted effects, of one bin or one item."""
        raise NotImplementedError

    def export_rescue(self) -> bytes:
        """Every transaction and scan as NDJSON, for a device that can no longer send."""
        raise NotImplementedError

    # -- sync

    async def sync_once(self) -> SyncReport:
        """One round: token if needed, push until empty, pull each scope to its head. Never raises for the network."""
        raise NotImplementedError

    @property
    def next_sync_ms(self) -> int:
        """Boot clock at which `sync_once` is due; moves nearer after a confirm."""
        raise NotImplementedError
