"""queue.db: what must survive anything — the outbox, the journal of scans, outcomes, sessions, PIN tries.

Always holds: a confirmed transaction, its place (epoch, seq), its link in the chain, its effects and what
became of its scans are one commit; `confirm` returns only once that commit is durable; a row of the outbox
is never changed but for its state. Raises sqlite3.Error when the file cannot be written (`database.is_full`
tells a full device); whatever `make_durable` raises passes through.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.moments import moment_text
from shared.wire import codec
from shared.wire.transactions import Transaction, canonical, chain, hash_record, read_body
from terminal.store import salvage
from terminal.store.database import open_database, writing
from terminal.store.effects import stock_effects
from terminal.store.ports import Connect, DurableFiles
from terminal.store.schema import QUEUE_MIGRATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A decoded scan as it is journalled, before anyone acts on it."""

    raw: str
    symbology: str
    occurred_wall: datetime
    occurred_boot_ms: int
    boot_id: str
    flow: str
    worker_id: str
    session_id: str


class Queue:
    """The open file. One per device; its methods are called from one thread."""

    def __init__(self, files: DurableFiles, connection: sqlite3.Connection) -> None:
        self._files = files
        self.connection = connection
        self._is_dirty = True
        # What stands in the file now was on lasting storage before this process began.
        self._durable_place = self.place()

    @classmethod
    def open(cls, files: DurableFiles, connect: Connect, journal_mode: str, now: datetime) -> "Queue":
        """Open or make queue.db; a damaged one is set aside and what can be read of it is carried over."""
        path = files.data / "queue.db"
        found = salvage.mend(path, connect)
        connection = open_database(
            connect, path, migrations=QUEUE_MIGRATIONS, journal_mode=journal_mode, synchronous="FULL"
        )
        queue = cls(files, connection)
        if found is not None:
            queue.log("salvaged", found.sentence(), now)
        return queue

    def close(self) -> None:
        self.connection.close()

    # -- durability

    async def make_durable(self) -> None:
        """Return once every commit so far would survive a killed process."""
        if self._is_dirty:
            place = self.place()
            self._is_dirty = False
            try:
                await self._files.make_durable()
            except BaseException:
                self._is_dirty = True
                raise
            self._durable_place = max(place, self._durable_place)

    def place(self) -> tuple[int, int]:
        """Epoch and seq of the newest transaction."""
        return int(self.get("epoch", "0")), int(self.get("seq", "0"))

    @property
    def durable_place(self) -> tuple[int, int]:
        """Through which (epoch, seq) a killed process forgets nothing; only so far may be sent."""
        return self._durable_place

    def write(self) -> AbstractContextManager[None]:
        """A context in which several writes are one commit; the next `make_durable` keeps it."""
        self._is_dirty = True
        return writing(self.connection)

    # -- small values

    def get(self, name: str, default: str = "") -> str:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set(self, **values: str) -> None:
        """Keep small values in one commit."""
        with self.write():
            self.put(**values)

    def put(self, **values: str) -> None:
        """Keep small values within a commit that the caller began."""
        self.connection.executemany(
            """INSERT INTO meta (name, value) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
            list(values.items()),
        )

    def log(self, kind: str, text: str, now: datetime) -> None:
        """A line for whoever has to find out what happened on this device."""
        with self.write():
            self.connection.execute(
                "INSERT INTO device_log (wall, kind, text) VALUES (?, ?, ?)",
                (moment_text(now), kind, text[:2000]),
            )

    # -- scans

    def journal(self, scan: Scan) -> int:
        """Write a scan down before it is acted on; gives its number."""
        with self.write():
            cursor = self.connection.execute(
                """INSERT INTO scan (raw, symbology, occurred_wall, occurred_boot_ms, boot_id, flow,
                                     worker_id, session_id, became)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'read')""",
                (
                    scan.raw,
                    scan.symbology,
                    moment_text(scan.occurred_wall),
                    scan.occurred_boot_ms,
                    scan.boot_id,
                    scan.flow,
                    scan.worker_id,
                    scan.session_id,
                ),
            )
        return int(cursor.lastrowid or 0)

    def settle(self, scan_nos: Sequence[int], became: str) -> None:
        """Say what became of scans that confirmed nothing."""
        if scan_nos:
            with self.write():
                self._settle(scan_nos, became, "")

    def settle_interrupted(self) -> None:
        """After a kill: scans that were read but not finished with are named so."""
        with self.write():
            self.connection.execute("UPDATE scan SET became = 'interrupted' WHERE became IN ('read', 'held')")

    def _settle(self, scan_nos: Sequence[int], became: str, transaction_id: str) -> None:
        self.connection.executemany(
            "UPDATE scan SET became = ?, transaction_id = ? WHERE scan_no = ?",
            [(became, transaction_id, scan_no) for scan_no in scan_nos],
        )

    # -- transactions

    async def confirm(self, transaction: Transaction, scan_nos: Sequence[int], became: str) -> dict[str, Any]:
        """Keep a transaction and what became of its scans; when this returns, the beep may sound.

        Epoch, seq, hash and prev are given here. Returns the record as it will be sent.
        """
        with self.write():
            record = self._append(transaction)
            self._settle(scan_nos, became, transaction.transaction_id)
        await self.make_durable()
        return record

    def _append(self, transaction: Transaction) -> dict[str, Any]:
        epoch, last = self.place()
        seq = last + 1
        record = codec.write(replace(transaction, epoch=epoch, seq=seq, prev=self.get("chain"), hash=""))
        record["hash"] = hash_record(record)
        self.connection.execute(
            """INSERT INTO outbox (transaction_id, epoch, seq, kind, record, state, worker_id, created_wall)
               VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)""",
            (
                transaction.transaction_id,
                epoch,
                seq,
                transaction.kind,
                canonical(record).decode(),
                transaction.worker_id,
                record.get("occurred_wall", ""),
            ),
        )
        self.connection.executemany(
            "INSERT INTO effect VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    transaction.transaction_id,
                    no,
                    effect.bin_code,
                    effect.item_no,
                    effect.variant_code,
                    effect.lot_no,
                    effect.serial_no,
                    effect.quantity,
                )
                for no, effect in enumerate(stock_effects(read_body(transaction, strict=False)))
            ],
        )
        self.put(seq=str(seq), chain=chain(record.get("prev", ""), epoch, seq, record["hash"]))
        return record

    def record_of(self, transaction_id: str) -> dict[str, Any]:
        """A record as it was stored. Raises KeyError for an unknown id."""
        row = self.connection.execute(
            "SELECT record FROM outbox WHERE transaction_id = ?", (transaction_id,)
        ).fetchone()
        if row is None:
            raise KeyError(transaction_id)
        record: dict[str, Any] = json.loads(row[0])
        return record
