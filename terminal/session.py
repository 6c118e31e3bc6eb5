"""What the screens show and what a press or a scan does: the terminal between `Device` and Flet.

Always holds: entries are dealt with one after another in the order in which they came, whatever screen is
open; an answer stays until the next one, and only a go settles by itself. Knows no control and no colour.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from shared.quantity import QuantityError, parse_quantity
from terminal.core import Device
from terminal.flows.step import AnswerKind, Message, Step, say
from terminal.platform.ports import HostFacts, NotDurable, Ports, Unreachable
from terminal.scanners.wedge import Entry
from terminal.store.ports import connect_file
from terminal.sync.answers import Busy, EnrolmentRefused, ServerSays

GO_SHOWN_S = 1.2
_LONGEST_PAD = 9
_SYNC_LOOK_S = 0.5


class Screen(StrEnum):
    """Where the worker is."""

    ENROLMENT = "enrolment"
    SIGN_IN = "sign_in"
    HOME = "home"
    TASK = "task"
    QUEUE = "queue"
    TRANSACTION = "transaction"
    SETTINGS = "settings"


class Signals(Protocol):
    """Sound and vibration: one signal per answer, three times as distinct as they are loud."""

    def signal(self, kind: AnswerKind) -> None:
        """Beep and pulse for an answer."""


class Silence:
    """No sound yet: the sounds have an issue of their own."""

    def signal(self, kind: AnswerKind) -> None:
        """Nothing is heard."""


class Session:
    """One running terminal. `redraw` is called whenever something that is shown has changed."""

    def __init__(self, ports: Ports, redraw: Callable[[], None], signals: Signals | None = None) -> None:
        self.ports, self._redraw, self._signals = ports, redraw, signals or Silence()
        self.screen = Screen.ENROLMENT
        self.facts = HostFacts(kind="", build_id="", storage_persistent=None)
        # What a person keys: an enrolment code, a badge, a PIN, a quantity.
        self.typed = ""
        self.badge = ""
        self.notice: Message | None = None
        self.is_pad_open = False
        self.is_busy = False
        self.step: Step | None = None
        self.answered_at: datetime | None = None
        self.is_settled = False
        self.transaction_id = ""
        self._answers = 0

    async def open(self) -> None:
        """Open the device and choose the first screen."""
        self.facts = await self.ports.host.facts()
        self.device = Device(
            files=self.ports.files,
            http=self.ports.http,
            clock=self.ports.clock,
            install_id=self.ports.install_id,
            chance=_chance,
            connect=connect_file,
            journal_mode="DELETE" if self.facts.kind == "pwa" else "WAL",
            app_version=self.facts.build_id[:50],
        )
        await self.device.open()
        self.screen = Screen.SIGN_IN if self.device.is_enrolled else Screen.ENROLMENT
        self._redraw()

    # -- settings

    def setting(self, name: str, default: str) -> str:
        """A small choice of this device: language, theme, hand, scanner_suffix."""
        return self.ports.settings.get(name, default)

    async def choose(self, name: str, value: str) -> None:
        """Keep a choice."""
        await self.ports.settings.set(name, value)
        self._redraw()

    # -- scans

    async def take(self, entry: Entry) -> None:
        """One entry of the scanner or of a keyboard."""
        if self.screen is Screen.ENROLMENT:
            await self.enrol(entry.text)
        elif self.screen is Screen.SIGN_IN:
            self.show_badge(entry.text)
        else:
            self._show(await self.device.scan(entry.text))

    async def press(self, action: str) -> None:
        """A button of the step's prompt."""
        if action == "times":
            self.open_pad()
        self._show(await self.device.press(action))

    def _show(self, step: Step) -> None:
        self.step, self.screen = step, Screen.TASK
        if step.answer is not None:
            self._answers += 1
            self.answered_at = self.ports.clock.wall()
            self.is_settled = step.answer.kind is AnswerKind.GO and not step.answer.counted
            self._signals.signal(step.answer.kind)
            if step.answer.kind is AnswerKind.GO and not self.is_settled:
                asyncio.get_running_loop().call_later(GO_SHOWN_S, self._settle, self._answers)
        self._redraw()

    def _settle(self, answer_no: int) -> None:
        """A go gives its place back after a moment, unless something newer stands there."""
        if answer_no == self._answers:
            self.is_settled = True
            self._redraw()

    # -- the number pad

    def open_pad(self) -> None:
        """Ask for a number; none is prefilled."""
        self.typed, self.is_pad_open = "", True
        self._redraw()

    def close_pad(self) -> None:
        """Go back without a number."""
        self.typed, self.is_pad_open = "", False
        self._redraw()

    def key(self, key: str) -> None:
        """A digit, or "" to delete the last one."""
        self.typed = self.typed[:-1] if not key else (self.typed + key)[:_LONGEST_PAD]
        self._redraw()

    async def confirm_pad(self) -> None:
        """Take the number that was keyed."""
        try:
            quantity = parse_quantity(self.typed.rstrip(".") or "0")
        except QuantityError:
            quantity = Decimal(0)
        self.typed, self.is_pad_open = "", False
        self._show(await self.device.key_quantity(quantity))

    # -- enrolment and people

    async def enrol(self, code: str) -> None:
        """Trade the code for a credential, then read everything once."""
        self.is_busy, self.notice = True, None
        self._redraw()
        try:
            await self.device.enrol(_code_of(code), "")
            await self.device.sync_once()
            self.screen = Screen.SIGN_IN
        except EnrolmentRefused:
            self.notice = say("enrolment.refused")
        except (Unreachable, Busy, ServerSays):
            self.notice = say("enrolment.unreachable")
        except NotDurable:
            self.notice = say("device.not_durable")
        self.is_busy, self.typed = False, ""
        self._redraw()

    def show_badge(self, badge: str) -> None:
        """A badge was scanned or typed: ask for its PIN."""
        name = self.device.name_of_badge(badge)
        self.badge, self.typed = (badge, "") if name else ("", "")
        self.notice = None if name else say("sign_in.unknown_badge")
        self._redraw()

    async def key_pin(self, key: str) -> None:
        """A digit of the PIN; nothing is shown but how many there are."""
        self.typed = self.typed[:-1] if not key else (self.typed + key)[:6]
        self.notice = None
        self._redraw()

    async def sign_in(self) -> None:
        """Check badge and PIN; a right one opens the home screen."""
        message = await self.device.sign_in(self.badge, self.typed)
        self.typed = ""
        if self.device.worker is None:
            self.notice = message
        else:
            self.badge, self.notice = "", None
            self.screen = Screen.HOME
        self._redraw()

    async def sign_out(self) -> None:
        """Let another worker in; the queue stays."""
        await self.device.sign_out()
        self.step, self.screen = None, Screen.SIGN_IN
        self._redraw()

    # -- moving about

    async def begin(self, flow: str) -> None:
        """Start a task."""
        self.answered_at, self.is_settled = None, False
        self._show(await self.device.begin(flow))

    async def home(self) -> None:
        """Leave the task; what is confirmed stays."""
        await self.device.leave()
        self.step, self.is_pad_open = None, False
        self.go_to(Screen.HOME)

    def go_to(self, screen: Screen) -> None:
        """Open a screen."""
        self.screen, self.notice = screen, None
        self._redraw()

    async def back_from_queue(self) -> None:
        """To the task that is under way, else home."""
        self.go_to(Screen.TASK if self.device.step is not None else Screen.HOME)

    def open_transaction(self, transaction_id: str) -> None:
        """Open what became of one transaction."""
        self.transaction_id = transaction_id
        self.go_to(Screen.TRANSACTION)

    # -- sync

    async def try_now(self) -> None:
        """A person wants it now."""
        self.is_busy = True
        self._redraw()
        await self.device.try_now()
        self.is_busy = False
        self._redraw()

    async def keep_in_step(self) -> None:
        """Sync whenever it is due, for as long as the terminal runs."""
        while True:
            await asyncio.sleep(_SYNC_LOOK_S)
            if self.device.is_enrolled and self.device.next_sync_ms <= self.ports.clock.boot_ms():
                await self.device.sync_once()
                self._redraw()


def _code_of(text: str) -> str:
    """The code in what was typed or scanned: the QR holds an address with the code behind `#enrol=`."""
    return text.rpartition("#enrol=")[2].strip()


def _chance(bits: int) -> int:
    """Random bits of this machine."""
    return secrets.randbits(bits)
