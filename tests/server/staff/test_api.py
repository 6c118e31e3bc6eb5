"""People, enrolment codes and revocation through the API."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.security.tables import Audit
from tests.support.people import Browser

JOEL = {"name": "Joel Adeyemi", "role": "worker", "badge": "W-0017", "pin": "4071"}


def events(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.execute(sa.select(Audit.event).order_by(Audit.audit_no)).scalars())


def test_a_person_is_made_changed_and_blocked(app: Flask, admin: Browser) -> None:
    made = admin.send("POST", "/api/v1/people", JOEL)
    assert isinstance(made.json, dict)
    at = f"/api/v1/people/{made.json['person_id']}"
    changed = admin.send("PATCH", at, {"name": "Joel A."})
    blocked = admin.send("POST", f"{at}/block")

    assert (made.status_code, changed.status_code, blocked.status_code) == (201, 200, 200)
    assert isinstance(changed.json, dict)
    assert isinstance(blocked.json, dict)
    assert (changed.json["name"], changed.json["badge"]) == ("Joel A.", "W-0017")
    assert blocked.json["blocked_at"] == "2011-12-06T14:32:10Z"
    assert "pin" not in made.text
    assert events(app)[-3:] == ["person_made", "person_changed", "person_blocked"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"pin": "0000"}, "/pin"),
        ({"role": "boss"}, "/role"),
        ({"name": ""}, "/name"),
        ({"name": 7}, "/name"),
        ({"shoe_size": "9"}, "/shoe_size"),
    ],
)
def test_a_refused_person_says_where(
    app: Flask, admin: Browser, change: dict[str, object], pointer: str
) -> None:
    answer = admin.send("POST", "/api/v1/people", {**JOEL, **change})

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [error["pointer"] for error in json.loads(answer.text)["errors"]] == [pointer]
    assert "person_made" not in events(app)[1:]


def test_a_code_enrols_and_a_revocation_puts_out(app: Flask, admin: Browser) -> None:
    made = admin.send("POST", "/api/v1/enrolment-codes", {"location_code": "WH1", "device_name": "Aisle A"})
    assert isinstance(made.json, dict)
    enrolled = app.test_client().post(
        "/sync/v1/enrol", json={"code": made.json["code"], "install_id": "phone 1"}
    )
    revoked = admin.send("POST", "/api/v1/devices/HH-01/revoke", {"reason": "lost"})

    assert (made.status_code, enrolled.status_code, revoked.status_code) == (201, 200, 200)
    assert made.json["expires_at"] == "2011-12-06T14:47:10Z"
    assert events(app)[-1] == "device_revoked"


def test_what_is_not_there_is_a_404(admin: Browser) -> None:
    answers = [
        admin.send("GET", "/api/v1/people/P999"),
        admin.send("PATCH", "/api/v1/people/P999", {"name": "x"}),
        admin.send("POST", "/api/v1/people/P999/block"),
        admin.send("POST", "/api/v1/devices/HH-99/revoke", {"reason": "x"}),
        admin.send("POST", "/api/v1/enrolment-codes", {"location_code": "WH1", "device_id": "HH-99"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_the_lists_of_people_and_audit_can_be_read_and_exported(app: Flask, admin: Browser) -> None:
    admin.send("POST", "/api/v1/people", JOEL)

    people = admin.get("/api/v1/people?text=joel").json
    exported = admin.get("/api/v1/audit.csv?event=person_made").text.splitlines()

    assert isinstance(people, dict)
    assert [row["name"] for row in people["rows"]] == ["Joel Adeyemi"]
    assert len(exported) == 3
    assert "Joel Adeyemi" in exported[1]
