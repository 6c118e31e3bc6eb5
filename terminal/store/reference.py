"""ref.db: items, codes, bins, reasons, people and stock as the server last told, one file per scope.

Look-ups read the newest documents tolerantly: a field that this build does not know is ignored, a document
that it cannot read counts as missing. The device's own stock view adds its unposted effects to the snapshot
in a query and is never stored.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from shared.wire import codec
from shared.wire.reference import (
    BinRecord,
    IdentifierRecord,
    ItemRecord,
    LocationRecord,
    ReasonRecord,
    StockRecord,
    WorkerRecord,
)
from terminal.store.effects import units
from terminal.store.ports import Connect
from terminal.store.queue import Queue
from terminal.store.scope_file import ScopeFile

T = TypeVar("T")
_STOCK_COLUMNS = ("bin_code", "item_no", "variant_code", "lot_no", "serial_no")


class Reference:
    """The scopes of this device: `ref` for all, `site:<location>` for its place."""

    def __init__(self, folder: Path, connect: Connect, journal_mode: str) -> None:
        self._folder, self._connect, self._journal_mode = folder, connect, journal_mode
        self._scopes: dict[str, ScopeFile] = {}

    def scope(self, name: str) -> ScopeFile:
        """The file of a scope; a damaged one is dropped and begins empty."""
        if name not in self._scopes:
            folder = self._folder / quote(name, safe="")
            try:
                self._scopes[name] = ScopeFile(folder, self._connect, self._journal_mode)
            except sqlite3.DatabaseError:
                for path in folder.glob("*"):
                    path.unlink(missing_ok=True)
                self._scopes[name] = ScopeFile(folder, self._connect, self._journal_mode)
        return self._scopes[name]

    def close(self) -> None:
        for scope in self._scopes.values():
            scope.close()
        self._scopes.clear()

    def drop(self) -> None:
        """Forget all reference data, as a revoked device must."""
        for scope in self._scopes.values():
            scope.drop()

    # -- look-ups

    def item(self, no: str) -> ItemRecord | None:
        return self._read(ItemRecord, self.scope("ref").document("item", no))

    def identifier(self, code: str) -> IdentifierRecord | None:
        """What a barcode or other code stands for; GTINs are looked up as 14 digits."""
        return self._read(IdentifierRecord, self.scope("ref").document("identifier", code))

    def location(self, code: str) -> LocationRecord | None:
        return self._read(LocationRecord, self.scope("ref").document("location", code))

    def reasons(self) -> tuple[ReasonRecord, ...]:
        return tuple(self._read_all(ReasonRecord, "ref", "reason"))

    def bin(self, location_code: str, code: str) -> BinRecord | None:
        return self._read(BinRecord, self.scope(site_scope(location_code)).document("bin", code))

    def workers(self, location_code: str) -> tuple[WorkerRecord, ...]:
        return tuple(self._read_all(WorkerRecord, site_scope(location_code), "worker"))

    def worker_of_badge(self, location_code: str, badge: str) -> WorkerRecord | None:
        """Who has a badge. A site has few people, so all are looked through."""
        return next((each for each in self.workers(location_code) if each.badge == badge), None)

    def worker(self, location_code: str, person_id: str) -> WorkerRecord | None:
        return self._read(WorkerRecord, self.scope(site_scope(location_code)).document("worker", person_id))

    def as_of(self, scope: str) -> datetime | None:
        """The moment for which the scope's data is true; None before the first page."""
        text = self.scope(scope).get("as_of")
        return datetime.fromisoformat(text) if text else None

    def _read(self, record_type: type[T], document: dict[str, Any] | None) -> T | None:
        if document is None:
            return None
        try:
            return codec.read(record_type, document, strict=False)
        except codec.WireError:
            return None

    def _read_all(self, record_type: type[T], scope: str, etype: str) -> Iterator[T]:
        for document in self.scope(scope).documents(etype):
            record = self._read(record_type, document)
            if record is not None:
                yield record


def site_scope(location_code: str) -> str:
    """The feed scope of a location."""
    return f"site:{location_code}"


def own_stock(
    queue: Queue, reference: Reference, location_code: str, *, bin_code: str = "", item_no: str = ""
) -> list[StockRecord]:
    """Snapshot plus own effects not yet posted or refused, of a bin or of an item; zeros left out."""
    column, value = ("bin_code", bin_code) if bin_code else ("item_no", item_no)
    keys = ", ".join(_STOCK_COLUMNS)
    totals: dict[tuple[str, ...], int] = {}
    snapshot = reference.scope(site_scope(location_code)).connection.execute(
        f"SELECT {keys}, quantity FROM stock WHERE {column} = ?",  # noqa: S608
        (value,),
    )
    effects = queue.connection.execute(
        f"""SELECT {keys}, sum(quantity) FROM effect JOIN outbox USING (transaction_id)
            WHERE state NOT IN ('posted', 'refused') AND {column} = ? GROUP BY {keys}""",  # noqa: S608
        (value,),
    )
    for rows in (snapshot, effects):
        for *key, quantity in rows:
            totals[tuple(key)] = totals.get(tuple(key), 0) + quantity
    return [
        StockRecord(**dict(zip(_STOCK_COLUMNS, key, strict=True)), quantity_base=units(quantity))
        for key, quantity in sorted(totals.items())
        if quantity
    ]
