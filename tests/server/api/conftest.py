"""Somebody who may change master data, with the small warehouse, for tests of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.people import Browser, browser_of
from tests.support.warehouse import build_warehouse

API = "/api/v1"


class Caller:
    """A person's program: calls the API and reads its JSON."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.token = browser.token()

    def get(self, path: str, **query: object) -> TestResponse:
        """GET with these parameters."""
        given = {name: str(value) for name, value in query.items()}
        # Buffered: a file that is still being sent keeps its request open.
        return self.browser.get(API + path, query_string=given, buffered=True)

    def rows(self, path: str, **query: object) -> list[dict[str, Any]]:
        """The rows of one page of a list."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["rows"]  # type: ignore[index]
        return found

    def send(self, method: str, path: str, json: object = None, **headers: str) -> TestResponse:
        """POST, PATCH or DELETE with a JSON body."""
        return self.browser.client.open(
            API + path, method=method, json=json, headers={"X-CSRFToken": self.token, **headers}
        )

    def upload(self, path: str, text: str, **query: object) -> TestResponse:
        """POST a CSV file."""
        return self.browser.client.post(
            API + path,
            data=text.encode(),
            content_type="text/csv",
            query_string={name: str(value) for name, value in query.items()},
            headers={"X-CSRFToken": self.token},
        )


@pytest.fixture
def company(app: Flask) -> Flask:
    """The server with the small warehouse."""
    with app.app_context():
        build_warehouse()
    return app


@pytest.fixture
def caller(company: Flask) -> Caller:
    """Somebody of the back office."""
    return Caller(browser_of(company, "back_office"))


@pytest.fixture
def inside(company: Flask) -> Iterator[Flask]:
    """The same server, with its application context open for queries."""
    with company.app_context():
        yield company
