"""Runs the worker's task: journal, meaning, flow, commit, durable, answer — in this order for every scan.

Always holds: what is not written down is not acted on; a go answer comes after its commit is durable; when
the device cannot keep something, the flow stays where it was and the answer says so. The caller sees to it
that one event is handled at a time.
"""

import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shared.ids import uuid7
from shared.wire import codec
from shared.wire.reference import LocationRecord
from shared.wire.transactions import Basis, Body, Transaction
from terminal.flows import FLOWS
from terminal.flows.codes import BinCode, ItemCode, Resolved, StockLine, UnknownCode
from terminal.flows.hand import stop
from terminal.flows.step import Became, Draft, Event, Facts, Flow, Pressed, Quantity, Scanned, Step
from terminal.platform.ports import BootClock, NotDurable
from terminal.resolve import Resolver, stock_lines
from terminal.sign_in import Worker
from terminal.store.database import is_full
from terminal.store.queue import Queue, Scan
from terminal.store.reference import Reference, own_stock, site_scope
from terminal.sync.when import Chance

HOME_FLOW = "look_up"
_LONGEST_SCAN = 400
_MOST_SCANS = 500


class Task:
    """The running flow and its step; `step` is None on the home screen."""

    def __init__(self, queue: Queue, reference: Reference, clock: BootClock, chance: Chance) -> None:
        self._queue, self._reference, self._clock, self._chance = queue, reference, clock, chance
        self._flow: Flow | None = None
        self.step: Step | None = None
        # Scans that were kept and wait for what they belong to: number and text.
        self._held: list[tuple[int, str]] = []

    # -- which task

    def begin(self, name: str) -> Step:
        """Start a task; what was held by the one before is let go."""
        self.leave()
        self._flow = FLOWS[name]
        self.step = self._flow.begin(self._facts())
        return self.step

    def leave(self) -> None:
        """Back to the home screen."""
        self._let_go()
        self._flow, self.step = None, None

    def _let_go(self) -> None:
        held, self._held = self._held, []
        # On a full device the journal calls them interrupted at the next start; leaving must work.
        with suppress(sqlite3.Error):
            self._queue.settle([scan_no for scan_no, _ in held], Became.LET_GO)

    def _facts(self) -> Facts:
        code = self._queue.get("location_code")
        location = self._reference.location(code) or LocationRecord(code=code or "-")
        return Facts(location=location, reasons=self._reference.reasons())

    # -- events

    async def scan(self, raw: str, symbology: str, worker: Worker | None) -> Step:
        """One decoded scan."""
        if self.step is None:
            self.begin(HOME_FLOW)
        try:
            scan_no = self._queue.journal(self._journal_entry(raw, symbology, worker))
        except sqlite3.Error as error:
            return self._not_kept(error)
        try:
            resolved, stock = self._meaning(raw, symbology)
        except sqlite3.DatabaseError:
            # Only reference data is read here; a damaged file is fetched again.
            self._reference.drop()
            resolved, stock = UnknownCode(text=raw), ()
        self._held.append((scan_no, raw))
        return await self._advance(Scanned(resolved=resolved, raw=raw, stock=stock), worker)

    async def press(self, action: str, worker: Worker | None) -> Step:
        """A button of the prompt."""
        step = await self._advance(Pressed(action), worker)
        if action in {"no", "put_back"}:
            self._let_go()
        return step

    async def key_quantity(self, quantity: Decimal, worker: Worker | None) -> Step:
        """A number from the pad."""
        return await self._advance(Quantity(quantity), worker)

    def _journal_entry(self, raw: str, symbology: str, worker: Worker | None) -> Scan:
        return Scan(
            raw=raw,
            symbology=symbology,
            occurred_wall=self._clock.wall(),
            occurred_boot_ms=self._clock.boot_ms(),
            boot_id=self._clock.boot_id,
            flow="" if self._flow is None else self._flow.name,
            worker_id="" if worker is None else worker.person_id,
            session_id="" if worker is None else worker.session_id,
        )

    def _meaning(self, raw: str, symbology: str) -> tuple[Resolved, tuple[StockLine, ...]]:
        location_code = self._queue.get("location_code")
        today = self._clock.wall().astimezone(UTC).date()
        resolved = Resolver(self._reference, location_code).resolve(raw, today, symbology)
        if self._flow is not None and self._flow.name != HOME_FLOW:
            return resolved, ()
        if isinstance(resolved, ItemCode):
            return resolved, self._stock(item_no=resolved.item_no)
        if isinstance(resolved, BinCode):
            return resolved, self._stock(bin_code=resolved.code)
        return resolved, ()

    def _stock(self, *, bin_code: str = "", item_no: str = "") -> tuple[StockLine, ...]:
        location_code = self._queue.get("location_code")
        return stock_lines(self._queue, self._reference, location_code, bin_code=bin_code, item_no=item_no)

    # -- keeping

    async def _advance(self, event: Event, worker: Worker | None) -> Step:
        assert self._flow is not None
        assert self.step is not None
        step = self._flow.advance(self.step.state, event)
        try:
            if step.transaction is not None:
                await self._confirm(step.transaction, worker)
            elif isinstance(event, Scanned):
                await self._settle(step.became)
        except NotDurable:
            # Committed, not yet on lasting storage: it counts, and the worker must not scan it again.
            step = replace(step, answer=stop("device.not_durable"))
        except sqlite3.Error as error:
            if isinstance(event, Scanned):
                self._held.pop()
            return self._not_kept(error)
        self.step = step
        return step

    async def _settle(self, became: Became) -> None:
        """What a scan became that confirmed nothing. Held ones wait for their transaction."""
        self._queue.settle([self._held[-1][0]], became)
        if became is not Became.HELD:
            self._held.pop()
        await self._queue.make_durable()

    async def _confirm(self, draft: Draft, worker: Worker | None) -> None:
        scan_nos = [scan_no for scan_no, _ in self._held]
        try:
            await self._queue.confirm(self._transaction(draft, worker), scan_nos, Became.COUNTED)
        except sqlite3.Error:
            raise
        except BaseException:
            self._held = []
            raise
        self._held = []

    def _transaction(self, draft: Draft, worker: Worker | None) -> Transaction:
        now = self._clock.wall()
        body = replace(draft.body, scans=tuple(_wire_scan(raw) for _, raw in self._held[-_MOST_SCANS:]))
        offset = self._queue.get("clock_offset_ms")
        return Transaction(
            transaction_id=uuid7(_unix_ms(now), self._chance(74)),
            device_id=self._queue.get("device_id"),
            epoch=0,
            seq=1,
            kind=draft.kind,
            location_code=self._queue.get("location_code"),
            body=codec.write(body),
            worker_id="" if worker is None else worker.person_id,
            session_id="" if worker is None else worker.session_id,
            occurred_wall=now,
            occurred_boot_ms=self._clock.boot_ms(),
            boot_id=self._clock.boot_id,
            clock_offset_ms=int(offset) if offset else None,
            basis=self._basis(draft.body),
        )

    def _basis(self, body: Body) -> Basis:
        """What the device believed of the first line's stock before it was confirmed."""
        line = body.lines[0]
        bin_code = getattr(line, "from_bin_code", "") or getattr(line, "bin_code", "")
        location_code = self._queue.get("location_code")
        believed = sum(
            (
                record.quantity_base
                for record in own_stock(self._queue, self._reference, location_code, item_no=line.item_no)
                if (record.bin_code, record.variant_code, record.lot_no, record.serial_no)
                == (bin_code, line.variant_code, line.lot_no, line.serial_no)
            ),
            Decimal(0),
        )
        feed_seq = self._reference.scope(site_scope(location_code)).get("seq", "0")
        return Basis(feed_seq=int(feed_seq), expected_quantity=believed)

    def _not_kept(self, error: sqlite3.Error) -> Step:
        """Nothing was written: the task stays where it was and the worker is told to stop."""
        assert self.step is not None
        key = "device.full" if is_full(error) else "device.cannot_write"
        self.step = replace(self.step, answer=stop(key), transaction=None, became=Became.NOT_KEPT)
        return self.step


def _unix_ms(moment: datetime) -> int:
    """Milliseconds since 1970 for an id; a clock that is set before then must not stop the work."""
    return max(0, (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))


def _wire_scan(raw: str) -> str:
    """A scan as a transaction carries it; the journal has it whole."""
    return "".join(char for char in raw[:_LONGEST_SCAN] if char != "\0" and not "\ud800" <= char <= "\udfff")
