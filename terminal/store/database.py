"""How both files are opened and written.

Always holds: every write stands between BEGIN IMMEDIATE and COMMIT in one synchronous stretch, so nothing
else of the one thread can come between; a failed write leaves the file as it was.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from terminal.store.ports import Connect

Migrations = Sequence[Sequence[str]]


def open_database(
    connect: Connect, path: Path, *, migrations: Migrations, journal_mode: str, synchronous: str
) -> sqlite3.Connection:
    """Open a file with the settings that its content needs, at its newest version.

    `journal_mode`: WAL, or DELETE in the browser.
    """
    connection = connect(path)
    try:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute(f"PRAGMA journal_mode = {journal_mode}")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, migrations)
    except BaseException:
        # Left open it would keep the file locked against the next try.
        connection.close()
        raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One database transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A connection that is itself broken cannot roll back; the file is rolled back when next opened.
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def migrate(connection: sqlite3.Connection, migrations: Migrations) -> None:
    """Bring a file to the newest version; each migration only adds, and is one transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, statements in enumerate(migrations[version:], start=version + 1):
        with writing(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong in the file."""
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.DatabaseError:
        return False


def is_full(error: sqlite3.Error) -> bool:
    """Whether a write failed because the device has no room."""
    return "full" in str(error) or "disk I/O error" in str(error)
