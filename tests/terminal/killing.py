"""A SQLite connection that dies before its n-th writing statement, as a killed process does."""

import sqlite3
from pathlib import Path
from typing import Any

_WRITING = ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT", "CREATE", "PRAGMA USER_VERSION =")


class Killed(BaseException):
    """The process is gone; nothing may catch this."""


class Fuse:
    """Counts writing statements over all connections and blows before the n-th; "after" blows behind it."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.seen = 0
        self.is_blown = False

    def burn(self, statement: str) -> None:
        if self.is_blown:
            raise Killed
        if not statement.lstrip().upper().startswith(_WRITING):
            return
        self.seen += 1
        if self.left is None:
            return
        if self.left == 0:
            self.is_blown = True
            raise Killed
        self.left -= 1

    def connect(self, path: Path) -> sqlite3.Connection:
        """Open a file with this fuse in every statement."""
        return sqlite3.connect(path, isolation_level=None, factory=_fused(self))


def _fused(fuse: Fuse) -> type[sqlite3.Connection]:
    class Fused(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            fuse.burn(sql)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
            fuse.burn(sql)
            return super().executemany(sql, parameters)

    return Fused
