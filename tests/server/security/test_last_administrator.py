"""Two administrators who block or demote each other at the same instant: the second one is refused."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtWork
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.security.audit import COMMAND_LINE, Actor
from server.security.people import PersonFacts, add_user, block_person, change_person
from server.security.refusals import InputRefused
from server.security.tables import Person
from tests.server.security.conftest import Clock
from tests.support.people import PASSWORD

SOON_S, LATE_S = 0.4, 20.0
FACTS = PersonFacts(name="Dana Whitfield", role="administrator")
# Takes an administrator's rights away: connection, whose, by whom, clock.
Take = Callable[[sa.Connection, str, str, Clock], None]


def block(connection: sa.Connection, person_id: str, by: str, clock: Clock) -> None:
    block_person(connection, person_id, actor=Actor(person_id=by), now=clock())


def demote(connection: sa.Connection, person_id: str, by: str, clock: Clock) -> None:
    facts = replace(FACTS, role="supervisor", login="" if person_id == "P001" else "eve")
    change_person(connection, person_id, facts, actor=Actor(person_id=by), now=clock())


def administrators(app: Flask) -> list[str]:
    """Who can still manage the company."""
    person = Person.__table__
    with app.app_context():
        return list(
            db.session.scalars(
                sa.select(person.c.person_id).where(
                    person.c.role == "administrator", person.c.blocked_at.is_(None)
                )
            )
        )


@pytest.fixture
def two(app: Flask, clock: Clock) -> Flask:
    """A company with two administrators, P001 and P002."""
    with app.app_context():
        for login in ("dana", "eve"):
            facts = replace(FACTS, login=login)
            write(partial(add_user, facts=facts, password=PASSWORD, actor=COMMAND_LINE, now=clock()))
    return app


@pytest.mark.parametrize(("first", "second"), [(block, block), (demote, demote), (block, demote)])
def test_of_two_who_take_each_others_rights_one_stays(
    two: Flask, clock: Clock, first: Take, second: Take
) -> None:
    has_taken, may_commit = threading.Event(), threading.Event()

    def take_slowly(connection: sa.Connection) -> None:
        first(connection, "P002", "P001", clock)
        has_taken.set()
        assert may_commit.wait(LATE_S)

    def running(pool: ThreadPoolExecutor, work: Callable[[sa.Connection], None]) -> Future[None]:
        def run() -> None:
            with two.app_context():
                write(work)

        return pool.submit(run)

    with ThreadPoolExecutor(2) as pool:
        one = running(pool, take_slowly)
        assert has_taken.wait(LATE_S)
        other = running(pool, lambda connection: second(connection, "P001", "P002", clock))
        try:
            with pytest.raises(StillAtWork):
                other.result(SOON_S)
        finally:
            may_commit.set()
        one.result(LATE_S)
        with pytest.raises(InputRefused) as refused:
            other.result(LATE_S)

    assert refused.value.code == "last_administrator"
    assert administrators(two) == ["P001"]
