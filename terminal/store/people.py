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
