"""The device as one object: what the screens call and the simulator drives, free of any user interface.

Everything that differs per machine is handed in (files, HTTP, clocks, chance, how SQLite is opened). Always
holds: a scan is in the journal before it is acted on; a go answer is given only after its transaction was
committed and made durable; scans that come while one is handled wait in order; nothing is sent that a
killed process could forget.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared.ids import uuid7
from terminal.flows import FLOWS
from terminal.flows.codes import StockLine
from terminal.flows.step import Message, Step
from terminal.platform.ports import BootClock, Files, Http, InstallId
from terminal.queue_view import Counts, QueueEntry, QueueOverview, QueueView
from terminal.resolve import stock_lines
from terminal.sign_in import Door, Worker
from terminal.store import overview, salvage
from terminal.store.overview import JournalledScan
from terminal.store.ports import Connect, connect_file
from terminal.store.queue import Queue
from terminal.store.reference import Reference, site_scope
from terminal.sync import when
from terminal.sync.client import Client, enrolment_code
from terminal.sync.link import Link
from terminal.sync.round import Connection, SyncReport, SyncRound
from terminal.sync.waiting import WaitedFor
from terminal.task import Task

__all__ = [
    "FLOWS",
    "Connection",
    "Counts",
    "Device",
    "JournalledScan",
    "QueueEntry",
    "QueueOverview",
    "SyncReport",
    "Worker",
]


class Device:
    """A terminal. Open it, enrol it once, sign in, begin a task, scan; run `sync_once` when it is due."""

    def __init__(
        self,
        *,
        files: Files,
        http: Http,
        clock: BootClock,
        install_id: InstallId,
        chance: when.Chance,
        connect: Connect = connect_file,
        journal_mode: str = "WAL",
        app_version: str = "",
    ) -> None:
        """`chance(bits)` gives that many random bits; `journal_mode` is DELETE in the browser."""
        self._files, self._clock, self._install_id, self._chance = files, clock, install_id, chance
        self._connect, self._journal_mode, self._app_version = connect, journal_mode, app_version
        self._http = WaitedFor(http, clock)
        self._client = Client(self._http)
        self._worker: Worker | None = None
        # First come, first served: asyncio's lock wakes its waiters in order.
        self._one_event, self._one_sync = asyncio.Lock(), asyncio.Lock()

    async def open(self) -> None:
        """Open both databases, salvaging a damaged queue and dropping damaged reference data."""
        self._queue = Queue.open(self._files, self._connect, self._journal_mode, self._clock.wall())
        self._queue.settle_interrupted()
        self._reference = Reference(self._files.reference, self._connect, self._journal_mode)
        self._view = QueueView(self._queue, self._reference)
        self._door = Door(self._queue, self._reference, self._clock, self._chance)
        self._task = Task(self._queue, self._reference, self._clock, self._chance)
        self._sync = SyncRound(
            queue=self._queue,
            reference=self._reference,
            link=Link(self._client, self._queue, self._clock),
            clock=self._clock,
            files=self._files,
            chance=self._chance,
            app_version=self._app_version,
        )
        await self._check_install()
        await self._queue.make_durable()

    def close(self) -> None:
        """Close both databases; the object is of no further use."""
        self._queue.close()
        self._reference.close()

    async def _check_install(self) -> None:
        """Give the installation its name; note a queue that came from another one."""
        here, kept = await self._install_id.get(), self._queue.get("install_id")
        if here is None:
            here = self._new_id()
            await self._install_id.set(here)
        if not kept:
            self._queue.set(install_id=here)
        elif kept != here:
            # A restored or copied queue: its history may have forked, and the epoch has to change.
            self._queue.log("install_differs", f"queue of {kept} opened by {here}", self._clock.wall())

    def _new_id(self) -> str:
        unix_ms = max(0, int(self._clock.wall().timestamp() * 1000))
        return uuid7(unix_ms, self._chance(74))

    # -- enrolment and people

    @property
    def is_enrolled(self) -> bool:
        """Whether the device has its credential."""
        return bool(self._queue.get("device_secret"))

    @property
    def device_id(self) -> str:
        """The id that the server gave, "" before enrolment."""
        return self._queue.get("device_id")

    @property
    def location_code(self) -> str:
        """The location this device works at, "" before enrolment."""
        return self._queue.get("location_code")

    @property
    def worker(self) -> Worker | None:
        """Who is signed in."""
        return self._worker

    async def enrol(self, code: str, device_name: str) -> None:
        """Trade a one-time code for a credential. Raises Unreachable, Busy, EnrolmentRefused.

        `code` may be what was typed, or the whole address out of the QR code.
        """
        async with self._one_sync:
            enrolled = await self._client.enrol(
                enrolment_code(code), self._queue.get("install_id"), device_name
            )
            self._queue.set(
                device_id=enrolled.device_id,
                device_secret=enrolled.device_secret,
                epoch=str(enrolled.epoch),
                location_code=enrolled.location_code,
                server_epoch=enrolled.server_epoch,
                device_name=device_name,
            )
            await self._queue.make_durable()
            self._sync.schedule = when.at_once(self._sync.schedule, self._clock.boot_ms())

    def name_of_badge(self, badge: str) -> str:
        """Whose badge a scan is, before the PIN is asked; "" when it is nobody's."""
        person = self._door.person_of(badge)
        return "" if person is None else person.name

    async def sign_in(self, badge: str, pin: str) -> Message:
        """Check badge and PIN offline; the message says welcome, wrong (tries left) or locked.

        A right PIN ends the former worker's session; the queue stays.
        """
        async with self._one_event:
            entry = await self._door.sign_in(badge, pin)
            if entry.worker is not None:
                await self._end_session()
                self._worker = entry.worker
            return entry.message

    async def sign_out(self) -> None:
        """End the session; the queue stays."""
        async with self._one_event:
            await self._end_session()

    async def _end_session(self) -> None:
        self._task.leave()
        if self._worker is not None:
            await self._door.sign_out(self._worker)
            self._worker = None

    # -- tasks

    @property
    def step(self) -> Step | None:
        """Where the running task stands; None on the home screen."""
        return self._task.step

    async def begin(self, flow: str) -> Step:
        """Start a task of FLOWS."""
        async with self._one_event:
            return self._task.begin(flow)

    async def leave(self) -> None:
        """Back to the home screen; what is confirmed stays, what is in hand is let go."""
        async with self._one_event:
            self._task.leave()

    async def scan(self, raw: str, symbology: str = "") -> Step:
        """One decoded scan: journal, meaning, flow, commit, durable, answer. On home it opens look_up."""
        async with self._one_event:
            return self._nudged(await self._task.scan(raw, symbology, self._worker))

    async def press(self, action: str) -> Step:
        """A button of the step's prompt."""
        async with self._one_event:
            return self._nudged(await self._task.press(action, self._worker))

    async def key_quantity(self, quantity: Decimal) -> Step:
        """A number from the pad."""
        async with self._one_event:
            return self._nudged(await self._task.key_quantity(quantity, self._worker))

    def _nudged(self, step: Step) -> Step:
        """A new transaction brings the next sync near."""
        if step.transaction is not None:
            self._sync.schedule = when.after_confirm(self._sync.schedule, self._clock.boot_ms())
        return step

    # -- what the queue and the stock look like

    def counts(self) -> Counts:
        """Numbers for the strip."""
        return self._view.counts(self._clock.wall())

    @property
    def connection(self) -> Connection:
        """Whether the server answered last, since when, what the trouble is, and whether it is late now."""
        return replace(self._sync.connection, is_late=self._http.is_late)

    def stock_as_of(self) -> datetime | None:
        """The moment for which the stock snapshot is true."""
        return self._reference.as_of(site_scope(self.location_code))

    def queue_overview(self, limit: int = 100) -> QueueOverview:
        """The transactions by what they need; at most `limit` per section, newest first."""
        return self._view.overview(self._clock.wall(), limit)

    def transaction(self, transaction_id: str) -> tuple[QueueEntry, list[JournalledScan]]:
        """One transaction with the scans that confirmed it. Raises KeyError for an unknown id."""
        return self._view.entry(transaction_id), overview.scans_of(self._queue, transaction_id)

    def newest_scans(self, limit: int = 100) -> list[JournalledScan]:
        """The journal: every scan and what became of it, newest first."""
        return overview.newest_scans(self._queue, limit)

    def own_stock(self, *, bin_code: str = "", item_no: str = "") -> tuple[StockLine, ...]:
        """Snapshot plus own unposted effects, of one bin or one item."""
        return stock_lines(
            self._queue, self._reference, self.location_code, bin_code=bin_code, item_no=item_no
        )

    def export_rescue(self) -> bytes:
        """Every transaction and scan as NDJSON, for a device that can no longer send."""
        lines = salvage.rescue_lines(self._queue.connection)
        return "".join(line + "\n" for line in lines).encode()

    # -- sync

    async def sync_once(self) -> SyncReport:
        """One round: push until empty, pull each scope to its head. Never raises for the network."""
        async with self._one_sync:
            if not self.is_enrolled:
                return SyncReport(trouble="not_enrolled", next_at_ms=self._clock.boot_ms() + when.LONGEST_MS)
            return await self._sync.run()

    async def try_now(self) -> SyncReport:
        """A person wants it now: as `sync_once`, but never within a pause that the server asked for."""
        self._sync.schedule = when.at_once(self._sync.schedule, self._clock.boot_ms())
        if self.next_sync_ms > self._clock.boot_ms():
            return SyncReport(trouble="busy", next_at_ms=self.next_sync_ms)
        return await self.sync_once()

    @property
    def next_sync_ms(self) -> int:
        """Boot clock at which `sync_once` is due; moves nearer after a confirm."""
        return self._sync.schedule.due_at_ms
