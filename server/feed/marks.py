"""Dirty marks: how a posting or a master-data change says what readers must hear of.

Called inside the transaction that makes the change, so a mark exists exactly if the change does.
Marks are coalesced by the caller's set: an item that moves a hundred times in a batch is one mark.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from server.bulk import insert_rows
from server.feed.tables import FeedDirty

REFERENCE_SCOPE = "ref"

# Scope, etype and key of an entity.
Mark = tuple[str, str, str]

# Which entities a scope of each kind holds.
SCOPE_ETYPES: dict[str, frozenset[str]] = {
    "ref": frozenset({"item", "identifier", "reason", "location"}),
    "site": frozenset({"bin", "stock", "worker"}),
    "dev": frozenset({"outcome"}),
}


def site_scope(location_code: str) -> str:
    """The scope of everything that only one location's devices need."""
    return f"site:{location_code}"


def device_scope(device_id: str) -> str:
    """The scope of what one device is told: outcomes, settings, revocation."""
    return f"dev:{device_id}"


def scope_kind(scope: str) -> str:
    """`ref`, `site` or `dev`."""
    return scope.partition(":")[0]


def scope_owner(scope: str) -> str:
    """The location or device that a scope belongs to, "" for `ref`."""
    return scope.partition(":")[2]


def mark_dirty(connection: sa.Connection, marks: Iterable[Mark]) -> None:
    """Leave one unnumbered mark per entity, in a fixed order so that equal runs write equal rows.

    A mark that no scope can hold is a bug (AssertionError) here, where it is made: later it would stop
    the sequencer for everybody.
    """
    rows = sorted(set(marks))
    for scope, etype, _ in rows:
        assert etype in SCOPE_ETYPES[scope_kind(scope)], f"{scope} holds no {etype}"
    if rows:
        insert_rows(connection, FeedDirty.__table__, ("scope", "etype", "ekey"), rows)
