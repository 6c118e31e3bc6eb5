"""Enrolment: a code makes a phone one of ours, once, and nobody guesses it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask

from server.database import db, write
from server.feed.tables import FeedDirty
from server.masterdata.tables import Location
from server.security import enrolment
from server.security.audit import COMMAND_LINE
from server.security.refusals import InputRefused
from server.security.tables import Audit, Device, EnrolmentCode
from tests.server.security.conftest import Clock, audit_events
from tests.server.security.enrolling import (
    ask_token,
    code_in,
    code_of,
    drawn,
    enrol,
    enrolled,
    knock,
    token_of,
    with_doors,
)
from tests.support.people import add_person


@pytest.fixture
def app(app: Flask) -> Flask:
    """The server with a location and two doors."""
    return with_doors(app)


def test_a_code_makes_a_device_that_gets_a_token_and_is_let_in(app: Flask, clock: Clock) -> None:
    answer = enrol(app, code_of(app, clock, device_name="Aisle A"), device_name="Pixel 4")

    device = answer.json
    assert isinstance(device, dict)
    secret = device.pop("device_secret")
    assert device == {
        "device_id": "HH-01",
        "name": "Aisle A",
        "epoch": 1,
        "location_code": "WH1",
        "server_epoch": "first",
    }
    token = ask_token(app, {**device, "device_secret": secret}).json
    assert isinstance(token, dict)
    assert token["expires_in_s"] == 900
    assert (token["epoch"], token["location_code"], token["revoked"]) == (1, "WH1", False)
    assert knock(app, token["token"]).json == {"device": "HH-01", "epoch": 1}
    assert audit_events(app) == ["enrolment_code_made", "device_enrolled"]


def test_a_code_works_once(app: Flask, clock: Clock) -> None:
    code = code_of(app, clock)
    first = enrol(app, code)

    second = enrol(app, code, install_id="another phone")

    assert (first.status_code, second.status_code) == (200, 403)
    assert code_in(second) == "code_refused"
    assert audit_events(app)[-1] == "enrolment_refused"


def test_two_phones_with_the_same_code_at_once_make_one_device(app: Flask, clock: Clock) -> None:
    code = code_of(app, clock)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: enrol(app, code, install_id=f"phone {n}").status_code, range(4)))

    assert sorted(answers) == [200, 403, 403, 403]


def test_the_phone_whose_answer_was_lost_may_ask_again(app: Flask, clock: Clock) -> None:
    code = code_of(app, clock)
    lost = enrol(app, code).json
    again = enrol(app, code).json

    assert isinstance(lost, dict)
    assert isinstance(again, dict)
    assert again["device_id"] == lost["device_id"]
    assert again["epoch"] == 1
    assert again["device_secret"] != lost["device_secret"]
    assert ask_token(app, lost).status_code == 401
    assert ask_token(app, again).status_code == 200


def test_a_code_lives_a_quarter_of_an_hour(app: Flask, clock: Clock) -> None:
    early, late = code_of(app, clock), code_of(app, clock)
    clock.go(minutes=14, seconds=59)
    in_time = enrol(app, early)
    clock.go(seconds=1)

    assert (in_time.status_code, enrol(app, late, install_id="b").status_code) == (200, 403)


def test_a_code_may_be_typed_in_any_case_with_spaces(app: Flask, clock: Clock) -> None:
    code = code_of(app, clock)

    assert enrol(app, f" {code[:4].lower()}-{code[4:].lower()} ").status_code == 200


def test_codes_hold_no_letter_that_looks_like_another() -> None:
    assert set(enrolment.ALPHABET) & set("0O1IL5S8B2ZU") == set()
    assert len(enrolment.ALPHABET) ** enrolment.LENGTH > 2**36


def test_guessing_codes_is_slowed_down_and_then_locked(app: Flask, clock: Clock) -> None:
    for _ in range(10):
        assert enrol(app, "ACDEACDE").status_code == 403

    locked = enrol(app, code_of(app, clock))
    clock.go(minutes=1)
    later = enrol(app, code_of(app, clock))

    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "61"
    assert later.status_code == 200


def test_the_database_holds_neither_code_nor_secret(app: Flask, clock: Clock) -> None:
    code = code_of(app, clock)
    answer = enrol(app, code).json

    assert isinstance(answer, dict)
    with app.app_context():
        tables = (EnrolmentCode, Device, Audit)
        kept = " ".join(str(db.session.execute(sa.select(t.__table__)).mappings().all()) for t in tables)
    assert code not in kept
    assert answer["device_secret"] not in kept


def test_a_code_for_an_unknown_location_is_refused(app: Flask, clock: Clock) -> None:
    with app.app_context(), pytest.raises(InputRefused):
        write(lambda c: enrolment.make_code(c, location_code="NOWHERE", actor=COMMAND_LINE, now=clock()))


def test_a_device_enrolled_again_elsewhere_starts_a_new_epoch(app: Flask, clock: Clock) -> None:
    first = enrolled(app, clock)
    old_token = token_of(app, first)

    again = enrol(app, code_of(app, clock, device_id="HH-01"), install_id="new install").json

    assert isinstance(again, dict)
    assert (again["device_id"], again["epoch"]) == ("HH-01", 2)
    assert code_in(knock(app, old_token)) == "token_invalid"
    assert ask_token(app, first).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": "ACDEACDE"}, 422),
        ({"code": 7, "install_id": "x"}, 422),
        ({"code": "A" * 21, "install_id": "x"}, 422),
        ({"code": "ACDE\x00CDE", "install_id": "x"}, 422),
        ([], 400),
        (None, 400),
    ],
)
def test_an_unreadable_enrolment_is_refused_by_name(app: Flask, body: object, status: int) -> None:
    answer = app.test_client().post("/sync/v1/enrol", json=body)

    assert (answer.status_code, code_in(answer)) == (status, "unreadable")


def test_the_qr_code_can_be_read_and_holds_the_address_with_the_code() -> None:
    address = enrolment.enrolment_address("https://books.example/", "ACDE3467")

    svg = enrolment.qr_svg(address)

    assert address == "https://books.example/terminal/#enrol=ACDE3467"
    read = zxingcpp.read_barcodes(drawn(svg))
    assert [code.text for code in read] == [address]


def test_a_device_is_told_of_people_who_were_there_before_its_location(app: Flask, clock: Clock) -> None:
    add_person(app, "worker", badge="W-1", pin="4071")
    with app.app_context():
        write(lambda c: c.execute(sa.insert(Location).values(code="NEW")))
        code = write(lambda c: enrolment.make_code(c, location_code="NEW", actor=COMMAND_LINE, now=clock()))

    enrol(app, code)

    with app.app_context():
        query = sa.select(FeedDirty.etype, FeedDirty.ekey).where(FeedDirty.scope == "site:NEW")
        assert db.session.execute(query).all() == [("worker", "P001")]
