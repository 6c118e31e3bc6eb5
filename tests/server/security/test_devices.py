"""Devices: let in by short tokens, put out at once; programs by API tokens; lockouts that they report."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.security.audit import COMMAND_LINE
from server.security.devices import ensure_device, make_api_token
from server.security.permissions import Permission, requires
from server.security.sessions import current_device
from server.security.tables import Audit, Device
from tests.server.security.conftest import Clock, audit_events
from tests.server.security.enrolling import (
    ask_token,
    code_in,
    code_of,
    enrolled,
    knock,
    revoke,
    token_of,
    with_doors,
)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The server with a location and two doors."""
    return with_doors(app)


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
