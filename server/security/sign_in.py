"""Signing in to the back office: one answer for every wrong try, counted before it is looked at.

Whoever tries learns neither whether a login exists nor whether it is blocked: the words and the time are the
same. A sign-in always makes a new session id, so one that somebody planted before opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server.database import db, write
from server.security.audit import Actor, record_audit
from server.security.passwords import hash_password, is_right, needs_new_hash
from server.security.sessions import end_session, start_session
from server.security.tables import Person
from server.security.throttle import (
    ADDRESS,
    LOGIN,
    Try,
    address_subject,
    count_try,
    forgive,
    login_subject,
    take_back,
)

SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """It was the right password; `session_id` belongs into the cookie."""

    session_id: str
    person_id: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSignedIn:
    """It was not, or it was not looked at: then the next try counts from `wait_until`."""

    wait_until: datetime | None


def sign_in(
    login: str, password: str, *, address: str, now: datetime, former_session: str = ""
) -> SignedIn | NotSignedIn:
    """Try a login and password. `former_session` is the hash of the session that the browser had."""
    login = login.strip().lower()
    subjects = {login_subject(login): LOGIN, address_subject(address, SIGN_IN): ADDRESS}
    tried = write(lambda connection: count_try(connection, subjects, now))
    if tried.refused_until is not None:
        return NotSignedIn(wait_until=tried.refused_until)
    row = db.session.execute(
        sa.select(Person.person_id, Person.password_hash, Person.language, Person.blocked_at).where(
            Person.login == login
        )
    ).first()
    matches = is_right(row.password_hash if row else "", password)
    if row is None or not matches or row.blocked_at is not None:
        _record_failure(login, row.person_id if row else "", address=address, now=now, tried=tried)
        return NotSignedIn(wait_until=tried.locks_until)
    fresh_hash = hash_password(password) if needs_new_hash(row.password_hash) else ""
    person_id, language = row.person_id, row.language

    def open_session(connection: sa.Connection) -> str:
        forgive(connection, login_subject(login))
        take_back(connection, address_subject(address, SIGN_IN))
        if former_session:
            end_session(connection, former_session, now)
        if fresh_hash:
            connection.execute(
                sa.update(Person).where(Person.person_id == person_id).values(password_hash=fresh_hash)
            )
        actor = Actor(person_id=person_id, address=address)
        record_audit(connection, "sign_in", at=now, actor=actor, subject=("person", person_id))
        return start_session(connection, person_id, now=now, address=address)

    return SignedIn(session_id=write(open_session), person_id=person_id, language=language)


def sign_out(session_hash: str, actor: Actor, now: datetime) -> None:
    """End a session, for good on the server and not only in the browser."""

    def end(connection: sa.Connection) -> None:
        end_session(connection, session_hash, now)
        record_audit(connection, "sign_out", at=now, actor=actor, subject=("person", actor.person_id))

    write(end)


def _record_failure(login: str, person_id: str, *, address: str, now: datetime, tried: Try) -> None:
    # What was typed as an unknown login may be a password in the wrong field: it is not written down.
    subject = ("person", person_id)
    note = login if person_id else "unknown login"
    actor = Actor(address=address)

    def record(connection: sa.Connection) -> None:
        record_audit(connection, "sign_in_failed", at=now, actor=actor, subject=subject, note=note)
        if tried.locks_until is not None:
            until = {"locked_until": tried.locks_until.isoformat()}
            record_audit(
                connection, "sign_in_locked", at=now, actor=actor, subject=subject, new=until, note=note
            )

    write(record)
