"""Items: the list, the card with what the ledgers say of it, and the form that creates and changes one."""

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from server.items.card_figures import read_costs, read_figures
from server.items.queries import ItemFilter, ItemRow, list_items, read_item
from server.masterdata.cards import ItemCard, ItemCode, ItemUnit, version_of
from server.security.permissions import Permission, may, requires
from server.web.card_changes import ITEM_STORE
from server.web.card_forms import CardField, CardForm, show_change, show_new, take_change, take_new
from server.web.page_lists import answer_refusals, filter_text, list_answer
from server.web.tables import Column, Filter, Listing
from shared.quantity import quantity_text

blueprint = Blueprint("items", __name__, template_folder="templates")
answer_refusals(blueprint)


def _address(row: ItemRow) -> str:
    return url_for("items.show", no=row.no)


TYPES = (
    ("inventory", lazy_gettext("Inventory")),
    ("non_inventory", lazy_gettext("Non-inventory")),
    ("service", lazy_gettext("Service")),
)
TRACKINGS = (
    ("none", lazy_gettext("Not tracked")),
    ("lot", lazy_gettext("By lot")),
    ("serial", lazy_gettext("By serial no.")),
)
NEGATIVE = (
    ("default", lazy_gettext("As set up")),
    ("yes", lazy_gettext("Prevent")),
    ("no", lazy_gettext("Allow")),
)
SHARES = (
    ("standard_material_cost", lazy_gettext("Material")),
    ("standard_capacity_cost", lazy_gettext("Capacity")),
    ("standard_capacity_overhead", lazy_gettext("Capacity overhead")),
    ("standard_manufacturing_overhead", lazy_gettext("Manufacturing overhead")),
)
METHODS = (
    ("FIFO", lazy_gettext("FIFO")),
    ("LIFO", lazy_gettext("LIFO")),
    ("Average", lazy_gettext("Average")),
    ("Standard", lazy_gettext("Standard")),
    ("Specific", lazy_gettext("Specific")),
)
_COLUMNS = (
    Column("no", lazy_gettext("Item"), "code", sortable=True, strong=True, link=_address),
    Column("description", lazy_gettext("Name")),
    Column("base_unit_of_measure_code", lazy_gettext("Unit")),
    Column("gtin", lazy_gettext("GTIN"), "code"),
    Column("tracking", lazy_gettext("Tracking")),
    Column("abc_class", lazy_gettext("Class")),
    Column("shelf_no", lazy_gettext("Shelf"), "code"),
    Column("unit_cost", lazy_gettext("Unit cost"), "cost"),
    Column("is_blocked", lazy_gettext("Blocked"), "flag"),
    Column("updated_at", lazy_gettext("Changed"), "moment", sortable=True),
)
_FILTERS = (
    Filter("text", lazy_gettext("Name, number or bar code")),
    Filter("tracking", lazy_gettext("Tracking"), options=TRACKINGS),
    Filter("class", lazy_gettext("Class")),
    Filter(
        "blocked", lazy_gettext("Blocked"), options=(("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No")))
    ),
)


