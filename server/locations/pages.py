"""Bins and locations: lists, a bin's card with what it holds, and the forms that create and change them."""

from decimal import Decimal

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from server.database import db
from server.ledger.tables import BinBalance
from server.locations.queries import (
    BinFilter,
    list_bins,
    list_locations,
    read_bin,
    read_location,
)
from server.masterdata.cards import BinCard, LocationCard
from server.masterdata.kinds import BINS, LOCATIONS
from server.masterdata.tables import Item
from server.security.frame import current_location_code
from server.security.permissions import Permission, may, requires
from server.web.card_changes import store_of
from server.web.card_forms import CardField, CardForm, show_change, show_new, take_change, take_new
from server.web.page_lists import answer_refusals, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("bins", __name__, template_folder="templates")
answer_refusals(blueprint)
_MOST = 200
BLOCKS = (
    ("none", lazy_gettext("Not blocked")),
    ("in", lazy_gettext("Nothing in")),
    ("out", lazy_gettext("Nothing out")),
    ("all", lazy_gettext("Blocked")),
)


def _bin_address(row: BinCard) -> str:
    return url_for("bins.show", location_code=row.location_code, code=row.code)


def _location_address(row: LocationCard) -> str:
    return url_for("bins.location", code=row.code)


_COLUMNS = (
    Column("code", lazy_gettext("Bin"), "code", sortable=True, strong=True, link=_bin_address),
    Column("location_code", lazy_gettext("Location"), "code"),
    Column("zone_code", lazy_gettext("Zone"), "code"),
    Column("bin_type", lazy_gettext("Type")),
    Column("ranking", lazy_gettext("Ranking"), "number"),
    Column("block_movement", lazy_gettext("Block")),
    Column("is_dedicated", lazy_gettext("Dedicated"), "flag"),
)
_FILTERS = (
    Filter("bin", lazy_gettext("Bin begins with")),
    Filter("zone", lazy_gettext("Zone")),
    Filter("type", lazy_gettext("Type")),
    Filter("block", lazy_gettext("Block"), options=BLOCKS),
)
_LOCATION_COLUMNS = (
    Column("code", lazy_gettext("Location"), "code", sortable=True, strong=True, link=_location_address),
    Column("name", lazy_gettext("Name")),
    Column("time_zone", lazy_gettext("Time zone")),
    Column("bin_mandatory", lazy_gettext("Stock in bins"), "flag"),
    Column("receipt_bin_code", lazy_gettext("Receipt bin"), "code"),
    Column("shipment_bin_code", lazy_gettext("Shipment bin"), "code"),
    Column("adjustment_bin_code", lazy_gettext("Adjustment bin"), "code"),
)
BIN_FORM: CardForm[BinCard] = CardForm(
    store=store_of(BINS),
    nav="bins",
    new_title=lazy_gettext("New bin"),
    title=lambda card: card.code,
    address=_bin_address,
    list_address=lambda: url_for("bins.index"),
    fields=(
        CardField("location_code", lazy_gettext("Location"), is_key=True),
        CardField("code", lazy_gettext("Bin"), is_key=True),
        CardField("zone_code", lazy_gettext("Zone")),
        CardField("bin_type", lazy_gettext("Type")),
        CardField("ranking", lazy_gettext("Ranking"), "whole", hint=lazy_gettext("Higher is picked first")),
        CardField("block_movement", lazy_gettext("Block"), "choice", BLOCKS),
        CardField("gln_extension", lazy_gettext("GLN extension")),
        CardField("is_dedicated", lazy_gettext("Dedicated"), "flag"),
    ),
    defaults={"ranking": "0", "block_movement": "none"},
)
LOCATION_FORM: CardForm[LocationCard] = CardForm(
    store=store_of(LOCATIONS),
    nav="bins",
    new_title=lazy_gettext("New location"),
    title=lambda card: card.name or card.code,
    address=_location_address,
    list_address=lambda: url_for("bins.locations"),
    fields=(
        CardField("code", lazy_gettext("Location"), is_key=True),
        CardField("name", lazy_gettext("Name")),
        CardField("time_zone", lazy_gettext("Time zone"), hint=lazy_gettext("As in Europe/London")),
        CardField("bin_mandatory", lazy_gettext("Stock in bins"), "flag"),
        CardField("use_as_in_transit", lazy_gettext("For goods in transit"), "flag"),
        CardField("receipt_bin_code", lazy_gettext("Receipt bin")),
        CardField("shipment_bin_code", lazy_gettext("Shipment bin")),
        CardField("adjustment_bin_code", lazy_gettext("Adjustment bin")),
    ),
    defaults={"time_zone": "UTC", "bin_mandatory": "yes"},
)


