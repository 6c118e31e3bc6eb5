"""Every entry as it came in, on lasting storage before anybody acts on it.

The thin beginning of the journal of terminal/store: one table, one row per entry, in arrival order.
"""

from __future__ import annotations

import sqlite3

from terminal.platform.ports import Files
from terminal.scanners.wedge import Entry

SCHEMA = """
CREATE TABLE IF NOT EXISTS scan (
    no INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    at_boot_ms INTEGER NOT NULL
)
"""


class ScanJournal:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._connection = sqlite3.connect(files.data / "journal.db", isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(SCHEMA)

    async def keep(self, entry: Entry) -> None:
        """Return once the entry survives a killed process; raises `NotDurable` when it would not."""
        self._connection.execute(
            "INSERT INTO scan (text, source, at_boot_ms) VALUES (?, ?, ?)",
            (entry.text, entry.source.value, entry.at_ms),
        )
        await self._files.make_durable()

    def count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM scan").fetchone()[0])

    def last_text(self) -> str:
        row = self._connection.execute("SELECT text FROM scan ORDER BY no DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""
