"""Who makes the current request: a person by the session cookie, a program or a handheld by its bearer token.

The cookie holds a random id, the database its hash; a session ends after 12 hours without a request, after
7 days in any case, when the person signs out, is blocked or gets a new password. A request that carries a
bearer token is judged by the token alone, whatever cookies came with it: so it needs no guard against
forged forms.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import abort, current_app, g, request
from werkzeug.wrappers import Response

from server.config import Config
from server.database import db, write
from server.security.audit import Actor
from server.security.devices import (
    CurrentDevice,
    TokenRefused,
    authenticate_device,
    authenticate_program,
    hash_of,
)
from server.security.problems import problem_answer
from server.security.tables import Device, Person, PersonSession

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
# How often a row says that it is still in use; more often would only make writers wait.
SEEN_EVERY = timedelta(seconds=60)
_SENTENCES = {
    "token_missing": "Send the device token: Authorization: Bearer …",
    "token_invalid": "Ask for a new token at /sync/v1/token.",
    "token_expired": "Ask for a new token at /sync/v1/token.",
    "revoked": "This device was revoked. Keep the queue and push it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPerson:
    """The person who is signed in."""

    person_id: str
    name: str
    role: str
    language: str
    session_hash: str


def settings() -> Config:
    """The settings of the running server."""
    config: Config = current_app.config["SCANLEDGER"]
    return config


def current_person() -> CurrentPerson:
    """The person who is signed in; only for views that stand behind a permission of persons."""
    person = person_or_none()
    assert person is not None, "nobody is signed in: does the view declare its permission?"
    return person


def person_or_none() -> CurrentPerson | None:
    """The person who is signed in, if anybody."""
    if "scanledger_person" not in g:
        g.scanledger_person = None if _bearer() else _find_person()
    person: CurrentPerson | None = g.scanledger_person
    return person


def current_device() -> CurrentDevice:
    """The handheld or program that makes the request; only for views that stand behind its permission."""
    device = device_or_none()
    assert device is not None, "no device: does the view declare its permission?"
    return device


def device_or_none() -> CurrentDevice | None:
    """The handheld or program that makes the request, as far as the guard has let one in."""
    if "scanledger_device" not in g:
        g.scanledger_device = _find_program() if request.path.startswith("/api/") else None
    device: CurrentDevice | None = g.scanledger_device
    return device


def current_role() -> str | None:
    """The role of the person or the program behind the request; None where nobody signed in."""
    person = person_or_none()
    if person is not None:
        return person.role
    device = device_or_none()
    return device.role or None if device is not None else None


def acting() -> Actor:
    """Who the audit trail shall say did it."""
    person, device = person_or_none(), device_or_none()
    return Actor(
        person_id=person.person_id if person else "",
        device_id=device.device_id if device else "",
        address=request.remote_addr or "",
    )


def device_of_request(*, revoked_too: bool) -> CurrentDevice:
    """Let a handheld in by its token, or end the request with 401 or, when it is revoked, 403."""
    now = settings().now()
    try:
        device = authenticate_device(_bearer(), now, revoked_too=revoked_too)
    except TokenRefused as refused:
        status = 403 if refused.code == "revoked" else 401
        abort(problem_answer(status, refused.code, _SENTENCES[refused.code]))
    g.scanledger_device = device
    if device.last_seen_at is None or now - device.last_seen_at > SEEN_EVERY:
        write(
            lambda connection: connection.execute(
                sa.update(Device).where(Device.device_id == device.device_id).values(last_seen_at=now)
            )
        )
    return device


def start_session(connection: sa.Connection, person_id: str, *, now: datetime, address: str) -> str:
    """A new session; what comes back belongs into the cookie and nowhere else."""
    session_id = secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(PersonSession).values(
            session_hash=hash_of(session_id),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            address=address[:100],
        )
    )
    return session_id


def end_session(connection: sa.Connection, session_hash: str, now: datetime) -> None:
    """End one session; its cookie opens nothing from now on."""
    connection.execute(
        sa.update(PersonSession)
        .where(PersonSession.session_hash == session_hash, PersonSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(connection: sa.Connection, person_id: str, now: datetime, *, but: str = "") -> None:
    """End all sessions of a person, but for the one that the person is using just now."""
    connection.execute(
        sa.update(PersonSession)
        .where(
            PersonSession.person_id == person_id,
            PersonSession.session_hash != but,
            PersonSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def cookie_name() -> str:
    """The cookie's name; under HTTPS no other host or plain page can plant one of this name."""
    return "__Host-scanledger" if settings().secure_cookies else "scanledger"


def hand_out_cookie(answer: Response, session_id: str) -> None:
    """Give the browser its session; no script can read it and no other site's form sends it along."""
    answer.set_cookie(
        cookie_name(),
        session_id,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings().secure_cookies,
        path="/",
    )


def take_back_cookie(answer: Response) -> None:
    """Make the browser forget its session."""
    answer.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax", secure=settings().secure_cookies
    )


def has_bearer() -> bool:
    """Whether the request shows a token, and so is not judged by cookies."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def _bearer() -> str:
    return request.headers["Authorization"][7:].strip() if has_bearer() else ""


def _find_person() -> CurrentPerson | None:
    session_id = request.cookies.get(cookie_name(), "")
    if not session_id or len(session_id) > 200:
        return None
    now = settings().now()
    session_hash = hash_of(session_id)
    row = db.session.execute(
        sa.select(Person.person_id, Person.name, Person.role, Person.language, PersonSession.last_seen_at)
        .join(Person, Person.person_id == PersonSession.person_id)
        .where(
            PersonSession.session_hash == session_hash,
            PersonSession.ended_at.is_(None),
            PersonSession.last_seen_at > now - IDLE,
            PersonSession.created_at > now - LONGEST,
            Person.blocked_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    if now - row.last_seen_at > SEEN_EVERY:
        write(
            lambda connection: connection.execute(
                sa.update(PersonSession)
                .where(PersonSession.session_hash == session_hash)
                .values(last_seen_at=now)
            )
        )
    return CurrentPerson(
        person_id=row.person_id,
        name=row.name,
        role=row.role,
        language=row.language,
        session_hash=session_hash,
    )


def _find_program() -> CurrentDevice | None:
    try:
        return authenticate_program(_bearer())
    except TokenRefused:
        return None
