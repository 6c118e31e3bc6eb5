"""Who works at the device: badge, then PIN, checked without a network.

Always holds: a try is counted and durable before its PIN is looked at, so a kill gives no free try; after
five wrong ones a wait begins that doubles with each further one and starts again when the device restarts.
A change of worker leaves the queue alone.
"""

from dataclasses import dataclass

from shared.gs1.prefixes import LabelKind, split_prefix
from shared.ids import uuid7
from shared.moments import moment_text
from shared.wire.reference import WorkerRecord
from terminal.flows.step import Message, say
from terminal.pin import is_right_pin
from terminal.platform.ports import BootClock
from terminal.store.people import (
    Lockout,
    Tries,
    begin_session,
    end_session,
    note_lockout,
    note_tries,
    tries_of,
)
from terminal.store.queue import Queue
from terminal.store.reference import Reference
from terminal.sync.when import Chance

FREE_TRIES = 5
FIRST_WAIT_MS = 60_000
LONGEST_WAIT_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who is signed in."""

    person_id: str
    name: str
    role: str
    language: str
    session_id: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a try to sign in ended; `worker` is None when it failed."""

    worker: Worker | None
    message: Message


class Door:
    """Signs people in and out."""

    def __init__(self, queue: Queue, reference: Reference, clock: BootClock, chance: Chance) -> None:
        self._queue, self._reference, self._clock, self._chance = queue, reference, clock, chance

    def person_of(self, badge: str) -> WorkerRecord | None:
        """Whose badge it is; printed badges say before the code that they are one."""
        kind, code = split_prefix(badge.strip())
        badge = code if kind is LabelKind.BADGE else badge.strip()
        return self._reference.worker_of_badge(self._queue.get("location_code"), badge) if badge else None

    async def sign_in(self, badge: str, pin: str) -> SignIn:
        """Check badge and PIN; at most one try per call."""
        person = self.person_of(badge)
        if person is None:
            return SignIn(None, say("sign_in.unknown_badge"))
        if person.blocked_at is not None and person.blocked_at <= self._clock.wall():
            return SignIn(None, say("sign_in.blocked", name=person.name))
        tries = self._of_this_run(person.person_id)
        wait_ms = self._wait_left_ms(tries)
        if wait_ms > 0:
            return SignIn(None, say("sign_in.locked", n=-(-wait_ms // 60_000)))
        failed = Tries(tries.failures + 1, self._clock.boot_id, self._clock.boot_ms())
        note_tries(self._queue, person.person_id, failed)
        await self._queue.make_durable()
        if not is_right_pin(person.pin_verifier, pin):
            if failed.failures >= FREE_TRIES:
                self._note_lockout(person, failed)
            return SignIn(None, self._wrong(failed))
        return SignIn(await self._begin(person), say("sign_in.welcome", name=person.name))

    async def sign_out(self, worker: Worker) -> None:
        """End a session."""
        end_session(self._queue, worker.session_id, self._clock.wall())
        await self._queue.make_durable()

    async def _begin(self, person: WorkerRecord) -> Worker:
        now, session_id = self._clock.wall(), self._new_id()
        begin_session(self._queue, session_id, person.person_id, now)
        await self._queue.make_durable()
        return Worker(
            person_id=person.person_id,
            name=person.name,
            role=person.role,
            language=person.language,
            session_id=session_id,
        )

    def _new_id(self) -> str:
        return uuid7(max(0, int(self._clock.wall().timestamp() * 1000)), self._chance(74))

    def _note_lockout(self, person: WorkerRecord, tries: Tries) -> None:
        lockout = Lockout(
            event_id=self._new_id(),
            person_id=person.person_id,
            occurred_wall=moment_text(self._clock.wall()),
            tries=tries.failures,
        )
        note_lockout(self._queue, lockout)

    def _of_this_run(self, person_id: str) -> Tries:
        """The tries, with the wait begun anew if the device restarted during it: its clock began anew."""
        tries = tries_of(self._queue, person_id)
        if tries.failures < FREE_TRIES or tries.boot_id == self._clock.boot_id:
            return tries
        renewed = Tries(tries.failures, self._clock.boot_id, self._clock.boot_ms())
        note_tries(self._queue, person_id, renewed)
        return renewed

    def _wait_left_ms(self, tries: Tries) -> int:
        if tries.failures < FREE_TRIES:
            return 0
        wait_ms = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(tries.failures - FREE_TRIES, 10))
        return tries.failed_boot_ms + wait_ms - self._clock.boot_ms()

    def _wrong(self, tries: Tries) -> Message:
        left = FREE_TRIES - tries.failures
        if left > 0:
            return say("sign_in.wrong_pin", n=left)
        return say("sign_in.locked", n=-(-self._wait_left_ms(tries) // 60_000))
