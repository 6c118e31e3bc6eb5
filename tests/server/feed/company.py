"""A small company for tests of the feed: it changes master data as pages do, and keeps a reader's copy.

`true_state` reads the server's tables directly, never the feed, so that a copy can be compared with what is.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.database import db, write
from server.feed.entities import load_documents
from server.feed.marks import SCOPE_ETYPES, Mark, mark_dirty, scope_kind
from server.feed.reading import read_page
from server.feed.rebuild import existing_keys
from server.ledger.tables import BinBalance
from server.masterdata.tables import InventorySetup, Item, ReasonCode, UnitOfMeasure
from shared.wire.envelopes import PAGE_ROWS, FeedPage
from shared.wire.feed_rows import document_text, row_hash, sum_text, sum_with
from shared.wire.reference import stock_key

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SITE = "site:MAIN"
Copy = dict[tuple[str, str], dict[str, Any]]


def prepare() -> None:
    """Set-up and two units; no entity that a feed holds."""

    def make(connection: sa.Connection) -> None:
        connection.execute(sa.insert(InventorySetup).values(server_epoch="epoch-1"))
        connection.execute(sa.insert(UnitOfMeasure), [{"code": "PCS"}, {"code": "BOX"}])

    write(make)


def put_reason(code: str, description: str) -> None:
    """Create or change a reason, with its mark in the same transaction."""
    write(lambda connection: set_reason(connection, code, description))


def set_reason(connection: sa.Connection, code: str, description: str) -> None:
    """The same, inside a transaction of the caller's."""
    changed = connection.execute(
        sa.update(ReasonCode).where(ReasonCode.code == code).values(description=description)
    )
    if not changed.rowcount:
        connection.execute(sa.insert(ReasonCode).values(code=code, description=description))
    mark_dirty(connection, [("ref", "reason", code)])


def remove_reason(code: str) -> None:
    """Delete a reason, with its mark in the same transaction."""

    def remove(connection: sa.Connection) -> None:
        connection.execute(sa.delete(ReasonCode).where(ReasonCode.code == code))
        mark_dirty(connection, [("ref", "reason", code)])

    write(remove)


def put_item(no: str, **columns: Any) -> None:
    """Create an item counted in pieces, marked."""

    def put(connection: sa.Connection) -> None:
        connection.execute(sa.insert(Item).values(no=no, base_unit_of_measure_code="PCS", **columns))
        mark_dirty(connection, [("ref", "item", no)])

    write(put)


def put_stock(bin_code: str, item_no: str, quantity_base: Decimal | int, location: str = "MAIN") -> None:
    """Set what is in a bin, marked."""

    def put(connection: sa.Connection) -> None:
        key = {
            "location_code": location,
            "bin_code": bin_code,
            "item_no": item_no,
            "variant_code": "",
            "lot_no": "",
            "serial_no": "",
        }
        connection.execute(sa.delete(BinBalance).filter_by(**key))
        connection.execute(sa.insert(BinBalance).values(**key, quantity_base=Decimal(quantity_base)))
        mark_dirty(connection, [(f"site:{location}", "stock", stock_key(bin_code, item_no, "", "", ""))])

    write(put)


def mark(*marks: Mark) -> None:
    """Marks alone, as of a writer whose change is elsewhere."""
    write(lambda connection: mark_dirty(connection, marks))


def true_state(scope: str) -> Copy:
    """What a reader of this scope should have, read from the server's own tables."""
    state: Copy = {}
    with db.engine.connect() as connection:
        for etype in SCOPE_ETYPES[scope_kind(scope)]:
            keys = existing_keys(connection, scope, etype)
            for ekey, text in load_documents(connection, scope, etype, keys).items():
                state[etype, ekey] = json.loads(text)
    return state


@dataclass
class Reader:
    """A device's copy of one scope; `cursors` are all that it was given, in order."""

    scope: str
    copy: Copy = field(default_factory=dict)
    cursors: list[str] = field(default_factory=lambda: [""])

    def read(self, limit: int = PAGE_ROWS) -> FeedPage:
        """Apply one page."""
        page = read_page(self.scope, self.cursors[-1], limit)
        apply(self.copy, page)
        self.cursors.append(page.cursor)
        return page

    def read_to_head(self, limit: int = PAGE_ROWS) -> FeedPage:
        """Apply pages until there is no more."""
        page = self.read(limit)
        while page.more:
            page = self.read(limit)
        return page


def apply(copy: Copy, page: FeedPage) -> None:
    """What a device does with a page."""
    for row in page.rows:
        if row.op == "d":
            copy.pop((row.etype, row.ekey), None)
        else:
            assert row.document is not None
            copy[row.etype, row.ekey] = row.document


def counts_of_copy(copy: Copy) -> dict[str, Any]:
    """The self-check as a device works it out over its copy."""
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    for (etype, ekey), document in copy.items():
        counts[etype] = counts.get(etype, 0) + 1
        sums[etype] = sum_with(sums.get(etype, 0), row_hash(etype, ekey, document_text(document)))
    return {etype: {"count": count, "hash": sum_text(sums[etype])} for etype, count in counts.items()}


def keys_of(rows: Iterable[Any]) -> list[tuple[str, str, str]]:
    """Op, etype and key of feed rows, in order."""
    return [(row.op, row.etype, row.ekey) for row in rows]
