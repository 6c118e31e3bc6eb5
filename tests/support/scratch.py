"""Scratch databases for scenarios, one per test process and database system; loaded by tests/conftest.py."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.support.missing import ServiceMissing, leave_out
from tests.support.postgresql import find_server


@pytest.fixture(scope="session")
def sqlite_scratch() -> Iterator[sa.Engine]:
    """As `scenario run` makes it by default."""
    from server.scenarios.scratch import scratch_database

    with scratch_database() as engine:
        yield engine


@pytest.fixture(scope="session")
def postgresql_scratch() -> Iterator[sa.Engine]:
    """As `scenario run --database-url` makes it."""
    from server.scenarios.scratch import scratch_database

    try:
        server = find_server()
    except ServiceMissing as refusal:
        leave_out(f"needs PostgreSQL: {refusal}")
    with scratch_database(server.render_as_string(hide_password=False)) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def scratch(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection for one scenario, on each database in turn."""
    from server.scenarios.scratch import rolled_back

    engine: sa.Engine = request.getfixturevalue(f"{request.param}_scratch")
    with rolled_back(engine) as connection:
        yield connection
