"""The lock that two runs of the cost adjustment never hold at once, in whatever processes they run.

It lies in the database system, so it is free the moment its holder's process ends, however that ends: a
session's advisory lock on PostgreSQL, an exclusively opened file beside the company's on SQLite.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from server.database import writer_engine

_KEY = "cost adjustment"


class AdjustmentUnderWay(Exception):
    """Another run of the cost adjustment is working; this one did nothing."""

    def __init__(self) -> None:
        super().__init__("Another cost adjustment is under way. Wait until it is done.")


@contextmanager
def one_run_at_once() -> Iterator[None]:
    """Hold the lock, or raise AdjustmentUnderWay at once."""
    engine = writer_engine()
    if engine.dialect.name == "sqlite":
        with _file_lock(engine.url.database):
            yield
    else:
        with _session_lock(engine):
            yield


@contextmanager
def _file_lock(database: str | None) -> Iterator[None]:
    connection = sqlite3.connect(f"{database}.adjusting", timeout=0, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise AdjustmentUnderWay from error
        yield
    finally:
        # Closing ends the transaction, and with it the lock.
        connection.close()


@contextmanager
def _session_lock(engine: sa.Engine) -> Iterator[None]:
    key = sa.func.hashtext(_KEY)
    # A lock of the session, not of a transaction: a run is many transactions, on other connections.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            raise AdjustmentUnderWay
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
