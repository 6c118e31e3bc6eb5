"""Dirty marks: how a posting or a master-data change says what readers must hear of.

Called inside the transaction that makes the change, so a mark exists exactly if the change does.
Marks are coalesced by the caller's set: an item that moves a hundred times in a batch is one mark.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from server.database import insert_rows
from server.feed.tables import FeedDirty

REFERENCE_SCOPE = "ref"

# (scope, etype, ekey)
Mark = tuple[str, str, str]


def site_scope(location_code: str) -> str:
    """The scope of everything that only one location's devices need."""
    return f"site:{location_code}"


def device_scope(device_id: str) -> str:
    """The scope of what one device is told: outcomes, settings, revocation."""
    return f"dev:{device_id}"


def mark_dirty(connection: sa.Connection, marks: Iterable[Mark]) -> None:
    """Leave one unnumbered mark per entity, in a fixed order so that equal runs write equal rows."""
    rows = sorted(set(marks))
    if rows:
        insert_rows(connection, FeedDirty.__table__, ("scope", "etype", "ekey"), rows)
