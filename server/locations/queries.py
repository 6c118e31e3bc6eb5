"""Reads locations, zones, bins and bin contents for pages and API. Nothing here writes."""

from dataclasses import dataclass

from server.database import db
from server.masterdata.cards import BinCard, BinContentCard, LocationCard, ZoneCard
from server.masterdata.kinds import BIN_CONTENTS, BINS, LOCATIONS, ZONES, read_card
from server.web.keyset import Orders, Page, PageAsked, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFilter:
    """Which zones; what is empty does not filter."""

    location_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinFilter:
    """Which bins; what is empty does not filter. `code` is the beginning of a bin's code."""

    location_code: str = ""
    zone_code: str = ""
    bin_type: str = ""
    block_movement: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinContentFilter:
    """Which bin contents; what is empty does not filter."""

    location_code: str = ""
    bin_code: str = ""
    item_no: str = ""
    is_default: bool | None = None


LOCATION_ORDERS = Orders.of(LOCATIONS.table, {"code": ("code",)})
ZONE_ORDERS = Orders.of(ZONES.table, {"code": ("location_code", "code")})
BIN_ORDERS = Orders.of(BINS.table, {"code": ("location_code", "code")})
BIN_CONTENT_ORDERS = Orders.of(
    BIN_CONTENTS.table, {"bin_code": ("location_code", "bin_code", "item_no", "variant_code")}
)


def list_locations(asked: PageAsked) -> Page[LocationCard]:
    """Locations by code."""
    return read_page(LOCATIONS.select(), LOCATION_ORDERS, asked, LOCATIONS.card_of)


def read_location(code: str) -> LocationCard:
    """One location; CardMissing when there is none."""
    return read_card(db.session.connection(), LOCATIONS, (code,))


def list_zones(wanted: ZoneFilter, asked: PageAsked) -> Page[ZoneCard]:
    """Zones by location and code."""
    statement = ZONES.select()
    if wanted.location_code:
        statement = statement.where(ZONES.table.c.location_code == wanted.location_code)
    return read_page(statement, ZONE_ORDERS, asked, ZONES.card_of)


def read_zone(location_code: str, code: str) -> ZoneCard:
    """One zone; CardMissing when there is none."""
    return read_card(db.session.connection(), ZONES, (location_code, code))


def list_bins(wanted: BinFilter, asked: PageAsked) -> Page[BinCard]:
    """Bins by location and code."""
    table = BINS.table
    statement = BINS.select()
    for name in ("location_code", "zone_code", "bin_type", "block_movement"):
        if getattr(wanted, name):
            statement = statement.where(table.c[name] == getattr(wanted, name))
    if wanted.code:
        statement = statement.where(table.c.code.startswith(wanted.code, autoescape=True))
    return read_page(statement, BIN_ORDERS, asked, BINS.card_of)


def read_bin(location_code: str, code: str) -> BinCard:
    """One bin; CardMissing when there is none."""
    return read_card(db.session.connection(), BINS, (location_code, code))


def list_bin_contents(wanted: BinContentFilter, asked: PageAsked) -> Page[BinContentCard]:
    """What is kept where by rule."""
    table = BIN_CONTENTS.table
    statement = BIN_CONTENTS.select()
    for name in ("location_code", "bin_code", "item_no"):
        if getattr(wanted, name):
            statement = statement.where(table.c[name] == getattr(wanted, name))
    if wanted.is_default is not None:
        statement = statement.where(table.c.is_default.is_(wanted.is_default))
    return read_page(statement, BIN_CONTENT_ORDERS, asked, BIN_CONTENTS.card_of)
