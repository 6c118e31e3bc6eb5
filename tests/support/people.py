"""People and browsers for tests of pages and the API: somebody of a role, signed in, who sends real forms.

Nothing is switched off: the cookie is a session's of the database, and each post carries the page's token.
"""

import re
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.config import Config
from server.database import write
from server.security.audit import COMMAND_LINE
from server.security.people import PersonFacts, add_user
from server.security.sessions import cookie_name, start_session

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def add_person(
    app: Flask,
    role: str,
    *,
    name: str = "",
    login: str = "",
    password: str = "",
    badge: str = "",
    pin: str = "",
) -> str:
    """A person of a role; gives back the person id."""
    facts = PersonFacts(name=name or f"Some {role}", role=role, login=login, badge=badge)
    with app.app_context():
        return write(
            lambda connection: add_user(
                connection, facts, password=password, pin=pin, actor=COMMAND_LINE, now=now_of(app)
            )
        )


def now_of(app: Flask) -> datetime:
    """The server's clock."""
    config: Config = app.config["SCANLEDGER"]
    return config.now()


class Browser:
    """Somebody's browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def sign_in_as(self, person_id: str) -> "Browser":
        """Take a session without the form, for tests that are not about it."""
        with self.app.app_context():
            now = now_of(self.app)
            session_id = write(lambda connection: start_session(connection, person_id, now=now, address=""))
            self.client.set_cookie(cookie_name(), session_id)
        return self

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **more)

    def token(self) -> str:
        """The token that forms and scripts of this browser carry now."""
        for path in ("/password", "/sign-in"):
            found = _TOKEN.search(self.get(path).text)
            if found:
                return found.group(1)
        raise AssertionError("no page with a form")

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form of ours."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def send(self, method: str, path: str, json: object = None) -> TestResponse:
        """Send what a script of our page would send to the API."""
        return self.client.open(path, method=method, json=json, headers={"X-CSRFToken": self.token()})

    def sign_in(self, login: str, password: str, **more: str) -> TestResponse:
        """Fill in the form of the sign-in page."""
        return self.post("/sign-in", login=login, password=password, **more)


def browser_of(app: Flask, role: str) -> Browser:
    """The browser of a new person of this role, signed in."""
    return Browser(app).sign_in_as(add_person(app, role))
