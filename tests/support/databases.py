"""Gives each test a company's database as the migrations leave it, quickly.

Migrating takes most of a second, so each test process does it once and hands out copies. On SQLite a copy is
a copied file. On PostgreSQL cloning and dropping a database takes longer than most tests, so one clone is
emptied and handed out again; its ledgers refuse deletion, which is why it is emptied with triggers asleep.
Always holds: a test that changed the schema costs the next one a new clone, never a wrong result; databases
have the process in their names, and those of processes that are gone are dropped.
"""

import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.postgresql import connect

Migrate = Callable[[str], None]
PREFIX = "scanledger_test"
SNAPSHOT_SQL = files("tests.support").joinpath("snapshot.sql").read_text(encoding="utf-8")
RESTORE_SQL = files("tests.support").joinpath("restore.sql").read_text(encoding="utf-8")
FINGERPRINT_SQL = files("tests.support").joinpath("fingerprint.sql").read_text(encoding="utf-8")


class SqliteCopies:
    """Files copied from one that was migrated on first use."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self._template = folder / "migrated.db"
        self._migrate = migrate

    def copy_to(self, folder: Path) -> str:
        """Address of a new company's database in a folder."""
        if not self._template.exists():
            unfinished = self._template.with_suffix(".unfinished")
            self._migrate(f"sqlite:///{unfinished}")
            # The last connection to close leaves no log beside the file; a copy would lack its rows.
            assert not unfinished.with_name(unfinished.name + "-wal").exists()
            unfinished.rename(self._template)
        path = folder / "company.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresqlCopies:
    """A migrated template on a server, clones of it, and the one clone that is used again and again."""

    def __init__(self, server: URL, migrate: Migrate) -> None:
        self._server = server
        self._migrate = migrate
        self._stem = f"{PREFIX}_{os.getpid()}"
        self._made = 0
        self._template: str | None = None
        self._reused: str | None = None
        self._fingerprint = ""

    def take_reused(self) -> str:
        """Address of the clone that tests share one after another, holding the migrations' rows only."""
        if self._reused is not None and not self._restore(self._reused):
            # Left for the end: dropping waits for a checkpoint of the whole server.
            self._reused = None
        if self._reused is None:
            self._reused = self.clone()
        return self._reused

    def clone(self) -> str:
        """Address of a new database for one test; that test may do with it what it likes, and drops it."""
        if self._template is None:
            self._template = self._make_template()
        return self._create(template=self._template)

    def drop(self, address: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._drop_name(name_in(address))

    def drop_all(self) -> None:
        """Drop what this process made, and what processes that are gone left behind."""
        with connect(self._server) as connection:
            names = [
                str(name)
                for (name,) in connection.execute(
                    "select datname from pg_database where datname like %s", (PREFIX + "\\_%",)
                )
            ]
        ours = [
            name for name in names if name.startswith(self._stem + "_") or is_left_behind(name, self._server)
        ]
        # Together, so that they share the checkpoints that they wait for.
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(self._drop_name, ours))

    def _drop_name(self, name: str) -> None:
        with connect(self._server) as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def _make_template(self) -> str:
        address = self._create(template="template0")
        self._migrate(address)
        with connect(self._server.set(database=name_in(address))) as connection:
            connection.execute(SNAPSHOT_SQL)
            self._fingerprint = fingerprint(connection)
        return name_in(address)

    def _create(self, *, template: str) -> str:
        self._made += 1
        name = f"{self._stem}_{self._made}"
        with connect(self._server) as connection:
            connection.execute(
                sql.SQL("create database {} template {} encoding 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            # Nothing in a test database needs to survive a power cut.
            connection.execute(
                sql.SQL("alter database {} set synchronous_commit = off").format(sql.Identifier(name))
            )
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _restore(self, address: str) -> bool:
        """Whether only the migrations' rows are left; not so when the schema changed or we may not."""
        try:
            with connect(self._server.set(database=name_in(address))) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
                if fingerprint(connection) != self._fingerprint:
                    return False
                connection.execute("set lock_timeout = '5s'")
                connection.execute("set session_replication_role = replica")
                connection.execute(RESTORE_SQL)
        except psycopg.Error:
            return False
        return True


def fingerprint(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Changes when a table, column, constraint, trigger or function of the company's schema does."""
    row = connection.execute(FINGERPRINT_SQL).fetchone()
    assert row is not None
    return str(row[0])


def name_in(address: str) -> str:
    """The database's name in its address."""
    return make_url(address).database or ""


def is_left_behind(name: str, server: URL) -> bool:
    """Whether the process that made a database is gone; only to be known for a server on this machine."""
    found = re.fullmatch(rf"{PREFIX}_(\d+)_\d+", name)
    if found is None or server.host not in {"127.0.0.1", "localhost"}:
        return False
    try:
        os.kill(int(found.group(1)), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
