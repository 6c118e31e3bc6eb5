"""The chart of accounts and the posting set-up, to look at and to change."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from server.finance import queries, words
from server.finance.stores import ACCOUNT_STORE, GENERAL_STORE, INVENTORY_STORE
from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS
from server.general_ledger.cards import AccountCard, GeneralPostingCard, InventoryPostingCard
from server.security.permissions import Permission, may, requires
from server.web.card_changes import CardStore, read_stored
from server.web.card_forms import CardField, CardForm, show_change, show_new, take_change, take_new
from server.web.keyset import MOST_ROWS, PageAsked
from server.web.page_lists import answer_refusals, list_answer
from server.web.tables import Column, Listing

blueprint = Blueprint("gl_setup", __name__, template_folder="templates")
answer_refusals(blueprint)
_ALL = PageAsked(limit=MOST_ROWS)
_EVERY_OTHER = lazy_gettext("Blank: every one without a row of its own")


@blueprint.get("/general-ledger/accounts", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """The chart, and which account is for what."""
    columns = (
        Column("no", lazy_gettext("Account"), "code", sortable=True, strong=True, link=_account_address),
        Column("name", lazy_gettext("Name")),
        Column("category", lazy_gettext("Role")),
        Column("is_blocked", lazy_gettext("Blocked"), "flag"),
    )
    return list_answer(
        "finance/accounts.html",
        Listing.from_request(columns, default_sort="no"),
        queries.list_accounts,
        row_type=AccountCard,
        name="gl_accounts",
        words=words,
        may_change=may(Permission.MANAGE_SETUP),
        inventory=_setups(
            queries.list_inventory_setups(_ALL).rows, INVENTORY_STORE, list(INVENTORY_COLUMNS.items())
        ),
        general=_setups(queries.list_general_setups(_ALL).rows, GENERAL_STORE, list(GENERAL_COLUMNS.items())),
    )


def _setups(
    cards: Sequence[Any], store: CardStore[Any], columns: list[tuple[Any, str]]
) -> list[dict[str, object]]:
    """Each set-up row with its two codes, its address and its accounts by role."""
    return [
        {
            "codes": [getattr(card, name) for name in store.keys],
            "href": _setup_address(store, card),
            "accounts": [(role, getattr(card, column)) for role, column in columns],
        }
        for card in cards
    ]


def _account_address(card: Any) -> str | None:
    return url_for("gl_setup.edit_account", no=card.no) if may(Permission.MANAGE_SETUP) else None


def _setup_address(store: CardStore[Any], card: Any) -> str:
    first, second = store.key_of(card)
    which = "inventory" if store is INVENTORY_STORE else "general"
    return url_for("gl_setup.edit_setup", which=which, first=first, second=second)


# ------------------------------------------------------------------ accounts

_ACCOUNT_FORM: CardForm[AccountCard] = CardForm(
    store=ACCOUNT_STORE,
    nav="general_ledger",
    new_title=lazy_gettext("New account"),
    title=lambda card: gettext("Account %(no)s", no=card.no),
    address=lambda _card: url_for("gl_setup.index"),
    list_address=lambda: url_for("gl_setup.index"),
    fields=(
        CardField("no", lazy_gettext("Number"), is_key=True),
        CardField("name", lazy_gettext("Name")),
        CardField("name_fr", lazy_gettext("Name in French")),
        CardField(
            "category",
            lazy_gettext("Role"),
            "choice",
            (("", lazy_gettext("None for inventory")), *words.ROLES.items()),
        ),
        CardField("is_blocked", lazy_gettext("Blocked"), "flag"),
    ),
)


@blueprint.get("/general-ledger/account-new", endpoint="new_account")
@requires(Permission.MANAGE_SETUP)
def new_account() -> Response:
    """The form for a new account."""
    return show_new(_ACCOUNT_FORM)


@blueprint.post("/general-ledger/account-new", endpoint="create_account")
@requires(Permission.MANAGE_SETUP)
def create_account() -> Response:
    """A new account."""
    return take_new(_ACCOUNT_FORM)


@blueprint.get("/general-ledger/account-edit/<path:no>", endpoint="edit_account")
@requires(Permission.MANAGE_SETUP)
def edit_account(no: str) -> Response:
    """The form of an account."""
    return show_change(_ACCOUNT_FORM, read_stored(ACCOUNT_STORE, (no,)))


@blueprint.post("/general-ledger/account-edit/<path:no>", endpoint="change_account")
@requires(Permission.MANAGE_SETUP)
def change_account(no: str) -> Response:
    """A changed account."""
    return take_change(_ACCOUNT_FORM, read_stored(ACCOUNT_STORE, (no,)))


# ------------------------------------------------------------------ posting set-up


def _choices() -> tuple[tuple[str, object], ...]:
    """The accounts that a set-up row may name."""
    accounts = [(card.no, f"{card.no} {words.account_name(card)}") for card in queries.every_account()]
    return (("", lazy_gettext("None")), *accounts)


def _inventory_form() -> CardForm[InventoryPostingCard]:
    choices = _choices()
    return CardForm(
        store=INVENTORY_STORE,
        nav="general_ledger",
        new_title=lazy_gettext("Accounts of a location and inventory posting group"),
        title=lambda card: words.groups_word((card.location_code, card.inventory_posting_group)),
        address=lambda _card: url_for("gl_setup.index"),
        list_address=lambda: url_for("gl_setup.index"),
        fields=(
            CardField("location_code", lazy_gettext("Location"), hint=_EVERY_OTHER, is_key=True),
            CardField(
                "inventory_posting_group",
                lazy_gettext("Inventory posting group"),
                hint=_EVERY_OTHER,
                is_key=True,
            ),
            *(
                CardField(column, words.ROLES[role], "choice", choices)
                for role, column in INVENTORY_COLUMNS.items()
            ),
        ),
    )


def _general_form() -> CardForm[GeneralPostingCard]:
    choices = _choices()
    return CardForm(
        store=GENERAL_STORE,
        nav="general_ledger",
        new_title=lazy_gettext("Accounts of a business and product posting group"),
        title=lambda card: words.groups_word(
            (card.general_business_posting_group, card.general_product_posting_group)
        ),
        address=lambda _card: url_for("gl_setup.index"),
        list_address=lambda: url_for("gl_setup.index"),
        fields=(
            CardField(
                "general_business_posting_group",
                lazy_gettext("Business posting group"),
                hint=_EVERY_OTHER,
                is_key=True,
            ),
            CardField(
                "general_product_posting_group",
                lazy_gettext("Product posting group"),
                hint=_EVERY_OTHER,
                is_key=True,
            ),
            *(
                CardField(column, words.ROLES[role], "choice", choices)
                for role, column in GENERAL_COLUMNS.items()
            ),
        ),
    )


def _form(which: str) -> CardForm[Any]:
    if which not in _FORMS:
        abort(404)
    return _FORMS[which]()


_FORMS: dict[str, Callable[[], CardForm[Any]]] = {"inventory": _inventory_form, "general": _general_form}


@blueprint.get("/general-ledger/setup-new/<which>", endpoint="new_setup")
@requires(Permission.MANAGE_SETUP)
def new_setup(which: str) -> Response:
    """The form for a new set-up row."""
    return show_new(_form(which))


@blueprint.post("/general-ledger/setup-new/<which>", endpoint="create_setup")
@requires(Permission.MANAGE_SETUP)
def create_setup(which: str) -> Response:
    """A new set-up row."""
    return take_new(_form(which))


@blueprint.get("/general-ledger/setup-edit/<which>/<first>/<second>", endpoint="edit_setup")
@requires(Permission.MANAGE_SETUP)
def edit_setup(which: str, first: str, second: str) -> Response:
    """The form of a set-up row."""
    form = _form(which)
    return show_change(form, read_stored(form.store, (first, second)))


@blueprint.post("/general-ledger/setup-edit/<which>/<first>/<second>", endpoint="change_setup")
@requires(Permission.MANAGE_SETUP)
def change_setup(which: str, first: str, second: str) -> Response:
    """A changed set-up row."""
    form = _form(which)
    return take_change(form, read_stored(form.store, (first, second)))
