"""Fixtures for every test that needs a company's database or the server on it; loaded by tests/conftest.py.

Always holds: a test that asks for `database_url` or `app` runs on SQLite and on PostgreSQL, and starts with a
company as the migrations leave it.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server import create_app
from server.config import Config
from tests.support.databases import PostgresqlCopies, SqliteCopies
from tests.support.missing import ServiceMissing, leave_out
from tests.support.postgresql import find_server


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory: pytest.TempPathFactory) -> SqliteCopies:
    """Where this process's SQLite databases come from."""
    return SqliteCopies(tmp_path_factory.mktemp("sqlite"), migrate)


@pytest.fixture(scope="session")
def postgresql_copies() -> Iterator[PostgresqlCopies]:
    """Where this process's PostgreSQL databases come from."""
    try:
        server = find_server()
    except ServiceMissing as refusal:
        leave_out(f"needs PostgreSQL: {refusal}")
    copies = PostgresqlCopies(server, migrate)
    yield copies
    copies.drop_all()


@pytest.fixture
def sqlite_url(sqlite_copies: SqliteCopies, tmp_path: Path) -> str:
    """A fresh company on SQLite."""
    return sqlite_copies.copy_to(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_copies: PostgresqlCopies) -> str:
    """A fresh company on PostgreSQL."""
    return postgresql_copies.take_reused()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh company, on each database in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings of a server on that company; `dataclasses.replace` gives it another clock or chance."""
    return config_for(database_url, tmp_path / "home")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The server."""
    with server_on(config) as made:
        yield made


@contextlib.contextmanager
def server_on(config: Config) -> Iterator[Flask]:
    """A server that closes its connections afterwards; for tests that start it more than once."""
    from server.database import dispose

    made = create_app(config)
    try:
        yield made
    finally:
        dispose(made)


def config_for(database_url: str, home: Path) -> Config:
    """Settings of a test's server."""
    home.mkdir(parents=True, exist_ok=True)
    return Config(home=home, database_url=database_url, secret_key="for tests only", testing=True)


def migrate(database_url: str) -> None:
    """Bring an empty database to the newest schema."""
    from server.migrations.run import upgrade

    with tempfile.TemporaryDirectory() as home, server_on(config_for(database_url, Path(home))) as app:
        upgrade(app)
