"""A server whose clock the test moves, and what the audit trail says."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.config import Config
from server.database import db
from server.security.tables import Audit
from tests.support.fixtures import server_on


class Clock:
    """The server's clock."""

    def __init__(self) -> None:
        self.at = datetime(2011, 12, 6, 14, 32, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, **amount: float) -> None:
        """Let time pass."""
        self.at += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    """The time at the server; tests let it pass."""
    return Clock()


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    """The server with that clock."""
    with server_on(dataclasses.replace(config, now=clock)) as made:
        yield made


def audit_events(app: Flask) -> list[str]:
    """What the audit trail says happened, in order."""
    with app.app_context():
        return list(db.session.execute(sa.select(Audit.event).order_by(Audit.audit_no)).scalars())
