"""Locations, zones, bins and bin contents at /api/v1."""

from apiflask import APIBlueprint

from server.locations import queries
from server.masterdata.cards import BinCard, BinContentCard, LocationCard, ZoneCard
from server.masterdata.kinds import BIN_CONTENTS, BINS, LOCATIONS, ZONES
from server.security.permissions import Permission
from server.web.api import API
from server.web.api_cards import ApiCards, mount_cards
from server.web.api_imports import mount_import
from server.web.api_lists import ApiList, NoFilter, mount_list
from server.web.card_changes import store_of

blueprint = APIBlueprint("locations_api", __name__, url_prefix=API, tag="Locations")
_VIEW, _CHANGE = Permission.VIEW_STOCK, Permission.CHANGE_LOCATIONS

for _kind in ("locations", "zones", "bins", "bin_contents"):
    mount_import(blueprint, _kind, _CHANGE)
mount_list(
    blueprint,
    ApiList(
        rule="/locations",
        name="locations",
        summary="Locations.",
        filter_type=NoFilter,
        row_type=LocationCard,
        orders=queries.LOCATION_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_locations(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(LOCATIONS),
        rule="/locations",
        card_rule="/locations/<code>",
        name="location",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/zones",
        name="zones",
        summary="Zones by location.",
        filter_type=queries.ZoneFilter,
        row_type=ZoneCard,
        orders=queries.ZONE_ORDERS,
        permission=_VIEW,
        read=queries.list_zones,
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(ZONES),
        rule="/zones",
        card_rule="/zones/<location_code>/<code>",
        name="zone",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/bins",
        name="bins",
        summary="Bins by location.",
        filter_type=queries.BinFilter,
        row_type=BinCard,
        orders=queries.BIN_ORDERS,
        permission=_VIEW,
        read=queries.list_bins,
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(BINS),
        rule="/bins",
        card_rule="/bins/<location_code>/<path:code>",
        name="bin",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/bin-contents",
        name="bin_contents",
        summary="What is kept where by rule.",
        filter_type=queries.BinContentFilter,
        row_type=BinContentCard,
        orders=queries.BIN_CONTENT_ORDERS,
        permission=_VIEW,
        read=queries.list_bin_contents,
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(BIN_CONTENTS),
        rule="/bin-contents",
        card_rule="/bin-contents/<location_code>/<bin_code>/<item_no>",
        defaults={"variant_code": ""},
        name="bin_content",
        view=_VIEW,
        change=_CHANGE,
    ),
)
