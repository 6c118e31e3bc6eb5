"""Reads the balances: quantities on hand in base units by item, location, bin or lot; rows of 0 are left out.

Balances are kept by every posting, so no list here adds up a ledger. Values are the sums of value entries,
asked for a page of items at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import given_rows
from server.database import db
from server.ledger.tables import BinBalance, ItemBalance, ValueEntry
from server.masterdata.tables import Bin, Item, Location
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHandFilter:
    """Which balances; what is empty does not filter. `text` is a part of the item's number or description."""

    item_no: str = ""
    variant_code: str = ""
    location_code: str = ""
    zone_code: str = ""
    bin_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOnHand:
    """An item's quantity at all locations that the filter lets through."""

    item_no: str
    description: str
    base_unit_of_measure_code: str
    variant_code: str
    quantity_base: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationOnHand:
    """How many item and variant balances a location has, and their pieces together."""

    location_code: str
    name: str
    item_count: int
    quantity_base: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BinOnHand:
    """What one bin holds of one item, lot and serial; bin "" is a location without bins."""

    location_code: str
    zone_code: str
    bin_code: str
    item_no: str
    description: str
    base_unit_of_measure_code: str
    variant_code: str
    lot_no: str
    serial_no: str
    quantity_base: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOnHand:
    """A lot's or a serial's quantity at all locations that the filter lets through."""

    item_no: str
    description: str
    base_unit_of_measure_code: str
    variant_code: str
    lot_no: str
    serial_no: str
    quantity_base: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValue:
    """What an item's stock is worth: the sum of its value entries."""

    item_no: str
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal


ITEM_ORDERS = Orders.of(ItemBalance.__table__, {"item_no": ("item_no", "variant_code")})
LOCATION_ORDERS = Orders.of(ItemBalance.__table__, {"location_code": ("location_code",)})
_BIN_KEY = ("item_no", "variant_code", "lot_no", "serial_no")
BIN_ORDERS = Orders.of(
    BinBalance.__table__,
    {
        "bin_code": ("location_code", "bin_code", *_BIN_KEY),
        "item_no": ("item_no", "location_code", "bin_code", "variant_code", "lot_no", "serial_no"),
    },
)
LOT_ORDERS = Orders.of(BinBalance.__table__, {"item_no": _BIN_KEY})


def on_hand_by_item(wanted: OnHandFilter, asked: PageAsked) -> Page[ItemOnHand]:
    """One row per item and variant; bin, zone, lot and serial do not filter here."""
    keys = (ItemBalance.item_no, ItemBalance.variant_code)
    statement: Statement = (
        sa.select(
            *keys,
            Item.description,
            Item.base_unit_of_measure_code,
            sa.func.sum(ItemBalance.quantity_base).label("quantity_base"),
        )
        .join(Item, Item.no == ItemBalance.item_no)
        .where(ItemBalance.quantity_base != 0)
        .group_by(*keys, Item.description, Item.base_unit_of_measure_code)
    )
    statement = _filtered(
        statement, ItemBalance.__table__, wanted, ("item_no", "variant_code", "location_code")
    )
    return read_page(statement, ITEM_ORDERS, asked, lambda row: ItemOnHand(**_without_keys(row)))


def on_hand_by_location(wanted: OnHandFilter, asked: PageAsked) -> Page[LocationOnHand]:
    """One row per location."""
    statement: Statement = (
        sa.select(
            ItemBalance.location_code,
            sa.func.coalesce(Location.name, "").label("name"),
            sa.func.count().label("item_count"),
            sa.func.sum(ItemBalance.quantity_base).label("quantity_base"),
        )
        .outerjoin(Location, Location.code == ItemBalance.location_code)
        .where(ItemBalance.quantity_base != 0)
        .group_by(ItemBalance.location_code, Location.name)
    )
    if wanted.text:
        statement = statement.join(Item, Item.no == ItemBalance.item_no)
    statement = _filtered(
        statement, ItemBalance.__table__, wanted, ("item_no", "variant_code", "location_code")
    )
    return read_page(statement, LOCATION_ORDERS, asked, lambda row: LocationOnHand(**_without_keys(row)))


