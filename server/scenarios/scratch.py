"""A database to run scenarios in, which is gone afterwards; never the company's own.

Always holds: a SQLite file lies in a temporary folder of its own, a PostgreSQL database beside the one whose
address was given has a name that no other process uses; each scenario leaves it as it found it.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import psycopg
import sqlalchemy as sa
from alembic import command
from psycopg import sql
from sqlalchemy.engine.interfaces import DBAPIConnection

from server.config import driver_url
from server.general_ledger.begin import ensure_accounts
from server.migrations.run import alembic_config

NAME = "scanledger_scenario"


class NoScratchDatabase(Exception):
    """No database can be made at the address that was given."""


@contextmanager
def scratch_database(url: str = "") -> Iterator[sa.Engine]:
    """An engine on a migrated database with a chart of accounts and nothing else; "" means SQLite."""
    with _sqlite() if not url else _postgresql(url) as engine:
        try:
            with engine.begin() as connection:
                command.upgrade(alembic_config(connection), "head")
                ensure_accounts(connection)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def rolled_back(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in one database transaction, of which nothing stays."""
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


@contextmanager
def _sqlite() -> Iterator[sa.Engine]:
    with TemporaryDirectory(prefix=NAME) as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder) / 'scenario.db'}")

        @sa.event.listens_for(engine, "connect")
        def set_pragmas(connection: DBAPIConnection, _record: object) -> None:
            native = cast(sqlite3.Connection, connection)
            # The driver must not begin by itself: only the begin event below does.
            native.isolation_level = None
            # As the company's database is opened, but nothing here needs to survive a power cut.
            for pragma in ("synchronous=OFF", "foreign_keys=ON", "recursive_triggers=ON"):
                native.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def begin_plainly(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        yield engine


@contextmanager
def _postgresql(url: str) -> Iterator[sa.Engine]:
    try:
        address = sa.make_url(driver_url(url))
    except sa.exc.ArgumentError as error:
        raise NoScratchDatabase("expected an address like postgresql://user@host/name") from error
    if address.get_backend_name() != "postgresql":
        raise NoScratchDatabase(
            f"expected an address like postgresql://user@host/name, found {address.drivername}:"
        )
    chosen = f"{NAME}_{os.getpid()}_{secrets.token_hex(4)}"
    name = sql.Identifier(chosen)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        # CREATE DATABASE asks to be outside any transaction.
        beside = psycopg.connect(plain, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise NoScratchDatabase(str(error).strip()) from error
    with beside:
        try:
            beside.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(name))
        except psycopg.Error as error:
            raise NoScratchDatabase(str(error).strip()) from error
        try:
            yield sa.create_engine(address.set(database=chosen))
        finally:
            beside.execute(sql.SQL("drop database {} with (force)").format(name))
