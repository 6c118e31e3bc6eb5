"""Loads the wholesaler's items, units, identifiers, bins and reasons in bulk.

Always holds: only what is missing is written, so loading twice changes nothing and a card that somebody
changed in between keeps the change; every new row that devices need leaves its mark for the feed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import insert_rows
from server.demo.data_set import BinRow, ItemRow
from server.feed.marks import REFERENCE_SCOPE, mark_dirty, site_scope
from server.masterdata.tables import (
    Bin,
    BinContent,
    InventorySetup,
    Item,
    ItemIdentifier,
    ItemUnitOfMeasure,
    Location,
    ReasonCode,
    UnitOfMeasure,
    Zone,
)

LOCATION_CODE = "DC"
TIME_ZONE = "Europe/London"
BASE_UNIT = "PCS"
CASE_UNIT = "CASE"
COMPANY_NAME = "Gift wholesaler (demo)"

_UNITS = [(BASE_UNIT, "Piece", "Pièce"), (CASE_UNIT, "Case", "Carton")]
# (code, English, French, direction, limit in pieces above which a supervisor decides)
_REASONS: list[tuple[str, str, str, str, Decimal | None]] = [
    ("DAMAGE", "Damaged", "Abîmé", "decrease", None),
    ("COUNT", "Count difference", "Écart de comptage", "both", None),
    ("FREE", "Received free of charge", "Reçu gratuitement", "increase", None),
    ("FOUND", "Found", "Retrouvé", "increase", Decimal(50)),
    ("LOST", "Lost", "Perdu", "decrease", Decimal(50)),
]
# Zone code: description and rank; a higher rank is picked from first.
_ZONES = {
    "A": ("Fast movers", 300),
    "B": ("Medium movers", 200),
    "C": ("Slow movers", 100),
    "DOCK": ("Docks", 0),
    "STAGE": ("Staging", 0),
    "HOLD": ("Quarantine, damage and returns", 0),
}
# The zone of bins that the data set puts in none.
_ZONE_OF_TYPE = {"receiving": "DOCK", "shipping": "DOCK", "staging": "STAGE"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many cards of each sort were new."""

    items: int
    identifiers: int
    bins: int


def load_master_data(
    connection: sa.Connection, items: Sequence[ItemRow], bins: Sequence[BinRow], *, server_epoch: str
) -> Loaded:
    """Write what is missing. `server_epoch` names the company's database if it has no set-up yet."""
    _load_setup(connection, server_epoch)
    _insert_missing(connection, UnitOfMeasure, (("code",), ("description", "description_fr")), _UNITS)
    reasons = _insert_missing(
        connection,
        ReasonCode,
        (("code",), ("description", "description_fr", "direction", "limit_quantity")),
        _REASONS,
    )
    locations = _load_location(connection)
    new_bins = _load_bins(connection, bins)
    new_items = _load_items(connection, items)
    identifiers = _load_identifiers(connection, items)
    _load_homes(connection, items)
    _mark(connection, REFERENCE_SCOPE, "reason", reasons)
    _mark(connection, REFERENCE_SCOPE, "location", locations)
    _mark(connection, REFERENCE_SCOPE, "item", new_items)
    _mark(connection, REFERENCE_SCOPE, "identifier", identifiers)
    _mark(connection, site_scope(LOCATION_CODE), "bin", [row[1:] for row in new_bins])
    return Loaded(items=len(new_items), identifiers=len(identifiers), bins=len(new_bins))


def _load_setup(connection: sa.Connection, server_epoch: str) -> None:
    table = InventorySetup.__table__
    company_name = connection.scalar(sa.select(table.c.company_name))
    if company_name is None:
        connection.execute(
            sa.insert(InventorySetup).values(id=1, company_name=COMPANY_NAME, server_epoch=server_epoch)
        )
    elif not company_name:
        connection.execute(sa.update(InventorySetup).values(company_name=COMPANY_NAME))


