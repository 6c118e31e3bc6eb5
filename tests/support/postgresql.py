"""Finds a running PostgreSQL server in which the tests may make databases of their own.

Always holds: TEST_DATABASE_URL, when given, is the only one tried, so that tests never land on a server that
nobody named. Without it, the server at 127.0.0.1 is tried as the users that Debian and macOS set up.
"""

import getpass
import os
from collections.abc import Iterator

import psycopg
from sqlalchemy.engine import URL, make_url

from tests.support.missing import ServiceMissing

CONNECT_TIMEOUT_S = 3


def find_server() -> URL:
    """Address of a database from which others can be created; refuses with ServiceMissing.

    TEST_PG_PORT looks at another port than 5432, which is also how to try the throw-away cluster.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        refusal = why_unusable(with_driver(make_url(named)))
        if refusal:
            raise ServiceMissing(f"TEST_DATABASE_URL cannot be used: {refusal}")
        return with_driver(make_url(named))
    refusals = []
    for url in local_candidates():
        refusal = why_unusable(url)
        if refusal is None:
            return url
        refusals.append(refusal)
    raise ServiceMissing(f"no usable PostgreSQL ({'; '.join(dict.fromkeys(refusals))})")


def connect(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    """Connect outside any transaction, as CREATE DATABASE asks."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S)


def why_unusable(url: URL) -> str | None:
    """The reason why no database can be made there, or None when one can."""
    try:
        with connect(url) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        # The lines after the first are libpq's advice.
        return str(error).splitlines()[0].removeprefix("connection failed: ")
    return None if row and row[0] else "this user may not create databases"


def with_driver(url: URL) -> URL:
    """The same address, to be reached by psycopg 3."""
    return url.set(drivername="postgresql+psycopg")


def local_address() -> str:
    """Where a server on this machine is looked for."""
    return f"127.0.0.1:{os.environ.get('TEST_PG_PORT', '5432')}"


def local_candidates() -> Iterator[URL]:
    """One address for each user that may own the server, each user once."""
    host, port = local_address().split(":")
    users = [os.environ.get("PGUSER"), "postgres", getpass.getuser()]
    for user in dict.fromkeys(filter(None, users)):
        yield URL.create(
            "postgresql+psycopg",
            username=user,
            password=os.environ.get("PGPASSWORD"),
            host=host,
            port=int(port),
            database="postgres",
        )
