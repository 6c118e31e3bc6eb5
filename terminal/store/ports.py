"""What the store needs from the machine, in the shape that `terminal.platform.ports` has it.

The store may not import the platform, so it states its own needs; whatever fits both is handed in.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

Connect = Callable[[Path], sqlite3.Connection]


class DurableFiles(Protocol):
    """Where the two databases lie, and how a commit is made to survive a killed process."""

    @property
    def data(self) -> Path:
        """Folder of queue.db."""

    @property
    def reference(self) -> Path:
        """Folder of what can be fetched again."""

    async def make_durable(self) -> None:
        """Return once all that was committed in `data` is on lasting storage; else raise."""

    async def keep_reference(self) -> None:
        """The same for `reference`."""


def connect_file(path: Path) -> sqlite3.Connection:
    """Open a database file; transactions are begun and ended by hand."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)
