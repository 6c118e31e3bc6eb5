"""People: made, changed, blocked, given a badge and PIN or a login and password.

Each change is one transaction with its audit row and with the feed marks that tell the devices of every
location. A blocked person's row stays: what he did before stands in the ledgers under his id. Raises
InputRefused for what was typed wrong.
"""

import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from server.feed.marks import mark_dirty, site_scope
from server.masterdata.tables import Location
from server.security.audit import Actor, changed_fields, record_audit
from server.security.passwords import check_password, hash_password
from server.security.permissions import Role
from server.security.pins import make_verifier
from server.security.refusals import InputRefused
from server.security.sessions import end_sessions
from server.security.tables import Person
from shared.figures import LANGUAGES

_LOGIN = re.compile(r"[\w.@-]{1,100}")
WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What a person is, without secrets. "" where there is no login or badge."""

    name: str
    role: str
    language: str = "en"
    login: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard(PersonFacts):
    """A person as kept."""

    person_id: str
    blocked_at: datetime | None
    created_at: datetime
    has_password: bool
    has_pin: bool


def add_user(
    connection: sa.Connection,
    facts: PersonFacts,
    *,
    password: str = "",
    pin: str = "",
    actor: Actor,
    now: datetime,
) -> str:
    """Make a person; gives back the person id."""
    facts = _checked(facts)
    _check_together(facts, has_password=bool(password), has_pin=bool(pin))
    secrets_ = _secrets(facts, password, pin)
    _refuse_taken(connection, facts, "")
    person_id = _next_person_id(connection)
    connection.execute(
        sa.insert(Person).values(person_id=person_id, created_at=now, **_columns(facts), **secrets_)
    )
    record_audit(
        connection,
        "person_made",
        at=now,
        actor=actor,
        subject=("person", person_id),
        new={**asdict(facts), **_set(password, pin)},
    )
    _mark(connection, person_id)
    return person_id


def change_person(
    connection: sa.Connection,
    person_id: str,
    facts: PersonFacts,
    *,
    password: str = "",
    pin: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change a person; "" leaves password or PIN as they are. A new password ends all sessions."""
    facts = _checked(facts)
    _lock_administrators(connection)
    card = person_card(connection, person_id)
    if card.role != facts.role:
        _refuse_role_change(connection, card, actor)
    _check_together(
        facts, has_password=bool(password) or card.has_password, has_pin=bool(pin) or card.has_pin
    )
    secrets_ = _secrets(facts, password, pin) | _cleared(facts)
    _refuse_taken(connection, facts, person_id)
    connection.execute(
        sa.update(Person).where(Person.person_id == person_id).values(**_columns(facts), **secrets_)
    )
    if password or not facts.login:
        end_sessions(connection, person_id, now)
    old, new = changed_fields(_facts_of(card), asdict(facts))
    new |= _set(password, pin)
    if new:
        record_audit(
            connection,
            "person_changed",
            at=now,
            actor=actor,
            subject=("person", person_id),
            old=old,
            new=new,
        )
        _mark(connection, person_id)


def _cleared(facts: PersonFacts) -> dict[str, str]:
    """Without a login no password stays, without a badge no PIN."""
    columns = {"password_hash": facts.login, "pin_verifier": facts.badge}
    return {column: "" for column, name in columns.items() if not name}


def change_own_password(
    connection: sa.Connection, person_id: str, password: str, *, actor: Actor, now: datetime, session: str
) -> None:
    """Take a new password from the person, and end every other session."""
    card = person_card(connection, person_id)
    check_password(password, login=card.login, name=card.name)
    connection.execute(
        sa.update(Person).where(Person.person_id == person_id).values(password_hash=hash_password(password))
    )
    end_sessions(connection, person_id, now, but=session)
    record_audit(connection, "password_changed", at=now, actor=actor, subject=("person", person_id))


def block_person(connection: sa.Connection, person_id: str, *, actor: Actor, now: datetime) -> None:
    """Let a person in no more, anywhere; devices hear of it with their next pull."""
    _lock_administrators(connection)
    card = person_card(connection, person_id)
    _refuse_role_change(connection, card, actor)
    if card.blocked_at is None:
        _set_blocked(connection, person_id, now)
        end_sessions(connection, person_id, now)
        record_audit(connection, "person_blocked", at=now, actor=actor, subject=("person", person_id))
        _mark(connection, person_id)


def unblock_person(connection: sa.Connection, person_id: str, *, actor: Actor, now: datetime) -> None:
    """Let a blocked person in again."""
    if person_card(connection, person_id).blocked_at is not None:
        _set_blocked(connection, person_id, None)
        record_audit(connection, "person_unblocked", at=now, actor=actor, subject=("person", person_id))
        _mark(connection, person_id)


def person_card(connection: sa.Connection, person_id: str) -> PersonCard:
    """One person; KeyError where nobody has this id."""
    row = connection.execute(sa.select(Person.__table__).where(Person.person_id == person_id)).first()
    if row is None:
        raise KeyError(person_id)
    return PersonCard(
        person_id=row.person_id,
        name=row.name,
        role=row.role,
        language=row.language,
        login=row.login or "",
        badge=row.badge or "",
        blocked_at=row.blocked_at,
        created_at=row.created_at,
        has_password=bool(row.password_hash),
        has_pin=bool(row.pin_verifier),
    )