def _load_location(connection: sa.Connection) -> list[tuple[Any, ...]]:
    columns = (
        "name",
        "time_zone",
        "bin_mandatory",
        "use_as_in_transit",
        "receipt_bin_code",
        "shipment_bin_code",
        "adjustment_bin_code",
    )
    row = (LOCATION_CODE, "Distribution centre", TIME_ZONE, True, False, "DOCK-IN", "DOCK-OUT", "")
    new = _insert_missing(connection, Location, (("code",), columns), [row])
    zones = [(LOCATION_CODE, code, description) for code, (description, _) in _ZONES.items()]
    _insert_missing(connection, Zone, (("location_code", "code"), ("description",)), zones)
    return new


def _load_bins(connection: sa.Connection, bins: Sequence[BinRow]) -> list[tuple[Any, ...]]:
    def with_zone(row: BinRow) -> tuple[Any, ...]:
        zone = row.zone or _ZONE_OF_TYPE.get(row.type, "HOLD")
        rank = _ZONES[zone][1] if zone in _ZONES else 0
        return (LOCATION_CODE, row.bin, zone, row.type, rank, "none", False, row.gln_extension)

    columns = ("zone_code", "bin_type", "ranking", "block_movement", "is_dedicated", "gln_extension")
    return _insert_missing(
        connection, Bin, (("location_code", "code"), columns), [with_zone(row) for row in bins]
    )


def _load_items(connection: sa.Connection, items: Sequence[ItemRow]) -> list[tuple[Any, ...]]:
    columns: dict[str, Callable[[ItemRow], Any]] = {
        "description": lambda row: row.name,
        "type": lambda row: "inventory",
        "base_unit_of_measure_code": lambda row: BASE_UNIT,
        "gtin": lambda row: gtin14(row.ean13),
        "is_blocked": lambda row: False,
        "costing_method": lambda row: "FIFO",
        "unit_cost": lambda row: Decimal(row.unit_cost),
        "unit_price": lambda row: Decimal(row.unit_price),
        "prevent_negative_inventory": lambda row: "default",
        "tracking": lambda row: row.tracking,
        "abc_class": lambda row: row.abc,
        "shelf_no": lambda row: row.home_bin,
    }
    cards = [(row.item, *(value(row) for value in columns.values())) for row in items]
    new = _insert_missing(connection, Item, (("no",), tuple(columns)), cards)

    step = Decimal(1)
    units = [(row.item, BASE_UNIT, Decimal(1), step) for row in items]
    units += [(row.item, CASE_UNIT, Decimal(row.case_qty), step) for row in items if _has_case(row)]
    _insert_missing(
        connection,
        ItemUnitOfMeasure,
        (("item_no", "code"), ("quantity_per_unit", "quantity_rounding_precision")),
        units,
    )
    return new


def _load_identifiers(connection: sa.Connection, items: Sequence[ItemRow]) -> list[tuple[Any, ...]]:
    codes = [(gtin14(row.ean13), row.item, "", BASE_UNIT) for row in items]
    codes += [(row.case_gtin14, row.item, "", CASE_UNIT) for row in items if _has_case(row)]
    columns = ("item_no", "variant_code", "unit_of_measure_code")
    return _insert_missing(connection, ItemIdentifier, (("code",), columns), codes)


def _load_homes(connection: sa.Connection, items: Sequence[ItemRow]) -> None:
    homes = [(LOCATION_CODE, row.home_bin, row.item, "", True, True) for row in items]
    keys = ("location_code", "bin_code", "item_no", "variant_code")
    _insert_missing(connection, BinContent, (keys, ("is_default", "is_fixed")), homes)


def gtin14(ean13: str) -> str:
    """The 14 digits under which identifiers are kept."""
    return ean13.zfill(14)


def _has_case(row: ItemRow) -> bool:
    return Decimal(row.case_qty) > 1


def _insert_missing(
    connection: sa.Connection,
    table: Any,
    columns: tuple[tuple[str, ...], tuple[str, ...]],
    rows: Sequence[tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """Insert the rows (key columns, then values) whose keys are not there yet, and give them back."""
    keys, values = columns
    found = connection.execute(sa.select(*(table.__table__.c[key] for key in keys)))
    present = {tuple(row) for row in found}
    missing = [row for row in rows if row[: len(keys)] not in present]
    insert_rows(connection, table.__table__, keys + values, missing)
    return missing


def _mark(connection: sa.Connection, scope: str, etype: str, rows: Sequence[tuple[Any, ...]]) -> None:
    mark_dirty(connection, [(scope, etype, str(row[0])) for row in rows])
