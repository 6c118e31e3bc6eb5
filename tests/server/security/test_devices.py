"""Devices: enrolled once by code, let in by short tokens, put out at once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from server.database import db, write
from server.masterdata.tables import InventorySetup, Location
from server.security import enrolment
from server.security.audit import COMMAND_LINE, Actor
from server.security.devices import ensure_device, make_api_token, revoke_device
from server.security.permissions import Permission, requires
from server.security.refusals import InputRefused
from server.security.sessions import current_device
from server.security.tables import Audit, Device, EnrolmentCode
from tests.server.security.conftest import Clock, audit_events

INSTALL = "0193a3f0-8f2c-7000-8000-000000000001"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The server with a location and two doors: one for devices, one that takes a revoked one too."""

    @app.get("/sync/v1/door")
    @requires(Permission.DEVICE)
    def door() -> dict[str, object]:
        return {"device": current_device().device_id, "epoch": current_device().epoch}

    @app.get("/sync/v1/hatch")
    @requires(Permission.DEVICE_PUSH)
    def hatch() -> dict[str, object]:
        return {"is_revoked": current_device().revoked_at is not None}

    def set_up(connection: sa.Connection) -> None:
        connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="first"))
        connection.execute(sa.insert(Location).values(code="WH1", name="Wholesale DC"))

    with app.app_context():
        write(set_up)
    return app


def code_of(app: Flask, clock: Clock, **more: str) -> str:
    with app.app_context():
        return write(
            lambda c: enrolment.make_code(
                c, location_code="WH1", actor=Actor(person_id="P001"), now=clock(), **more
            )
        )


def enrol(app: Flask, code: str, install_id: str = INSTALL, device_name: str = "") -> TestResponse:
    body = {"code": code, "install_id": install_id, "device_name": device_name}
    return app.test_client().post("/sync/v1/enrol", json=body)


def enrolled(app: Flask, clock: Clock) -> dict[str, str]:
    answer = enrol(app, code_of(app, clock)).json
    assert isinstance(answer, dict)
    return answer


def ask_token(app: Flask, device: dict[str, str]) -> TestResponse:
    body = {"device_id": device["device_id"], "device_secret": device["device_secret"]}
    return app.test_client().post("/sync/v1/token", json=body)


def token_of(app: Flask, device: dict[str, str]) -> str:
    answer = ask_token(app, device).json
    assert isinstance(answer, dict)
    token: str = answer["token"]
    return token


def knock(app: Flask, token: str, path: str = "/sync/v1/door") -> TestResponse:
    return app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})


def code_in(answer: TestResponse) -> str:
    code: str = json.loads(answer.text)["code"]
    return code


def revoke(app: Flask, clock: Clock, device_id: str) -> bool:
    with app.app_context():
        return write(lambda c: revoke_device(c, device_id, actor=COMMAND_LINE, now=clock(), note="lost"))


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


def test_a_token_expires_after_a_quarter_of_an_hour(app: Flask, clock: Clock) -> None:
    token = token_of(app, enrolled(app, clock))

    clock.go(minutes=14, seconds=59)
    still = knock(app, token)
    clock.go(seconds=1)
    late = knock(app, token)

    assert (still.status_code, late.status_code) == (200, 401)
    assert code_in(late) == "token_expired"


@pytest.mark.parametrize("forged", ["", "x", "WyJISC0wMSIsMV0.AAAA", "null", "é"])
def test_a_token_that_we_did_not_sign_opens_nothing(app: Flask, clock: Clock, forged: str) -> None:
    enrolled(app, clock)

    answer = knock(app, forged)

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_changed_token_opens_nothing(app: Flask, clock: Clock) -> None:
    token = token_of(app, enrolled(app, clock))
    body, signature = token.rsplit(".", 1)
    changed = [
        f"{body[:at]}{'A' if body[at] != 'A' else 'B'}{body[at + 1 :]}.{signature}" for at in (0, 5, 9)
    ]

    assert {knock(app, text).status_code for text in changed} == {401}


def test_a_wrong_secret_gets_no_token_and_is_locked_the_right_one_never_waits(
    app: Flask, clock: Clock
) -> None:
    device = enrolled(app, clock)
    wrong = [ask_token(app, {**device, "device_secret": "guess"}).status_code for _ in range(11)]

    assert wrong == [401] * 10 + [429]
    assert ask_token(app, device).status_code == 200


def test_a_device_without_secret_gets_no_token(app: Flask, clock: Clock) -> None:
    with app.app_context():
        write(lambda c: ensure_device(c, device_id="OFFICE", kind="office", now=clock()))

    assert ask_token(app, {"device_id": "OFFICE", "device_secret": "x"}).status_code == 401