def tell_workers(connection: sa.Connection, location_code: str) -> None:
    """Tell a location's devices of everybody again: it may be younger than the people are."""
    people = connection.execute(sa.select(Person.person_id).where(Person.badge.is_not(None))).scalars()
    mark_dirty(connection, [(site_scope(location_code), WORKER, person_id) for person_id in people])


def _checked(facts: PersonFacts) -> PersonFacts:
    facts = replace(
        facts, name=" ".join(facts.name.split()), login=facts.login.strip().lower(), badge=facts.badge.strip()
    )
    if not facts.name:
        raise InputRefused("name", "missing")
    for field, limit in (("name", 250), ("login", 100), ("badge", 100)):
        if len(getattr(facts, field)) > limit:
            raise InputRefused(field, "too_long")
    if facts.role not in set(Role):
        raise InputRefused("role", "unknown_choice")
    if facts.language not in LANGUAGES:
        raise InputRefused("language", "unknown_choice")
    if facts.login and not _LOGIN.fullmatch(facts.login):
        raise InputRefused("login", "login_form")
    return facts


def _check_together(facts: PersonFacts, *, has_password: bool, has_pin: bool) -> None:
    """A login without password, or a badge without PIN, would open nothing or everything."""
    if facts.login and not has_password:
        raise InputRefused("password", "password_missing")
    if facts.badge and not has_pin:
        raise InputRefused("pin", "pin_missing")


def _secrets(facts: PersonFacts, password: str, pin: str) -> dict[str, str]:
    secrets_: dict[str, str] = {}
    if password:
        if not facts.login:
            raise InputRefused("login", "login_missing")
        check_password(password, login=facts.login, name=facts.name)
        secrets_["password_hash"] = hash_password(password)
    if pin:
        if not facts.badge:
            raise InputRefused("badge", "badge_missing")
        secrets_["pin_verifier"] = make_verifier(pin)
    return secrets_


def _set(password: str, pin: str) -> dict[str, str]:
    """What the audit trail says of secrets: that there is a new one."""
    return {name: "set" for name, given in (("password", password), ("pin", pin)) if given}


def _refuse_taken(connection: sa.Connection, facts: PersonFacts, person_id: str) -> None:
    for field, column in (("login", Person.login), ("badge", Person.badge)):
        given = getattr(facts, field)
        taken = (
            given
            and connection.execute(
                sa.select(Person.person_id).where(column == given, Person.person_id != person_id)
            ).first()
        )
        if taken:
            raise InputRefused(field, f"{field}_taken")


def _lock_administrators(connection: sa.Connection) -> None:
    """Let nobody else change or block an administrator until this transaction ends.

    Else two who block each other would both read that the other stays. In one order, before anything is read.
    SQLite has one writer and needs none of it.
    """
    connection.execute(
        sa.select(Person.person_id)
        .where(Person.role == Role.ADMINISTRATOR)
        .order_by(Person.person_id)
        .with_for_update(key_share=True)
    ).all()


def _refuse_role_change(connection: sa.Connection, card: PersonCard, actor: Actor) -> None:
    """Nobody locks himself out, and the last administrator stays."""
    if card.person_id == actor.person_id:
        raise InputRefused("role", "own_account")
    if card.role == Role.ADMINISTRATOR and card.blocked_at is None:
        others = connection.execute(
            sa.select(sa.func.count())
            .select_from(Person)
            .where(
                Person.role == Role.ADMINISTRATOR,
                Person.blocked_at.is_(None),
                Person.person_id != card.person_id,
            )
        ).scalar_one()
        if not others:
            raise InputRefused("role", "last_administrator")


def _columns(facts: PersonFacts) -> dict[str, str | None]:
    return {
        "name": facts.name,
        "role": facts.role,
        "language": facts.language,
        "login": facts.login or None,
        "badge": facts.badge or None,
    }


def _facts_of(card: PersonCard) -> dict[str, object]:
    return {name: getattr(card, name) for name in ("name", "role", "language", "login", "badge")}


def _set_blocked(connection: sa.Connection, person_id: str, at: datetime | None) -> None:
    connection.execute(sa.update(Person).where(Person.person_id == person_id).values(blocked_at=at))


def _next_person_id(connection: sa.Connection) -> str:
    """P001, P002, …: a number that people can say. Nobody is ever deleted, so none comes twice."""
    taken = connection.execute(sa.select(Person.person_id).where(Person.person_id.like("P%"))).scalars()
    return f"P{max((int(no[1:]) for no in taken if no[1:].isdecimal()), default=0) + 1:03d}"


def _mark(connection: sa.Connection, person_id: str) -> None:
    locations = connection.execute(sa.select(Location.code)).scalars()
    mark_dirty(connection, [(site_scope(code), WORKER, person_id) for code in locations])
