"""A company on each database, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from server.config import Config
from tests.server.feed.company import BEGIN, prepare
from tests.support.fixtures import server_on


@dataclass
class Clock:
    """The server's clock."""

    now: datetime = BEGIN

    def move(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    """The server's clock, standing still."""
    return Clock()


@pytest.fixture
def company(config: Config, clock: Clock) -> Iterator[Flask]:
    """A server in its context, on a company with set-up and units."""
    with server_on(replace(config, now=lambda: clock.now)) as app, app.app_context():
        prepare()
        yield app
