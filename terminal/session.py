"""What the screens show and what a press or a scan does: the terminal between `Device` and Flet.

Always holds: entries are dealt with one after another in the order in which they came, whatever screen is
open; an answer stays until the next one, and only a go settles by itself. Knows no control and no colour.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from shared.figures import LANGUAGES
from shared.quantity import QuantityError, parse_quantity
from terminal.core import Counts, Device
from terminal.flows.step import AnswerKind, Message, Pad, Step, say
from terminal.platform.ports import HostFacts, NotDurable, Ports, Unreachable
from terminal.scanners.wedge import End, Entry, Source
from terminal.store.ports import connect_file
from terminal.sync.answers import Busy, EnrolmentRefused, ServerSays

GO_SHOWN_S = 1.2
LONGEST_PIN = 6
_LONGEST_PAD = 9
_LOOK_S = 0.5


class Screen(StrEnum):
    """Where the worker is."""

    ENROLMENT = "enrolment"
    SIGN_IN = "sign_in"
    HOME = "home"
    TASK = "task"
    QUEUE = "queue"
    TRANSACTION = "transaction"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the device stands to the server, as the strip tells it."""

    is_online: bool = False
    since: datetime | None = None
    trouble: str = ""
    counts: Counts | None = None
    # Online as far as one knows, but the server keeps an answer waiting.
    is_late: bool = False


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
        # Counts the entries that went into a text field, so that each finds a new and empty one.
        self.fields = 0
        self.notice: Message | None = None
        self.is_pad_open = False
        self.is_busy = False
        self.step: Step | None = None
        self.answered_at: datetime | None = None
        self.is_settled = False
        self.transaction_id = ""
        self.standing = Standing()
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

    async def enrol_by_address(self) -> None:
        """The app was opened by the QR code's address: enrol at once, with no scanner at hand."""
        if not self.device.is_enrolled and self.facts.enrolment_code:
            await self.enrol(self.facts.enrolment_code)

    # -- settings

    def setting(self, name: str, default: str) -> str:
        """A small choice of this device: language, theme, hand, scanner_suffix."""
        return self.ports.settings.get(name, default)

    @property
    def language(self) -> str:
        """The worker's own choice on this device, else the language that the company knows of the worker;
        before anybody signs in the one that was chosen last.
        """
        last_chosen = self.setting("language", LANGUAGES[0])
        worker = self.device.worker if self.device.is_enrolled else None
        if worker is None:
            return last_chosen
        known = worker.language if worker.language in LANGUAGES else last_chosen
        return self.setting(_language_of(worker.person_id), known)

    async def choose(self, name: str, value: str) -> None:
        """Keep a choice; a language is the worker's, and that of the sign-in screen."""
        await self.ports.settings.set(name, value)
        if name == "language" and self.device.worker is not None:
            await self.ports.settings.set(_language_of(self.device.worker.person_id), value)
        self._redraw()

    async def know_scanner(self, *, has_suffix: bool | None) -> None:
        """Keep what was learned of the scanner: the first scan of a day is read as well as the second."""
        learned = "" if has_suffix is None else "yes" if has_suffix else "no"
        if self.setting("scanner_suffix", "") != learned:
            await self.ports.settings.set("scanner_suffix", learned)

    # -- scans

    async def take(self, entry: Entry) -> None:
        """One entry of the scanner or of a keyboard."""
        is_typed = entry.source is Source.PERSON
        if self.device.is_enrolled and self.device.worker is not None:
            if is_typed and self.is_pad_open and _is_number(entry.text):
                await self._type_into_pad(entry)
            else:
                self._show(await self.device.scan(entry.text))
        elif not is_typed:
            await self._take_into_field(entry.text)
        elif entry.end is not End.PAUSE:
            # A person ends with Enter; the field knows better than the keys what stands in it.
            await self._take_into_field(self.typed or entry.text)

    async def _take_into_field(self, text: str) -> None:
        """A whole text for the one field of enrolment or sign-in; what the keys left in it is let go."""
        self.typed, self.fields = "", self.fields + 1
        if not self.device.is_enrolled:
            await self.enrol(text)
        elif self.badge and text.isdigit() and len(text) <= LONGEST_PIN:
            self.typed = text
            await self.sign_in()
        else:
            self.go_to(Screen.SIGN_IN)
            self.show_badge(text)

    async def take_field(self) -> None:
        """The button beside a field: what a person typed, on a screen's keyboard too."""
        if self.typed.strip():
            await self._take_into_field(self.typed.strip())

    async def _type_into_pad(self, entry: Entry) -> None:
        """Keys of a keyboard while the pad is open; a scanner's are a scan and never come here."""
        self.typed = (self.typed + entry.text)[:_LONGEST_PAD]
        self._redraw()
        if entry.end is End.ENTER:
            await self.confirm_pad()

    async def press(self, action: str) -> None:
        """A button of the step's prompt."""
        if action == "times":
            self.typed, self.is_pad_open = "", True
            if self.step is not None and self.step.prompt.pad is Pad.OPEN:
                return self._redraw()
        step = await self.device.press(action)
        if self.is_pad_open:
            self.step = step
            return self._redraw()
        return self._show(step)

    def _show(self, step: Step) -> None:
        self.step, self.screen = step, Screen.TASK
        self.typed, self.is_pad_open = "", False
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

    async def close_pad(self) -> None:
        """Go back without a number."""
        self.typed, self.is_pad_open = "", False
        if self.step is not None and self.step.prompt.pad is Pad.OPEN:
            self.step = await self.device.press("times")
        self._redraw()

    def key(self, key: str) -> None:
        """A digit, a point, or "" to delete the last one."""
        if key == "." and "." in self.typed:
            return
        self.typed = self.typed[:-1] if not key else (self.typed + key)[:_LONGEST_PAD]
        self._redraw()

    async def confirm_pad(self) -> None:
        """Take the number that was keyed."""
        try:
            quantity = parse_quantity(_number_of(self.typed) or "0")
        except QuantityError:
            quantity = Decimal(0)
        self._show(await self.device.key_quantity(quantity))

    # -- enrolment and people

    async def enrol(self, code: str) -> None:
        """Trade the code for a credential, then read everything once."""
        if self.is_busy or not code.strip():
            return
        self.is_busy, self.notice, self.typed = True, None, code_of(code)
        self._redraw()
        try:
            await self.device.enrol(self.typed, "")
            await self.device.sync_once()
            self.screen, self.typed = Screen.SIGN_IN, ""
        except EnrolmentRefused:
            self.notice = say("enrolment.refused")
        except (Unreachable, Busy, ServerSays):
            self.notice = say("enrolment.unreachable")
        except NotDurable:
            self.notice = say("device.not_durable")
        self.is_busy = False
        self._redraw()

    def show_badge(self, badge: str) -> None:
        """A badge was scanned or typed: ask for its PIN."""
        name = self.device.name_of_badge(badge)
        self.badge, self.typed = (badge, "") if name else ("", "")
        self.notice = None if name else say("sign_in.unknown_badge")
        self._redraw()

    async def key_pin(self, key: str) -> None:
        """A digit of the PIN; nothing is shown but how many there are."""
        self.typed = self.typed[:-1] if not key else (self.typed + key)[:LONGEST_PIN]
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
        """Let another worker in; the queue stays. Nothing is in hand now: a new build may take over."""
        await self.device.sign_out()
        self.step, self.is_pad_open, self.badge, self.typed = None, False, "", ""
        self.go_to(Screen.SIGN_IN)
        if (await self.ports.host.facts()).has_new_build:
            await self.ports.host.take_new_build()

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
        if self.device.worker is None:
            self.go_to(Screen.SIGN_IN if self.device.is_enrolled else Screen.ENROLMENT)
        else:
            self.go_to(Screen.TASK if self.step is not None else Screen.HOME)

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
            await asyncio.sleep(_LOOK_S)
            if self.device.is_enrolled and self.device.next_sync_ms <= self.ports.clock.boot_ms():
                await self.device.sync_once()

    async def watch(self) -> None:
        """Draw again when what the strip tells has changed, also in the middle of a long round of sync."""
        while True:
            await asyncio.sleep(_LOOK_S)
            told = self.standing
            if self.device.is_enrolled and self._standing_now() != told:
                self._redraw()

    def look_at_standing(self) -> Standing:
        """The connection and the counts for a drawing; `watch` compares with what was drawn."""
        self.standing = self._standing_now()
        return self.standing

    def _standing_now(self) -> Standing:
        connection = self.device.connection
        since = None if connection.is_online else connection.since
        is_late = connection.is_online and connection.is_late
        return Standing(connection.is_online, since, connection.trouble, self.device.counts(), is_late)


def _language_of(person_id: str) -> str:
    """The name under which a worker's choice of a language is kept."""
    return f"language:{person_id}"


def _is_number(text: str) -> bool:
    """Whether a person may have meant a quantity."""
    return bool(text) and all(char.isdigit() or char in ".," for char in text)


def _number_of(text: str) -> str:
    """A keyed number as `parse_quantity` reads it."""
    number = text.replace(",", ".").rstrip(".")
    return f"0{number}" if number.startswith(".") else number


def code_of(text: str) -> str:
    """The code in what was typed or scanned: the QR holds an address with the code behind `#enrol=`."""
    return text.rpartition("#enrol=")[2].strip()


def _chance(bits: int) -> int:
    """Random bits of this machine."""
    return secrets.randbits(bits)
