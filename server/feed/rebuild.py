"""Marks a whole scope, for when single marks are not enough: a new location, a new field in documents.

Harmless at any time: an entity whose document did not change gets no new number.
"""

import sqlalchemy as sa

from server.feed.marks import (
    SCOPE_ETYPES,
    Mark,
    device_scope,
    mark_dirty,
    scope_kind,
    scope_owner,
    site_scope,
)
from server.feed.tables import Feed
from server.inbox.tables import InboxTransaction
from server.ledger.tables import BinBalance
from server.masterdata.tables import Bin, Item, ItemIdentifier, Location, ReasonCode
from server.security.tables import Device, Person
from shared.wire.reference import stock_key


def mark_scope(connection: sa.Connection, scope: str) -> int:
    """Mark every entity of a scope that exists or that readers believe to exist; how many there were."""
    marks: set[Mark] = {
        (scope, etype, ekey)
        for etype in SCOPE_ETYPES[scope_kind(scope)]
        for ekey in existing_keys(connection, scope, etype)
    }
    told = connection.execute(sa.select(Feed.etype, Feed.ekey).where(Feed.scope == scope, Feed.op == "u"))
    marks |= {(scope, etype, ekey) for etype, ekey in told}
    mark_dirty(connection, marks)
    return len(marks)


def existing_scopes(connection: sa.Connection) -> list[str]:
    """The scopes that a company has: reference data, its locations, its handhelds."""
    locations = connection.scalars(sa.select(Location.code).order_by(Location.code))
    devices = connection.scalars(
        sa.select(Device.device_id).where(Device.kind == "handheld").order_by(Device.device_id)
    )
    return ["ref", *map(site_scope, locations), *map(device_scope, devices)]


def existing_keys(connection: sa.Connection, scope: str, etype: str) -> list[str]:
    """The keys of one type that may exist in a scope; some may still turn out to have no document."""
    owner = scope_owner(scope)
    keys: sa.Select[str] | sa.CompoundSelect[str]
    match etype:
        case "item":
            keys = sa.select(Item.no)
        case "identifier":
            keys = sa.union(sa.select(ItemIdentifier.code), sa.select(Item.gtin).where(Item.gtin != ""))
        case "reason":
            keys = sa.select(ReasonCode.code)
        case "location":
            keys = sa.select(Location.code)
        case "bin":
            keys = sa.select(Bin.code).where(Bin.location_code == owner)
        case "worker":
            keys = sa.select(Person.person_id)
        case "outcome":
            keys = sa.select(InboxTransaction.transaction_id).where(InboxTransaction.device_id == owner)
        case "stock":
            return _stock_keys(connection, owner)
        case _:
            raise AssertionError(f"no entities of type {etype}")
    return list(connection.scalars(keys))


def _stock_keys(connection: sa.Connection, location_code: str) -> list[str]:
    rows = connection.execute(
        sa.select(
            BinBalance.bin_code,
            BinBalance.item_no,
            BinBalance.variant_code,
            BinBalance.lot_no,
            BinBalance.serial_no,
        ).where(BinBalance.location_code == location_code, BinBalance.quantity_base != 0)
    )
    return [stock_key(*row) for row in rows]