def _read_units(text: str) -> list[dict[str, str]]:
    """`CASE 12` per line."""
    rows = [line.rsplit(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [{"code": row[0], "quantity_per_unit": row[1] if len(row) > 1 else ""} for row in rows]


def _write_units(units: tuple[ItemUnit, ...]) -> str:
    return "\n".join(f"{unit.code} {quantity_text(unit.quantity_per_unit)}" for unit in units)


def _read_codes(text: str) -> list[dict[str, str]]:
    """A bar code per line, and behind it its unit where it has one."""
    rows = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [
        {"code": row[0]} | ({"unit_of_measure_code": row[1].strip()} if len(row) > 1 else {}) for row in rows
    ]


def _write_codes(codes: tuple[ItemCode, ...]) -> str:
    return "\n".join(f"{code.code} {code.unit_of_measure_code}".strip() for code in codes)


FORM: CardForm[ItemCard] = CardForm(
    store=ITEM_STORE,
    nav="items",
    new_title=lazy_gettext("New item"),
    title=lambda card: card.description or card.no,
    address=lambda card: url_for("items.show", no=card.no),
    list_address=lambda: url_for("items.index"),
    defaults={"base_unit_of_measure_code": "PCS"},
    fields=(
        CardField("no", lazy_gettext("Number"), is_key=True),
        CardField("description", lazy_gettext("Name")),
        CardField("base_unit_of_measure_code", lazy_gettext("Base unit")),
        CardField("type", lazy_gettext("Type"), "choice", TYPES),
        CardField("gtin", lazy_gettext("GTIN"), hint=lazy_gettext("8, 12, 13 or 14 digits")),
        CardField("tracking", lazy_gettext("Tracking"), "choice", TRACKINGS),
        CardField("prevent_negative_inventory", lazy_gettext("Stock below 0"), "choice", NEGATIVE),
        CardField(
            "costing_method",
            lazy_gettext("Costing method"),
            "choice",
            METHODS,
            hint=lazy_gettext("Stays as it is once anything is posted"),
        ),
        CardField(
            "unit_cost",
            lazy_gettext("Unit cost"),
            "number",
            hint=lazy_gettext("Posting and cost adjustment keep it; Standard takes the standard cost"),
        ),
        CardField("unit_price", lazy_gettext("Unit price"), "number"),
        CardField("abc_class", lazy_gettext("Class"), hint=lazy_gettext("A, B or C")),
        CardField("shelf_no", lazy_gettext("Shelf")),
        CardField("is_blocked", lazy_gettext("Blocked"), "flag"),
    ),
)
PARTS_FORM: CardForm[ItemCard] = CardForm(
    store=ITEM_STORE,
    nav="items",
    new_title="",
    title=FORM.title,
    address=FORM.address,
    list_address=FORM.list_address,
    fields=(
        FORM.fields[0],
        CardField(
            "units",
            lazy_gettext("Units"),
            "lines",
            hint=lazy_gettext("One per line: the unit, a space, how many base units it holds"),
            read=_read_units,
            write=_write_units,
        ),
        CardField(
            "codes",
            lazy_gettext("Bar codes"),
            "lines",
            hint=lazy_gettext("One per line: the code, and behind a space its unit"),
            read=_read_codes,
            write=_write_codes,
        ),
    ),
)


@blueprint.get("/items", endpoint="index")
@requires(Permission.VIEW_STOCK)
def index() -> Response:
    """The list."""
    listing = Listing.from_request(_COLUMNS, _FILTERS, default_sort="no")
    given = listing.values
    wanted = ItemFilter(
        text=filter_text(given, "text"),
        tracking=filter_text(given, "tracking"),
        abc_class=filter_text(given, "class"),
        is_blocked={"yes": True, "no": False}.get(given.get("blocked", "")),
    )
    return list_answer(
        "items/items.html",
        listing,
        lambda asked: list_items(wanted, asked),
        row_type=ItemRow,
        name="items",
        may_change=may(Permission.CHANGE_ITEMS),
        trackings=dict(TRACKINGS),
    )


@blueprint.get("/items/<path:no>", endpoint="show")
@requires(Permission.VIEW_STOCK)
def show(no: str) -> str:
    """The card."""
    card = read_item(no)
    return render_template(
        "items/item.html",
        card=card,
        version=version_of(card),
        figures=read_figures(no),
        costs=read_costs(no),
        may_change=may(Permission.CHANGE_ITEMS),
        may_see_costs=may(Permission.VIEW_LEDGER),
        types=dict(TYPES),
        trackings=dict(TRACKINGS),
        negatives=dict(NEGATIVE),
        methods=dict(METHODS),
        shares=SHARES,
    )


@blueprint.get("/item-new", endpoint="new")
@requires(Permission.CHANGE_ITEMS)
def new() -> Response:
    """The form for a new item."""
    return show_new(FORM)


@blueprint.post("/item-new", endpoint="create")
@requires(Permission.CHANGE_ITEMS)
def create() -> Response:
    """A new item."""
    return take_new(FORM)


@blueprint.get("/item-edit/<path:no>", endpoint="edit")
@requires(Permission.CHANGE_ITEMS)
def edit(no: str) -> Response:
    """The form of an item."""
    return show_change(FORM, read_item(no))


@blueprint.post("/item-edit/<path:no>", endpoint="change")
@requires(Permission.CHANGE_ITEMS)
def change(no: str) -> Response:
    """A changed item."""
    return take_change(FORM, read_item(no))


@blueprint.get("/item-codes/<path:no>", endpoint="edit_parts")
@requires(Permission.CHANGE_ITEMS)
def edit_parts(no: str) -> Response:
    """The form of an item's units and bar codes."""
    return show_change(PARTS_FORM, read_item(no))


@blueprint.post("/item-codes/<path:no>", endpoint="change_parts")
@requires(Permission.CHANGE_ITEMS)
def change_parts(no: str) -> Response:
    """An item with other units and bar codes."""
    return take_change(PARTS_FORM, read_item(no))