def on_hand_by_bin(wanted: OnHandFilter, asked: PageAsked) -> Page[BinOnHand]:
    """One row per bin, item, variant, lot and serial; sorted by bin, or by item when so asked."""
    statement: Statement = (
        sa.select(
            BinBalance.location_code,
            sa.func.coalesce(Bin.zone_code, "").label("zone_code"),
            BinBalance.bin_code,
            BinBalance.item_no,
            Item.description,
            Item.base_unit_of_measure_code,
            BinBalance.variant_code,
            BinBalance.lot_no,
            BinBalance.serial_no,
            BinBalance.quantity_base,
        )
        .join(Item, Item.no == BinBalance.item_no)
        .outerjoin(
            Bin, sa.and_(Bin.location_code == BinBalance.location_code, Bin.code == BinBalance.bin_code)
        )
        .where(BinBalance.quantity_base != 0)
    )
    statement = _filtered(statement, BinBalance.__table__, wanted, _BIN_COLUMNS)
    if wanted.zone_code:
        statement = statement.where(Bin.zone_code == wanted.zone_code)
    return read_page(statement, BIN_ORDERS, asked, lambda row: BinOnHand(**_without_keys(row)))


def on_hand_by_lot(wanted: OnHandFilter, asked: PageAsked) -> Page[LotOnHand]:
    """One row per item, variant, lot and serial; what has neither lot nor serial is not here."""
    keys = (BinBalance.item_no, BinBalance.variant_code, BinBalance.lot_no, BinBalance.serial_no)
    statement: Statement = (
        sa.select(
            *keys,
            Item.description,
            Item.base_unit_of_measure_code,
            sa.func.sum(BinBalance.quantity_base).label("quantity_base"),
        )
        .join(Item, Item.no == BinBalance.item_no)
        # Written out as the index of tracked balances has it.
        .where(BinBalance.quantity_base != 0, sa.text("(lot_no <> '' OR serial_no <> '')"))
        .group_by(*keys, Item.description, Item.base_unit_of_measure_code)
    )
    statement = _filtered(statement, BinBalance.__table__, wanted, _BIN_COLUMNS)
    return read_page(statement, LOT_ORDERS, asked, lambda row: LotOnHand(**_without_keys(row)))


def values_of_items(item_nos: Iterable[str]) -> dict[str, ItemValue]:
    """What the stock of these items is worth, one query for all of them; items never posted are left out."""
    wanted = [(item_no,) for item_no in sorted(set(item_nos))]
    if not wanted:
        return {}
    table = ValueEntry.__table__
    given = given_rows(db.session.connection(), table, ("item_no",), wanted)
    rows = db.session.execute(
        sa.select(
            table.c.item_no,
            sa.func.sum(table.c.cost_amount_actual).label("cost_amount_actual"),
            sa.func.sum(table.c.cost_amount_expected).label("cost_amount_expected"),
        )
        .join_from(given, table, table.c.item_no == given.c.item_no)
        .group_by(table.c.item_no)
    ).mappings()
    return {row["item_no"]: ItemValue(**row) for row in rows}


_BIN_COLUMNS = ("item_no", "variant_code", "location_code", "bin_code", "lot_no", "serial_no")


def _filtered(
    statement: Statement, table: sa.FromClause, wanted: OnHandFilter, columns: tuple[str, ...]
) -> Statement:
    for name in columns:
        value = getattr(wanted, name)
        if value:
            statement = statement.where(table.c[name] == value)
    if wanted.text:
        statement = statement.where(
            sa.or_(
                Item.no.icontains(wanted.text, autoescape=True),
                Item.description.icontains(wanted.text, autoescape=True),
            )
        )
    return statement


def _without_keys(row: sa.RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("key_")}
