"""A server whose clock the test moves, and what the audit trail says."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

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


class Compiled(BytecodeCache):
    """Templates compiled once for all servers of this process, instead of once for each test."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is there."""
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.code[bucket.key] = bucket.bytecode_to_string()


_compiled = Compiled()


@pytest.fixture
def clock() -> Clock:
    """The time at the server; tests let it pass."""
    return Clock()


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    """The server with that clock."""
    with server_on(dataclasses.replace(config, now=clock)) as made:
        made.jinja_env.bytecode_cache = _compiled
        yield made


def audit_events(app: Flask) -> list[str]:
    """What the audit trail says happened, in order."""
    with app.app_context():
        return list(db.session.execute(sa.select(Audit.event).order_by(Audit.audit_no)).scalars())
