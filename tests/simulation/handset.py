"""A worker with a device: does real things in the warehouse, scans them, and believes only the beep.

A scan is confirmed when the device said go. If the device is killed meanwhile, the worker looks into its
queue afterwards: what stands there was done, what does not was not.
"""

import contextlib
import json
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from shared.wire import codec
from shared.wire.reference import StockRecord
from terminal.core import Device
from terminal.flows.step import AnswerKind, Step
from terminal.store.scope_file import POINTER
from tests.simulation.machine import DeviceClock, Disk, InstallId, Killed, World, at_once, bits_of
from tests.simulation.network import Network
from tests.simulation.server import BADGE, BINS, DOCK, ITEMS, PIN

_STOCK = ("bin_code", "item_no", "variant_code", "lot_no", "serial_no")

# Where each piece really is: (bin, item) to how many.
Truth = dict[tuple[str, str], int]
# What one deed does to the truth.
Effects = tuple[tuple[str, str, int], ...]


@dataclass
class Deed:
    """Something that a worker does and scans: the task, the presses and scans, and what it moves."""

    flow: str
    steps: tuple[tuple[str, str], ...]
    effects: Effects


@dataclass
class Handset:
    """One device and its worker."""

    name: str
    root: Path
    world: World
    network: Network
    chance: Random
    truth: Truth
    trace: list[str]
    is_lazy: bool
    confirmed: list[str] = field(default_factory=list)
    # transaction id to the newest outcome revision that this device has ever known.
    revs: dict[str, int] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        skew = timedelta(seconds=self.chance.randrange(-300, 300))
        self.clock = DeviceClock(self.world, skew)
        self.disk = Disk(self.root / self.name, is_lazy=self.is_lazy)
        self.install_id = InstallId()
        self.device = self._boot()

    def _boot(self) -> Device:
        device = Device(
            files=self.disk,
            http=self.network,
            clock=self.clock,
            install_id=self.install_id,
            chance=bits_of(self.chance),
            connect=self.disk.connect,
            journal_mode="DELETE" if self.is_lazy else "WAL",
        )
        at_once(device.open())
        return device

    def enrol(self, code: str) -> None:
        """Enrol, read everything once, sign in."""
        at_once(self.device.enrol(code, self.name))
        at_once(self.device.sync_once())
        self._sign_in()

    def _sign_in(self) -> None:
        at_once(self.device.sign_in(BADGE, PIN))
        assert self.device.worker is not None, "the worker cannot sign in"

    def act(self) -> None:
        """Do something that is possible where the goods really are, and scan it."""
        deed = self._choose()
        if deed is None:
            return
        known = {each for each, _, _ in self.outbox()}
        step: Step | None = None
        try:
            at_once(self.device.begin(deed.flow))
            for what, value in deed.steps:
                step = self._do(what, value)
        except Killed:
            self.restart()
            step = None
        except sqlite3.Error:
            step = None
        new = [each for each, _, _ in self.outbox() if each not in known]
        assert len(new) <= 1, f"{self.name}: one deed made {len(new)} transactions"
        is_go = step is not None and step.answer is not None and step.answer.kind is AnswerKind.GO
        if is_go and step is not None and step.transaction is not None:
            assert new, f"{self.name}: beeped, but nothing stands in the queue"
            self.confirmed += new
        self.trace.append(f"{self.name} {deed.flow} {'kept' if new else 'not kept'}")
        if new:
            for bin_code, item_no, quantity in deed.effects:
                self.truth[bin_code, item_no] = self.truth.get((bin_code, item_no), 0) + quantity

    def _do(self, what: str, value: str) -> Step:
        if what == "scan":
            return at_once(self.device.scan(value))
        if what == "press":
            return at_once(self.device.press(value))
        return at_once(self.device.key_quantity(Decimal(value)))

    def _choose(self) -> Deed | None:
        item = self.chance.choice(list(ITEMS))
        code, many = ITEMS[item], self.chance.randrange(1, 30)
        flow = self.chance.choice(("receive", "put_away", "move", "pick", "pick", "adjust", "return"))
        if flow in ("receive", "return"):
            place = DOCK if flow == "receive" else self.chance.choice(BINS)
            return Deed(flow, _counted(place, code, many), ((place, item, many),))
        full = [place for (place, what), have in self.truth.items() if what == item and have > 0]
        place = DOCK if flow == "put_away" else self.chance.choice(full) if full else ""
        have = self.truth.get((place, item), 0)
        if have <= 0:
            return None
        many = self.chance.randrange(1, have + 1)
        if flow == "pick":
            return Deed(flow, _counted(place, code, many), ((place, item, -many),))
        if flow == "adjust":
            steps = (("press", "reason:DAMAGED"), *_counted(place, code, many))
            return Deed(flow, steps, ((place, item, -many),))
        target = self.chance.choice([each for each in BINS if each != place])
        source = (("scan", place),) if flow == "move" else ()
        steps = (*source, ("press", "times"), ("key", str(many)), ("scan", code), ("scan", target))
        return Deed(flow, steps, ((place, item, -many), (target, item, many)))

    def sync(self) -> None:
        """One round, whatever comes of it; nothing that was known may go back."""
        try:
            report = at_once(self.device.sync_once())
            self.trace.append(f"{self.name} sync {report.sent}/{report.answered} {report.trouble}")
        except Killed:
            self.restart()
        except sqlite3.Error as error:
            self.trace.append(f"{self.name} sync {error}")
        self._check_nothing_went_back()

    def _check_nothing_went_back(self) -> None:
        for transaction_id, rev in self._select("SELECT transaction_id, rev FROM outcome"):
            assert rev >= self.revs.get(transaction_id, -1), (
                f"{self.name}: outcome {transaction_id} went back"
            )
            self.revs[transaction_id] = rev

    def restart(self) -> None:
        """The process is gone and comes back, on what lasting storage has."""
        self.disk.fuse.left = None
        self.disk.is_full = False
        with contextlib.suppress(sqlite3.Error, AttributeError):
            self.device.close()
        self.disk.lose_what_was_not_kept()
        if self.is_lazy:
            # What the browser had not kept, the device may know again: from here on it counts anew.
            self.revs.clear()
        self.clock.reboot()
        self.device = self._boot()
        if self.device.is_enrolled:
            self._sign_in()
        missing = set(self.confirmed) - {each for each, _, _ in self.outbox()}
        assert not missing, f"{self.name}: beeped and gone: {sorted(missing)}"

    def outbox(self) -> list[tuple[str, int, str]]:
        """(id, seq, state) of every transaction that the device holds, read behind its back."""
        return self._select("SELECT transaction_id, seq, state FROM outbox ORDER BY epoch, seq")

    def outcomes(self) -> dict[str, str]:
        """The status that the device knows of each transaction."""
        return dict(self._select("SELECT transaction_id, status FROM outcome"))

    def copy_of(self, scope: str) -> dict[tuple[str, str], dict[str, Any]]:
        """What the device has read of a scope of the feed, by etype and key."""
        folder = self.disk.reference / quote(scope, safe="")
        pointer = folder / POINTER
        connection = sqlite3.connect(folder / (pointer.read_text() if pointer.exists() else "ref-0.db"))
        try:
            records = connection.execute("SELECT etype, ekey, document FROM record").fetchall()
            stock = connection.execute(f"SELECT ekey, quantity, {', '.join(_STOCK)} FROM stock").fetchall()
        finally:
            connection.close()
        copy = {(etype, key): json.loads(document) for etype, key, document in records}
        for key, steps, *names in stock:
            record = StockRecord(
                quantity_base=Decimal(steps).scaleb(-5), **dict(zip(_STOCK, names, strict=True))
            )
            copy["stock", key] = codec.write(record)
        return copy

    def _select(self, statement: str) -> list[tuple]:  # type: ignore[type-arg]
        connection = sqlite3.connect(self.disk.data / "queue.db")
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()


def _counted(place: str, code: str, many: int) -> tuple[tuple[str, str], ...]:
    return (("scan", place), ("press", "times"), ("key", str(many)), ("scan", code))