def test_a_revoked_device_is_out_at_once_but_may_push_for_thirty_days(app: Flask, clock: Clock) -> None:
    device = enrolled(app, clock)
    token = token_of(app, device)

    assert revoke(app, clock, "HH-01")

    refused = knock(app, token)
    assert (refused.status_code, code_in(refused)) == (403, "revoked")
    assert knock(app, token, "/sync/v1/hatch").json == {"is_revoked": True}
    clock.go(days=29, hours=23)
    fresh = ask_token(app, device).json
    assert isinstance(fresh, dict)
    assert fresh["revoked"] is True
    assert knock(app, fresh["token"], "/sync/v1/hatch").status_code == 200
    clock.go(hours=1)
    assert knock(app, token_of(app, device), "/sync/v1/hatch").status_code == 403
    assert audit_events(app)[-1] == "device_revoked"


def test_a_device_is_revoked_once(app: Flask, clock: Clock) -> None:
    enrolled(app, clock)

    assert [revoke(app, clock, "HH-01"), revoke(app, clock, "HH-01"), revoke(app, clock, "HH-99")] == [
        True,
        False,
        False,
    ]
    assert audit_events(app).count("device_revoked") == 1


def test_a_revoked_device_cannot_be_enrolled_again_under_its_name(app: Flask, clock: Clock) -> None:
    enrolled(app, clock)
    revoke(app, clock, "HH-01")

    with pytest.raises(KeyError):
        code_of(app, clock, device_id="HH-01")


def test_a_device_that_was_revoked_keeps_its_number_for_good(app: Flask, clock: Clock) -> None:
    enrolled(app, clock)
    revoke(app, clock, "HH-01")

    assert enrolled(app, clock)["device_id"] == "HH-02"


def test_an_api_token_ends_with_its_device(app: Flask, clock: Clock) -> None:
    with app.app_context():
        token = write(
            lambda c: make_api_token(c, device_id="ERP", role="back_office", actor=COMMAND_LINE, now=clock())
        )

    @app.get("/api/v1/stock-door")
    @requires(Permission.VIEW_STOCK)
    def stock_door() -> dict[str, str]:
        return {"program": current_device().device_id}

    before = knock(app, token, "/api/v1/stock-door")
    revoke(app, clock, "ERP")
    after = knock(app, token, "/api/v1/stock-door")

    assert before.json == {"program": "ERP"}
    assert after.status_code == 401
    # And it never was a device token.
    assert knock(app, token).status_code == 401


def test_an_api_token_may_not_manage_people(app: Flask, clock: Clock) -> None:
    with app.app_context(), pytest.raises(ValueError, match="administrator"):
        write(
            lambda c: make_api_token(
                c, device_id="ERP", role="administrator", actor=COMMAND_LINE, now=clock()
            )
        )


def test_when_a_device_was_last_seen_is_kept_to_the_minute(app: Flask, clock: Clock) -> None:
    token = token_of(app, enrolled(app, clock))
    start = clock()

    clock.go(seconds=59)
    knock(app, token)
    early = last_seen(app)
    clock.go(seconds=2)
    knock(app, token)

    assert (early, last_seen(app)) == (start, start + timedelta(seconds=61))


def last_seen(app: Flask) -> object:
    with app.app_context():
        return db.session.execute(sa.select(Device.last_seen_at)).scalar_one()


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


def drawn(svg: str) -> Image.Image:
    """The picture that a browser makes of this SVG: black rectangles, 8 pixels to a unit."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert size is not None
    picture = Image.new("L", (int(size[1]) * 8, int(size[2]) * 8), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z", svg):
        left, top = int(x) * 8, int(y) * 8
        pen.rectangle((left, top, left + int(width) * 8 - 1, top + int(height) * 8 - 1), fill=0)
    return picture


def test_a_lockout_that_a_device_reports_is_written_down_once(app: Flask, clock: Clock) -> None:
    token = token_of(app, enrolled(app, clock))
    report = {"event_id": "e1", "person_id": "P007", "occurred_at": "2011-12-06T13:00:00Z", "tries": 5}

    answers = [
        app.test_client().post(
            "/sync/v1/lockouts", json={"lockouts": [report]}, headers={"Authorization": f"Bearer {token}"}
        )
        for _ in range(2)
    ]

    assert [answer.json for answer in answers] == [{"recorded": 1}, {"recorded": 0}]
    with app.app_context():
        row = db.session.execute(sa.select(Audit.__table__).where(Audit.event == "pin_locked")).one()
    assert (row.device_id, row.subject, row.subject_key) == ("HH-01", "person", "P007")
    assert json.loads(row.new) == {"occurred_at": "2011-12-06T13:00:00Z", "tries": "5"}


def test_a_lockout_report_that_cannot_be_read_says_where(app: Flask, clock: Clock) -> None:
    token = token_of(app, enrolled(app, clock))
    bad = {"event_id": "e1", "person_id": "P007", "occurred_at": "yesterday", "tries": 5}

    answer = app.test_client().post(
        "/sync/v1/lockouts", json={"lockouts": [bad]}, headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 422
    assert re.match("/lockouts/0/occurred_at", json.loads(answer.text)["detail"])
