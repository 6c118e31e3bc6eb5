"""The form of an item's costs: standard cost and its shares, overhead, and what decides its accounts."""

from dataclasses import replace

from flask import Blueprint
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from server.items.pages import FORM, SHARES
from server.items.queries import read_item
from server.masterdata.cards import ItemCard
from server.security.permissions import Permission, requires
from server.web.card_forms import CardField, CardForm, show_change, take_change
from server.web.page_lists import answer_refusals

blueprint = Blueprint("item_costs", __name__, template_folder="templates")
answer_refusals(blueprint)
_SHARES_HINT = lazy_gettext("The four shares sum to the standard cost, or are all 0")
COST_FORM: CardForm[ItemCard] = replace(
    FORM,
    fields=(
        FORM.fields[0],
        *(field for field in FORM.fields if field.name == "costing_method"),
        CardField(
            "standard_cost",
            lazy_gettext("Standard cost"),
            "number",
            hint=lazy_gettext("Of a base unit; changes no stock"),
        ),
        *(
            CardField(name, label, "number", hint=_SHARES_HINT if place == 0 else "")
            for place, (name, label) in enumerate(SHARES)
        ),
        CardField(
            "indirect_cost_percent",
            lazy_gettext("Indirect cost, per cent"),
            "number",
            hint=lazy_gettext("Of a receipt’s direct cost"),
        ),
        CardField(
            "overhead_rate", lazy_gettext("Overhead rate"), "number", hint=lazy_gettext("Per base unit")
        ),
        CardField("inventory_posting_group", lazy_gettext("Inventory posting group")),
        CardField("general_product_posting_group", lazy_gettext("Product posting group")),
    ),
)


@blueprint.get("/item-costs/<path:no>", endpoint="edit")
@requires(Permission.CHANGE_ITEMS)
def edit(no: str) -> Response:
    """The form."""
    return show_change(COST_FORM, read_item(no))


@blueprint.post("/item-costs/<path:no>", endpoint="change")
@requires(Permission.CHANGE_ITEMS)
def change(no: str) -> Response:
    """An item with other costs."""
    return take_change(COST_FORM, read_item(no))
