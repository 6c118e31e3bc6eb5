"""Sessions and PIN tries in queue.db, so that neither a restart nor a kill gives anyone another try."""

from dataclasses import dataclass
from datetime import datetime

from shared.moments import moment_text
from terminal.store.queue import Queue


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and when the last was (boot clock of that run)."""

    failures: int
    boot_id: str
    failed_boot_ms: int


def tries_of(queue: Queue, person_id: str) -> Tries:
    """The wrong tries of a person since the last right one."""
    row = queue.connection.execute(
        "SELECT failures, boot_id, failed_boot_ms FROM pin_tries WHERE person_id = ?", (person_id,)
    ).fetchone()
    return Tries(0, "", 0) if row is None else Tries(*row)


def note_tries(queue: Queue, person_id: str, tries: Tries) -> None:
    """Keep how often a person was wrong. Called before the PIN is checked."""
    with queue.write():
        queue.connection.execute(
            """INSERT INTO pin_tries VALUES (?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE
               SET failures = excluded.failures, boot_id = excluded.boot_id,
                   failed_boot_ms = excluded.failed_boot_ms""",
            (person_id, tries.failures, tries.boot_id, tries.failed_boot_ms),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """A person's PIN was locked on this device: told to the server for its audit trail."""

    event_id: str
    person_id: str
    occurred_wall: str
    tries: int


def note_lockout(queue: Queue, lockout: Lockout) -> None:
    """Keep a lockout until the server has heard of it."""
    with queue.write():
        queue.connection.execute(
            "INSERT INTO lockout VALUES (?, ?, ?, ?)",
            (lockout.event_id, lockout.person_id, lockout.occurred_wall, lockout.tries),
        )


def lockouts(queue: Queue, at_most: int = 100) -> list[Lockout]:
    """The lockouts that the server has not heard of, oldest first."""
    rows = queue.connection.execute(
        "SELECT event_id, person_id, occurred_wall, tries FROM lockout ORDER BY rowid LIMIT ?", (at_most,)
    )
    return [
        Lockout(event_id=event_id, person_id=person_id, occurred_wall=occurred_wall, tries=tries)
        for event_id, person_id, occurred_wall, tries in rows
    ]


def forget_lockouts(queue: Queue, reported: list[Lockout]) -> None:
    """The server has these."""
    with queue.write():
        queue.connection.executemany(
            "DELETE FROM lockout WHERE event_id = ?", [(lockout.event_id,) for lockout in reported]
        )


def begin_session(queue: Queue, session_id: str, person_id: str, now: datetime) -> None:
    """A person signed in; their wrong tries are forgotten."""
    with queue.write():
        queue.connection.execute("DELETE FROM pin_tries WHERE person_id = ?", (person_id,))
        queue.connection.execute(
            "INSERT INTO session (session_id, person_id, started_wall) VALUES (?, ?, ?)",
            (session_id, person_id, moment_text(now)),
        )


def end_session(queue: Queue, session_id: str, now: datetime) -> None:
    """A person signed out."""
    with queue.write():
        queue.connection.execute(
            "UPDATE session SET ended_wall = ? WHERE session_id = ? AND ended_wall = ''",
            (moment_text(now), session_id),
        )
