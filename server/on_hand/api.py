"""Stock on hand at /api/v1, by item, location, bin or lot; each row's codes filter the list below it."""

from apiflask import APIBlueprint

from server.on_hand import queries
from server.security.permissions import Permission
from server.web.api import API
from server.web.api_lists import ApiList, mount_list

blueprint = APIBlueprint("on_hand_api", __name__, url_prefix=API, tag="On hand")
_VIEW = Permission.VIEW_STOCK

mount_list(
    blueprint,
    ApiList(
        rule="/on-hand/by-item",
        name="on_hand_by_item",
        summary="What is on hand of each item and variant.",
        filter_type=queries.OnHandFilter,
        row_type=queries.ItemOnHand,
        orders=queries.ITEM_ORDERS,
        permission=_VIEW,
        read=queries.on_hand_by_item,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/on-hand/by-location",
        name="on_hand_by_location",
        summary="What is on hand at each location.",
        filter_type=queries.OnHandFilter,
        row_type=queries.LocationOnHand,
        orders=queries.LOCATION_ORDERS,
        permission=_VIEW,
        read=queries.on_hand_by_location,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/on-hand/by-bin",
        name="on_hand_by_bin",
        summary="What each bin holds of each item, lot and serial.",
        filter_type=queries.OnHandFilter,
        row_type=queries.BinOnHand,
        orders=queries.BIN_ORDERS,
        permission=_VIEW,
        read=queries.on_hand_by_bin,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/on-hand/by-lot",
        name="on_hand_by_lot",
        summary="What is on hand of each lot and serial.",
        filter_type=queries.OnHandFilter,
        row_type=queries.LotOnHand,
        orders=queries.LOT_ORDERS,
        permission=_VIEW,
        read=queries.on_hand_by_lot,
    ),
)
