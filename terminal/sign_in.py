"""Who works at the device: badge, then PIN, checked without a network.

Always holds: a try is counted and durable before its PIN is looked at, so a kill gives no free try; after
five wrong ones a wait begins that doubles with each further one and starts again when the device restarts.
A change of worker leaves the queue alone.
"""

from dataclasses import dataclass

from shared.ids import uuid7
from shared.wire.reference import WorkerRecord
from terminal.flows.step import Message, say
from terminal.pin import is_right_pin
from terminal.platform.ports import BootClock
from terminal.store.people import Tries, begin_session, end_session, note_tries, tries_of
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
        """Whose badge it is."""
        return self._reference.worker_of_badge(self._queue.get("location_code"), badge)

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
            return SignIn(None, self._wrong(failed))
        return SignIn(await self._begin(person), say("sign_in.welcome", name=person.name))

    async def sign_out(self, worker: Worker) -> None:
        """End a session."""
        end_session(self._queue, worker.session_id, self._clock.wall())
        await self._queue.make_durable()

    async def _begin(self, person: WorkerRecord) -> Worker:
        now = self._clock.wall()
        session_id = uuid7(max(0, int(now.timestamp() * 1000)), self._chance(74))
        begin_session(self._queue, session_id, person.person_id, now)
        await self._queue.make_durable()
        return Worker(
            person_id=person.person_id,
            name=person.name,
            role=person.role,
            language=person.language,
            session_id=session_id,
        )

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
