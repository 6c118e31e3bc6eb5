"""One round of sync, and what the device knows of its connection afterwards.

Always holds: push comes before pull and goes on when pull may not; a round never raises for what the network,
the server or a full device does, it says what the trouble was and when to try again.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from terminal.platform.ports import BootClock, Files, NotDurable, Unreachable
from terminal.store.outbox import archive
from terminal.store.people import forget_lockouts, lockouts
from terminal.store.queue import Queue
from terminal.store.reference import Reference
from terminal.sync import when
from terminal.sync.answers import Busy, NotThere, Portal, Revoked, ServerSays, TooOld, UnreadableEnvelope
from terminal.sync.link import Link
from terminal.sync.pull import Puller
from terminal.sync.push import Pusher


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one round of sync did, and when the next is due (boot clock)."""

    sent: int = 0
    answered: int = 0
    pulled: int = 0
    trouble: str = ""
    next_at_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Whether the last request was answered by our server, and since when it is so. `is_late`: the answer to
    the present one is out for seconds.
    """

    is_online: bool = False
    since: datetime | None = None
    last_answer_at: datetime | None = None
    trouble: str = ""
    is_late: bool = False


class SyncRound:
    """The sender and reader of a device with their schedule."""

    def __init__(
        self, *, queue: Queue, reference: Reference, link: Link, clock: BootClock, files: Files,
        chance: when.Chance, app_version: str,
    ) -> None:  # fmt: skip
        self._queue, self._reference, self._clock, self._files = queue, reference, clock, files
        self._link, self._chance = link, chance
        self._pusher = Pusher(queue, link, clock, app_version)
        self._puller = Puller(queue, reference, link, clock)
        self.schedule = when.Schedule()
        self.connection = Connection()

    async def run(self) -> SyncReport:
        """Push until empty, then read every scope to its head."""
        sent = answered = pulled = 0
        trouble, poll_after_s = "", 30
        try:
            pushed = await self._pusher.push_all()
            sent, answered, poll_after_s = pushed.sent, pushed.answered, pushed.poll_after_s
            if sent:
                self._answered()
            await self._report_lockouts()
            pulled = await self._pull()
            self._answered()
        except Revoked:
            trouble = "revoked"
            self._answered()
            self._reference.drop()
        except TooOld:
            trouble = "too_old"
            self._answered()
        except Busy as busy:
            trouble = busy.trouble
            self.schedule = when.after_busy(
                self.schedule, self._clock.boot_ms(), busy.retry_after_s, self._chance
            )
        except (ServerSays, Unreachable, sqlite3.OperationalError) as error:
            # A full device can still read and send; what it could not write it will be told again.
            trouble = _trouble_of(error)
            self.schedule = when.after_failure(self.schedule, self._clock.boot_ms(), self._chance)
        if trouble in {"", "revoked", "too_old"}:
            self.schedule = when.after_success(self._clock.boot_ms(), poll_after_s, self._chance)
        self._note(trouble)
        await self._tidy(pulled)
        return SyncReport(
            sent=sent, answered=answered, pulled=pulled, trouble=trouble, next_at_ms=self.schedule.due_at_ms
        )

    async def _report_lockouts(self) -> None:
        told = lockouts(self._queue)
        if not told:
            return
        try:
            await self._link.report_lockouts(
                [
                    {
                        "event_id": lockout.event_id,
                        "person_id": lockout.person_id,
                        "occurred_at": lockout.occurred_wall,
                        "tries": lockout.tries,
                    }
                    for lockout in told
                ]
            )
        except (NotThere, UnreadableEnvelope):
            # A server that takes no such report must not keep the device from reading on.
            return
        forget_lockouts(self._queue, told)

    async def _pull(self) -> int:
        try:
            rows = await self._puller.pull_all()
        except (TooOld, Revoked):
            # What became of its own transactions every device may ask, whatever else it may not read.
            await self._puller.ask_for_outcomes(with_people=True)
            raise
        return rows + await self._puller.ask_for_outcomes()

    def _answered(self) -> None:
        """Our server spoke just now."""
        now = self._clock.wall()
        since = self.connection.since if self.connection.is_online else now
        self.connection = Connection(is_online=True, since=since, last_answer_at=now)

    def _note(self, trouble: str) -> None:
        is_online = trouble in {
            "",
            "revoked",
            "too_old",
            "busy",
            "server",
            "unauthorised",
            "not_there",
            "forbidden",
        }
        changed = is_online != self.connection.is_online or self.connection.since is None
        self.connection = Connection(
            is_online=is_online,
            since=self._clock.wall() if changed else self.connection.since,
            last_answer_at=self.connection.last_answer_at,
            trouble=trouble,
        )

    async def _tidy(self, pulled: int) -> None:
        """Let go of what is long settled, and keep what was read."""
        try:
            archive(self._queue, self._clock.wall(), int(self._queue.get("retain_days", "45")))
            await self._queue.make_durable()
            if pulled:
                await self._files.keep_reference()
        except (NotDurable, sqlite3.OperationalError):
            # Everything in question is at the server or can be fetched again.
            return


def _trouble_of(error: ServerSays | Unreachable | sqlite3.OperationalError) -> str:
    if isinstance(error, Portal):
        return "portal"
    if isinstance(error, sqlite3.OperationalError):
        return "device_full"
    return error.trouble if isinstance(error, ServerSays) else "unreachable"