@blueprint.get("/bins", endpoint="index")
@requires(Permission.VIEW_STOCK)
def index() -> Response:
    """The bins of the location that the page shows."""
    listing = Listing.from_request(_COLUMNS, _FILTERS, default_sort="code")
    given = listing.values
    wanted = BinFilter(
        location_code=current_location_code(),
        code=filter_text(given, "bin"),
        zone_code=filter_text(given, "zone"),
        bin_type=filter_text(given, "type"),
        block_movement=filter_text(given, "block"),
    )
    return list_answer(
        "locations/bins.html",
        listing,
        lambda asked: list_bins(wanted, asked),
        row_type=BinCard,
        name="bins",
        may_change=may(Permission.CHANGE_LOCATIONS),
        blocks=dict(BLOCKS),
    )


@blueprint.get("/bins/<location_code>/<path:code>", endpoint="show")
@requires(Permission.VIEW_STOCK)
def show(location_code: str, code: str) -> str:
    """A bin and what it holds."""
    card = read_bin(location_code, code)
    contents = _contents(card)
    return render_template(
        "locations/bin.html",
        card=card,
        contents=contents,
        pieces=sum((row.quantity_base for row in contents), Decimal(0)),
        may_change=may(Permission.CHANGE_LOCATIONS),
        blocks=dict(BLOCKS),
    )


@blueprint.get("/bin-new", endpoint="new")
@requires(Permission.CHANGE_LOCATIONS)
def new() -> Response:
    """The form for a new bin."""
    return show_new(BIN_FORM)


@blueprint.post("/bin-new", endpoint="create")
@requires(Permission.CHANGE_LOCATIONS)
def create() -> Response:
    """A new bin."""
    return take_new(BIN_FORM)


@blueprint.get("/bin-edit/<location_code>/<path:code>", endpoint="edit")
@requires(Permission.CHANGE_LOCATIONS)
def edit(location_code: str, code: str) -> Response:
    """The form of a bin."""
    return show_change(BIN_FORM, read_bin(location_code, code))


@blueprint.post("/bin-edit/<location_code>/<path:code>", endpoint="change")
@requires(Permission.CHANGE_LOCATIONS)
def change(location_code: str, code: str) -> Response:
    """A changed bin."""
    return take_change(BIN_FORM, read_bin(location_code, code))


@blueprint.get("/locations", endpoint="locations")
@requires(Permission.VIEW_STOCK)
def locations() -> Response:
    """The locations."""
    listing = Listing.from_request(_LOCATION_COLUMNS, default_sort="code")
    return list_answer(
        "locations/locations.html",
        listing,
        list_locations,
        row_type=LocationCard,
        name="locations",
        may_change=may(Permission.CHANGE_LOCATIONS),
    )


@blueprint.get("/locations/<path:code>", endpoint="location")
@requires(Permission.VIEW_STOCK)
def location(code: str) -> str:
    """A location."""
    return render_template(
        "locations/location.html", card=read_location(code), may_change=may(Permission.CHANGE_LOCATIONS)
    )


@blueprint.get("/location-new", endpoint="new_location")
@requires(Permission.CHANGE_LOCATIONS)
def new_location() -> Response:
    """The form for a new location."""
    return show_new(LOCATION_FORM)


@blueprint.post("/location-new", endpoint="create_location")
@requires(Permission.CHANGE_LOCATIONS)
def create_location() -> Response:
    """A new location."""
    return take_new(LOCATION_FORM)


@blueprint.get("/location-edit/<path:code>", endpoint="edit_location")
@requires(Permission.CHANGE_LOCATIONS)
def edit_location(code: str) -> Response:
    """The form of a location."""
    return show_change(LOCATION_FORM, read_location(code))


@blueprint.post("/location-edit/<path:code>", endpoint="change_location")
@requires(Permission.CHANGE_LOCATIONS)
def change_location(code: str) -> Response:
    """A changed location."""
    return take_change(LOCATION_FORM, read_location(code))


def _contents(card: BinCard) -> list[sa.Row[tuple[str, str, str, str, Decimal]]]:
    table = BinBalance.__table__
    return list(
        db.session.execute(
            sa.select(
                table.c.item_no, Item.description, table.c.lot_no, table.c.serial_no, table.c.quantity_base
            )
            .outerjoin(Item, Item.no == table.c.item_no)
            .where(
                table.c.location_code == card.location_code,
                table.c.bin_code == card.code,
                table.c.quantity_base != 0,
            )
            .order_by(table.c.item_no)
            .limit(_MOST)
        )
    )
