"""Items, bar codes, units of measure and reasons at /api/v1."""

from apiflask import APIBlueprint
from flask import Response

from server.items import queries
from server.items.export import item_lines
from server.masterdata.cards import IdentifierCard, ReasonCard, UnitOfMeasureCard
from server.masterdata.kinds import IDENTIFIERS, REASONS, UNITS
from server.security.permissions import Permission, requires
from server.web.api import API, json_answer
from server.web.api_cards import ApiCards, mount_cards
from server.web.api_imports import mount_import
from server.web.api_lists import ApiList, NoFilter, mount_list
from server.web.card_changes import ITEM_STORE, store_of
from server.web.schemas import row_model

blueprint = APIBlueprint("items_api", __name__, url_prefix=API, tag="Items")
_VIEW, _CHANGE = Permission.VIEW_STOCK, Permission.CHANGE_ITEMS

mount_list(
    blueprint,
    ApiList(
        rule="/items",
        name="items",
        summary="Items by number or by when they changed.",
        filter_type=queries.ItemFilter,
        row_type=queries.ItemRow,
        orders=queries.ITEM_ORDERS,
        permission=_VIEW,
        read=queries.list_items,
        export=item_lines,
    ),
)
for _kind in ("items", "identifiers", "units_of_measure", "reason_codes"):
    mount_import(blueprint, _kind, _CHANGE)
mount_cards(
    blueprint,
    ApiCards(
        store=ITEM_STORE, rule="/items", card_rule="/items/<path:no>", name="item", view=_VIEW, change=_CHANGE
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/identifiers",
        name="identifiers",
        summary="Bar codes and what they mean.",
        filter_type=queries.IdentifierFilter,
        row_type=IdentifierCard,
        orders=queries.IDENTIFIER_ORDERS,
        permission=_VIEW,
        read=queries.list_identifiers,
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(IDENTIFIERS),
        rule="/identifiers",
        card_rule="/identifiers/<path:code>",
        name="identifier",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/units-of-measure",
        name="units_of_measure",
        summary="Units of measure.",
        filter_type=NoFilter,
        row_type=UnitOfMeasureCard,
        orders=queries.UNIT_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_units(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(UNITS),
        rule="/units-of-measure",
        card_rule="/units-of-measure/<path:code>",
        name="unit_of_measure",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/reason-codes",
        name="reason_codes",
        summary="Reasons for adjustments.",
        filter_type=NoFilter,
        row_type=ReasonCard,
        orders=queries.REASON_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_reasons(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=store_of(REASONS),
        rule="/reason-codes",
        card_rule="/reason-codes/<path:code>",
        name="reason_code",
        view=_VIEW,
        change=_CHANGE,
    ),
)


@blueprint.get("/resolve/<path:code>")
@requires(_VIEW)
@blueprint.output(row_model(queries.Resolved))
@blueprint.doc(summary="What a scanned code means: a bar code first, then an item's own number.")
def resolve(code: str) -> Response:
    """Resolve one code."""
    return json_answer(queries.resolve_code(code))
