"""The people of the demo company: made once, with passwords and PINs of this machine's own.

Always holds: what they sign in with is known only to whoever can read the data folder; it is kept there so
that a second `scanledger demo` can print it again.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from server.security.audit import COMMAND_LINE
from server.security.people import PersonFacts, add_user
from server.security.permissions import Role
from server.security.pins import check_pin
from server.security.refusals import InputRefused
from server.security.tables import Person

_CAST = (
    PersonFacts(name="Marek Wójcik", role=Role.WORKER, badge="W1042"),
    PersonFacts(name="Dana Whitfield", role=Role.SUPERVISOR, login="dana", badge="S2001"),
    PersonFacts(name="Amina Koné", role=Role.BACK_OFFICE, login="amina", language="fr"),
    PersonFacts(name="Joel Adeyemi", role=Role.ADMINISTRATOR, login="joel"),
)
# As in enrolment codes: nothing that looks like something else.
_LETTERS = "34679acdefghjkmnpqrtvwxy"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo, with what they sign in with; "" where they have none of it."""

    name: str
    role: str
    login: str
    password: str
    badge: str
    pin: str


def demo_people(
    write: Callable[[Callable[[sa.Connection], list[DemoPerson]]], list[DemoPerson]],
    known_file: Path,
    now: datetime,
) -> list[DemoPerson]:
    """The people of the demo, made if they are not there.

    Where they are there but `known_file` is lost or older, secrets that nobody knows any more are "".
    """
    known = _read(known_file)
    people = write(lambda connection: [_ensure(connection, facts, known, now) for facts in _CAST])
    _keep(known_file, people)
    return people


def _ensure(
    connection: sa.Connection, facts: PersonFacts, known: dict[str, DemoPerson], now: datetime
) -> DemoPerson:
    same = Person.login == facts.login if facts.login else Person.badge == facts.badge
    if connection.execute(sa.select(Person.person_id).where(same)).first() is not None:
        secret = known.get(facts.name)
        return secret or DemoPerson(facts.name, facts.role, facts.login, "", facts.badge, "")
    password = _password() if facts.login else ""
    pin = _pin() if facts.badge else ""
    add_user(connection, facts, password=password, pin=pin, actor=COMMAND_LINE, now=now)
    return DemoPerson(facts.name, facts.role, facts.login, password, facts.badge, pin)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10_000):04d}"
        try:
            check_pin(pin)
        except InputRefused:
            continue
        return pin


def _read(known_file: Path) -> dict[str, DemoPerson]:
    try:
        people = json.loads(known_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {person["name"]: DemoPerson(**person) for person in people}


def _keep(known_file: Path, people: list[DemoPerson]) -> None:
    unfinished = known_file.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(person) for person in people], file, ensure_ascii=False, indent=1)
    unfinished.replace(known_file)
