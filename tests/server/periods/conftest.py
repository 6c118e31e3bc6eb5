"""The warehouse as seen from somebody's browser.

No context is open around a test of pages or API: each request has one of its own, as in a server, so nothing
is remembered from one request to the next. What looks into the database goes through `Office.inside`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import pytest
from flask import Flask

from tests.support.people import Browser, browser_of
from tests.support.warehouse import build_warehouse

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@dataclass
class Office:
    """A company and the browser of somebody of its back office."""

    app: Flask
    browser: Browser

    def inside(
        self,
        act: Callable[Parameters, Answer],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Answer:
        """Run something inside the application's context."""
        with self.app.app_context():
            return act(*arguments, **named)


@pytest.fixture
def company(app: Flask) -> Flask:
    """The warehouse, with no context open."""
    with app.app_context():
        build_warehouse()
    return app


@pytest.fixture
def office(company: Flask) -> Office:
    """Somebody of the back office."""
    return Office(company, browser_of(company, "back_office"))
