"""Forged requests: what another site makes a browser send changes nothing."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.security.audit import COMMAND_LINE
from server.security.devices import make_api_token
from server.security.permissions import Permission, requires
from server.security.tables import PersonSession
from tests.server.security.conftest import Clock
from tests.support.people import PASSWORD, Browser, add_person, browser_of


@pytest.fixture
def app(app: Flask) -> Flask:
    """The server with one thing in its API that may be changed."""

    @app.post("/api/v1/thing")
    @requires(Permission.CHANGE_ITEMS)
    def change_thing() -> dict[str, bool]:
        return {"changed": True}

    return app


def open_sessions(app: Flask) -> int:
    with app.app_context():
        query = sa.select(sa.func.count()).where(PersonSession.ended_at.is_(None))
        return db.session.execute(query).scalar_one()


def test_a_form_without_the_pages_token_changes_nothing(app: Flask) -> None:
    browser = browser_of(app, "worker")

    answer = browser.client.post("/sign-out")

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert open_sessions(app) == 1


def test_a_token_of_another_browser_does_not_count(app: Flask) -> None:
    browser, stranger = browser_of(app, "worker"), browser_of(app, "worker")

    answer = browser.client.post("/sign-out", data={"csrf_token": stranger.token()})

    assert answer.status_code == 400
    assert open_sessions(app) == 2


def test_a_sign_in_without_the_pages_token_is_refused(app: Flask) -> None:
    """Else another site could sign a browser in as somebody who then reads what is typed."""
    add_person(app, "worker", login="sam", password=PASSWORD)

    answer = Browser(app).client.post("/sign-in", data={"login": "sam", "password": PASSWORD})

    assert answer.status_code == 400
    assert open_sessions(app) == 0


def test_the_token_from_before_the_sign_in_counts_no_more_after_it(app: Flask) -> None:
    add_person(app, "worker", login="sam", password=PASSWORD)
    browser = Browser(app)
    before = browser.token()
    browser.client.post("/sign-in", data={"csrf_token": before, "login": "sam", "password": PASSWORD})

    answer = browser.client.post("/sign-out", data={"csrf_token": before})

    assert answer.status_code == 400


def test_the_api_takes_the_pages_token_in_a_header(app: Flask) -> None:
    browser = browser_of(app, "back_office")

    without = browser.client.post("/api/v1/thing", json={})
    having = browser.send("POST", "/api/v1/thing", {})

    assert without.status_code == 400
    assert without.mimetype == "application/problem+json"
    assert json.loads(without.text)["code"] == "csrf_missing"
    assert having.json == {"changed": True}


def test_a_bearer_token_needs_no_page(app: Flask, clock: Clock) -> None:
    bearer = api_token(app, clock, "back_office")

    answer = app.test_client().post("/api/v1/thing", json={}, headers={"Authorization": f"Bearer {bearer}"})

    assert answer.json == {"changed": True}


def test_a_made_up_bearer_token_does_not_open_the_way_for_the_cookie(app: Flask) -> None:
    browser = browser_of(app, "back_office")

    answer = browser.client.post("/api/v1/thing", json={}, headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


def test_a_program_may_do_what_its_role_may(app: Flask, clock: Clock) -> None:
    bearer = api_token(app, clock, "supervisor")

    answer = app.test_client().post("/api/v1/thing", json={}, headers={"Authorization": f"Bearer {bearer}"})

    assert answer.status_code == 403
    assert json.loads(answer.text)["code"] == "not_allowed"


def api_token(app: Flask, clock: Clock, role: str) -> str:
    with app.app_context():
        return write(lambda c: make_api_token(c, device_id="ERP", role=role, actor=COMMAND_LINE, now=clock()))
