"""People: what they need to be let in, what is refused, who hears of a change."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.feed.entities import load_documents
from server.feed.tables import FeedDirty
from server.masterdata.tables import Location
from server.security.audit import COMMAND_LINE, Actor
from server.security.people import (
    PersonFacts,
    add_user,
    block_person,
    change_person,
    unblock_person,
)
from server.security.pins import check_pin, make_verifier, pin_matches
from server.security.refusals import InputRefused
from server.security.tables import Audit, Person
from shared.wire import codec
from shared.wire.reference import WorkerRecord
from tests.server.security.conftest import Clock, audit_events
from tests.support.people import PASSWORD, Browser

JOEL = PersonFacts(name="Joel Adeyemi", role="worker", badge="W-0017")
DANA = PersonFacts(name="Dana Whitfield", role="administrator", login="dana")


@pytest.fixture(autouse=True)
def two_locations(app: Flask) -> None:
    with app.app_context():
        write(lambda c: c.execute(sa.insert(Location), [{"code": "WH1"}, {"code": "LEEDS"}]))


def add(app: Flask, clock: Clock, facts: PersonFacts, **secrets: str) -> str:
    with app.app_context():
        return write(lambda c: add_user(c, facts, actor=COMMAND_LINE, now=clock(), **secrets))


def change(
    app: Flask,
    clock: Clock,
    person_id: str,
    facts: PersonFacts,
    *,
    actor: Actor = COMMAND_LINE,
    **secrets: str,
) -> None:
    with app.app_context():
        write(lambda c: change_person(c, person_id, facts, actor=actor, now=clock(), **secrets))


def record(app: Flask, person_id: str) -> WorkerRecord | None:
    with app.app_context():
        text = load_documents(db.session.connection(), "site:WH1", "worker", [person_id]).get(person_id)
    return None if text is None else codec.read(WorkerRecord, json.loads(text), strict=True)


def marks(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        rows = db.session.execute(
            sa.select(FeedDirty.scope, FeedDirty.etype, FeedDirty.ekey).order_by(FeedDirty.id)
        )
        return [(row.scope, row.etype, row.ekey) for row in rows]


def test_a_worker_is_known_at_every_location(app: Flask, clock: Clock) -> None:
    person_id = add(app, clock, JOEL, pin="4071")

    known = record(app, person_id)
    assert known is not None
    assert (known.person_id, known.name, known.badge, known.role) == ("P001", JOEL.name, "W-0017", "worker")
    assert pin_matches(known.pin_verifier, "4071")
    assert not pin_matches(known.pin_verifier, "4072")
    assert marks(app) == [("site:LEEDS", "worker", "P001"), ("site:WH1", "worker", "P001")]


def test_the_verifier_is_what_the_terminal_reads() -> None:
    verifier = make_verifier("4071", bytes(16))

    # openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:4071 -kdfopt hexsalt:00…00
    # -kdfopt iter:20000 PBKDF2
    hashed = "c8466e136db85dc5e30e56ab72ff50ea4dc10b20fab2828738e13c1444b07ff0"
    assert verifier == f"pbkdf2$20000${'00' * 16}${hashed}"


def test_the_same_pin_of_two_people_looks_different() -> None:
    assert make_verifier("4071") != make_verifier("4071")


@pytest.mark.parametrize(
    "pin",
    ["0000", "1234", "4321", "7890", "0987", "1212", "123123", "112233", "999999", "2580", "1004", "345678"],
)
def test_a_pin_that_others_try_first_is_refused(pin: str) -> None:
    with pytest.raises(InputRefused) as refused:
        check_pin(pin)

    assert refused.value.code == "pin_weak"


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "٤٠٧١", "40 71", "-407"])
def test_a_pin_has_four_to_six_digits(pin: str) -> None:
    with pytest.raises(InputRefused) as refused:
        check_pin(pin)

    assert refused.value.code == "pin_digits"


@pytest.mark.parametrize("pin", ["4071", "83924", "590417", "1243", "9913"])
def test_other_pins_are_taken(pin: str) -> None:
    check_pin(pin)


@pytest.mark.parametrize(
    ("facts", "given", "refusal"),
    [
        (replace(JOEL, name="  "), {"pin": "4071"}, "name: missing"),
        (replace(JOEL, role="boss"), {"pin": "4071"}, "role: unknown_choice"),
        (replace(JOEL, language="xx"), {"pin": "4071"}, "language: unknown_choice"),
        (JOEL, {}, "pin: pin_missing"),
        (replace(JOEL, badge=""), {"pin": "4071"}, "badge: badge_missing"),
        (JOEL, {"pin": "1234"}, "pin: pin_weak"),
        (DANA, {}, "password: password_missing"),
        (replace(DANA, login=""), {"password": PASSWORD}, "login: login_missing"),
        (replace(DANA, login="da na"), {"password": PASSWORD}, "login: login_form"),
        (DANA, {"password": "short"}, "password: password_length"),
        (DANA, {"password": "password123"}, "password: password_common"),
        (DANA, {"password": "aaaaaaaaaaaa"}, "password: password_common"),
        (DANA, {"password": "danadana"}, "password: password_length"),
        (DANA, {"password": "Dana Whitfield"}, "password: password_common"),
        (replace(JOEL, badge="B" * 101), {"pin": "4071"}, "badge: too_long"),
    ],
)
def test_what_is_typed_wrong_is_refused_at_its_field(
    app: Flask, clock: Clock, facts: PersonFacts, *, given: dict[str, str], refusal: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        add(app, clock, facts, **given)

    assert str(refused.value) == refusal
    assert audit_events(app) == []
    assert marks(app) == []


def test_badges_and_logins_belong_to_one_person_each(app: Flask, clock: Clock) -> None:
    add(app, clock, JOEL, pin="4071")
    add(app, clock, DANA, password=PASSWORD)

    with pytest.raises(InputRefused) as badge:
        add(app, clock, replace(JOEL, name="Tomas"), pin="5082")
    with pytest.raises(InputRefused) as login:
        add(app, clock, replace(DANA, name="Dan", login="DANA "), password=PASSWORD)

    assert (badge.value.code, login.value.code) == ("badge_taken", "login_taken")


def test_the_database_itself_keeps_badges_apart(app: Flask, clock: Clock) -> None:
    add(app, clock, JOEL, pin="4071")
    twin = {"person_id": "X", "name": "x", "role": "worker", "badge": "W-0017", "created_at": clock()}

    with app.app_context(), pytest.raises(sa.exc.IntegrityError):
        write(lambda c: c.execute(sa.insert(Person).values(**twin)))


def test_a_changed_pin_reaches_the_devices_and_is_not_written_into_the_trail(
    app: Flask, clock: Clock
) -> None:
    person_id = add(app, clock, JOEL, pin="4071")
    before = len(marks(app))

    change(app, clock, person_id, replace(JOEL, name="Joel A."), pin="5082")

    known = record(app, person_id)
    assert known is not None
    assert pin_matches(known.pin_verifier, "5082")
    assert len(marks(app)) == before + 2
    with app.app_context():
        row = db.session.execute(sa.select(Audit.__table__).where(Audit.event == "person_changed")).one()
    assert json.loads(row.old) == {"name": "Joel Adeyemi"}
    assert json.loads(row.new) == {"name": "Joel A.", "pin": "set"}


def test_a_change_that_changes_nothing_writes_nothing(app: Flask, clock: Clock) -> None:
    person_id = add(app, clock, JOEL, pin="4071")
    before = marks(app)

    change(app, clock, person_id, JOEL)

    assert audit_events(app) == ["person_made"]
    assert marks(app) == before


def test_a_person_without_badge_is_unknown_to_devices(app: Flask, clock: Clock) -> None:
    person_id = add(app, clock, JOEL, pin="4071")

    change(app, clock, person_id, replace(JOEL, badge=""))

    assert record(app, person_id) is None


def test_a_blocked_worker_is_told_to_the_devices_with_the_moment(app: Flask, clock: Clock) -> None:
    person_id = add(app, clock, JOEL, pin="4071")
    clock.go(hours=1)
    with app.app_context():
        write(lambda c: block_person(c, person_id, actor=COMMAND_LINE, now=clock()))
        write(lambda c: block_person(c, person_id, actor=COMMAND_LINE, now=clock()))

    known = record(app, person_id)
    assert known is not None
    assert known.blocked_at == clock()
    assert audit_events(app) == ["person_made", "person_blocked"]


def test_blocking_somebody_ends_what_he_has_open(app: Flask, clock: Clock) -> None:
    person_id = add(app, clock, replace(DANA, role="back_office"), password=PASSWORD)
    browser = Browser(app).sign_in_as(person_id)
    assert browser.get("/password").status_code == 200

    with app.app_context():
        write(lambda c: block_person(c, person_id, actor=COMMAND_LINE, now=clock()))
    blocked = browser.get("/password").status_code
    with app.app_context():
        write(lambda c: unblock_person(c, person_id, actor=COMMAND_LINE, now=clock()))

    assert blocked == 303
    # Unblocked, he signs in anew: the old session stays ended.
    assert browser.get("/password").status_code == 303


def test_a_new_password_from_the_administrator_ends_all_sessions(app: Flask, clock: Clock) -> None:
    facts = replace(DANA, role="back_office")
    person_id = add(app, clock, facts, password=PASSWORD)
    browser = Browser(app).sign_in_as(person_id)

    change(app, clock, person_id, facts, password="another long one")

    assert browser.get("/password").status_code == 303


def test_nobody_changes_the_own_role_or_blocks_himself(app: Flask, clock: Clock) -> None:
    dana = add(app, clock, DANA, password=PASSWORD)
    add(app, clock, replace(DANA, login="eve"), password=PASSWORD)

    with pytest.raises(InputRefused) as role:
        change(app, clock, dana, replace(DANA, role="worker"), actor=Actor(person_id=dana))
    with app.app_context(), pytest.raises(InputRefused) as block:
        write(lambda c: block_person(c, dana, actor=Actor(person_id=dana), now=clock()))

    assert (role.value.code, block.value.code) == ("own_account", "own_account")


def test_the_last_administrator_stays(app: Flask, clock: Clock) -> None:
    dana = add(app, clock, DANA, password=PASSWORD)

    with app.app_context(), pytest.raises(InputRefused) as refused:
        write(lambda c: block_person(c, dana, actor=COMMAND_LINE, now=clock()))

    assert refused.value.code == "last_administrator"


def test_people_are_numbered_without_a_repeat(app: Flask, clock: Clock) -> None:
    first = add(app, clock, JOEL, pin="4071")
    with app.app_context():
        other = {"person_id": "P041", "name": "x", "role": "worker", "created_at": created(clock)}
        write(lambda c: c.execute(sa.insert(Person).values(**other)))

    assert (first, add(app, clock, DANA, password=PASSWORD)) == ("P001", "P042")


def created(clock: Clock) -> datetime:
    return clock()
