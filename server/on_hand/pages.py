"""What is on hand, by item, by bin and by lot; every total opens the entries that it is the sum of."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, url_for
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.on_hand.queries import (
    BinOnHand,
    ItemOnHand,
    LotOnHand,
    OnHandFilter,
    on_hand_by_bin,
    on_hand_by_item,
    on_hand_by_location,
    on_hand_by_lot,
    values_of_items,
)
from server.security.permissions import Permission, may, requires
from server.web.keyset import Page, PageAsked
from server.web.page_lists import answer_refusals, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("on_hand", __name__, template_folder="templates")
answer_refusals(blueprint)


def _item(row: Any) -> str:
    return url_for("items.show", no=row.item_no)


_ITEM_COLUMNS = (
    Column("item_no", lazy_gettext("Item"), "code", sortable=True, link=_item),
    Column("description", lazy_gettext("Name")),
    Column("variant_code", lazy_gettext("Variant"), "code"),
    Column("quantity_base", lazy_gettext("On hand"), "quantity", strong=True),
    Column("base_unit_of_measure_code", lazy_gettext("Unit")),
    Column("worth", lazy_gettext("Value"), "amount"),
)
_BIN_COLUMNS = (
    Column("bin_code", lazy_gettext("Bin"), "code", sortable=True, strong=True),
    Column("zone_code", lazy_gettext("Zone"), "code"),
    Column("item_no", lazy_gettext("Item"), "code", sortable=True, link=_item),
    Column("description", lazy_gettext("Name")),
    Column("lot_no", lazy_gettext("Lot"), "code"),
    Column("serial_no", lazy_gettext("Serial no."), "code"),
    Column("quantity_base", lazy_gettext("On hand"), "quantity", strong=True),
    Column("base_unit_of_measure_code", lazy_gettext("Unit")),
)
_LOT_COLUMNS = (
    Column("item_no", lazy_gettext("Item"), "code", sortable=True, link=_item),
    Column("description", lazy_gettext("Name")),
    Column("lot_no", lazy_gettext("Lot"), "code", strong=True),
    Column("serial_no", lazy_gettext("Serial no."), "code", strong=True),
    Column("quantity_base", lazy_gettext("On hand"), "quantity", strong=True),
    Column("base_unit_of_measure_code", lazy_gettext("Unit")),
)
_ITEM = Filter("item", lazy_gettext("Item"))
_TEXT = Filter("text", lazy_gettext("Name contains"))


@blueprint.get("/on-hand", endpoint="index")
@requires(Permission.VIEW_STOCK)
def index() -> Response:
    """By item."""
    listing = Listing.from_request(_ITEM_COLUMNS, (_TEXT, _ITEM), default_sort="item_no")
    wanted = _wanted(listing.values)
    return _list("items", listing, lambda asked: on_hand_by_item(wanted, asked), ItemOnHand)


@blueprint.get("/on-hand/bins", endpoint="bins")
@requires(Permission.VIEW_STOCK)
def bins() -> Response:
    """By bin."""
    filters = (Filter("bin", lazy_gettext("Bin")), Filter("zone", lazy_gettext("Zone")), _ITEM, _TEXT)
    listing = Listing.from_request(_BIN_COLUMNS, filters, default_sort="bin_code")
    wanted = _wanted(listing.values)
    return _list("bins", listing, lambda asked: on_hand_by_bin(wanted, asked), BinOnHand)


@blueprint.get("/on-hand/lots", endpoint="lots")
@requires(Permission.VIEW_STOCK)
def lots() -> Response:
    """By lot and serial number."""
    filters = (Filter("lot", lazy_gettext("Lot")), Filter("serial", lazy_gettext("Serial no.")), _ITEM)
    listing = Listing.from_request(_LOT_COLUMNS, filters, default_sort="item_no")
    wanted = _wanted(listing.values)
    return _list("lots", listing, lambda asked: on_hand_by_lot(wanted, asked), LotOnHand)


def _list(which: str, listing: Listing, read: Callable[[PageAsked], Page[Any]], row_type: type) -> Response:
    totals = on_hand_by_location(OnHandFilter(), PageAsked(limit=100)).rows
    return list_answer(
        "on_hand/on_hand.html",
        listing,
        read,
        row_type=row_type,
        name=f"on_hand_{which}",
        which=which,
        locations=totals,
        pieces=sum((row.quantity_base for row in totals), Decimal(0)),
        worth=Worth(),
    )


class Worth:
    """What the items of a page are worth, read once, for those who may see costs."""

    def __init__(self) -> None:
        self._known: dict[str, Any] | None = None

    def of(self, row: ItemOnHand, rows: Sequence[ItemOnHand]) -> Decimal | None:
        """The value of an item of these rows; None for those who may not see it."""
        if not may(Permission.VIEW_LEDGER):
            return None
        if self._known is None:
            self._known = values_of_items(each.item_no for each in rows)
        found = self._known.get(row.item_no)
        return None if found is None else found.cost_amount_actual + found.cost_amount_expected


def _wanted(given: MultiDict[str, str]) -> OnHandFilter:
    return OnHandFilter(
        item_no=filter_text(given, "item"),
        bin_code=filter_text(given, "bin"),
        zone_code=filter_text(given, "zone"),
        lot_no=filter_text(given, "lot"),
        serial_no=filter_text(given, "serial"),
        text=filter_text(given, "text"),
    )
