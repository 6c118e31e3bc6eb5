"""Lists of item ledger, value and warehouse entries, and an entry with everything it hangs together with.

Each list filters by what an index finds and goes by key; each row leads to its register and its scan.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.ledgers.journal_links import journal_links
from server.ledgers.queries import (
    costs_of_entries,
    list_application_entries,
    list_item_ledger_entries,
    list_value_entries,
    list_warehouse_entries,
    read_item_ledger_entry,
    read_register,
    read_value_entry,
)
from server.ledgers.rows import (
    ApplicationFilter,
    EntryFilter,
    ItemLedgerEntryRow,
    ValueEntryRow,
    ValueFilter,
    WarehouseEntryRow,
)
from server.security.permissions import Permission, requires
from server.web.keyset import Page, PageAsked
from server.web.ledger_words import ENTRY_TYPES, VALUE_TYPES, options_of
from server.web.page_lists import answer_refusals, filter_day, filter_number, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("entries", __name__, template_folder="templates")
answer_refusals(blueprint)
_SHOWN = 100
_LARGEST = 2**63 - 1


def _register(row: Any) -> str:
    return url_for("registers.show", no=row.register_no)


def _transaction(row: Any) -> str:
    return url_for("transactions.show", transaction_id=row.transaction_id)


def _item(row: Any) -> str:
    return url_for("items.show", no=row.item_no)


def _entry(row: ItemLedgerEntryRow) -> str:
    return url_for("entries.show", entry_no=row.entry_no)


def _entry_of_value(row: ValueEntryRow) -> str:
    return url_for("entries.show", entry_no=row.item_ledger_entry_no)


def _value(row: ValueEntryRow) -> str:
    return url_for("entries.value", entry_no=row.entry_no)


def _corrected(row: ValueEntryRow) -> str | None:
    return url_for("entries.value", entry_no=row.applies_to_entry_no) if row.applies_to_entry_no else None


def _document(row: Any) -> str:
    return url_for("search.index", q=row.document_no)


_ITEM_COLUMNS = (
    Column("entry_no", lazy_gettext("Entry"), "entry_no", sortable=True, link=_entry),
    Column("posting_date", lazy_gettext("Posting date"), "day", sortable=True),
    Column("entry_type", lazy_gettext("Type")),
    Column("document_no", lazy_gettext("Document"), "code", link=_document),
    Column("item_no", lazy_gettext("Item"), "code", link=_item),
    Column("location_code", lazy_gettext("Location"), "code"),
    Column("lot_no", lazy_gettext("Lot"), "code"),
    Column("quantity_base", lazy_gettext("Quantity"), "change", strong=True),
    Column("remaining_quantity", lazy_gettext("Left"), "quantity"),
    Column("cost", lazy_gettext("Cost"), "amount_change"),
    Column("register_no", lazy_gettext("Register"), "entry_no", link=_register),
    Column("transaction_id", lazy_gettext("Transaction"), "id", link=_transaction),
)
_VALUE_COLUMNS = (
    Column("entry_no", lazy_gettext("Value"), "entry_no", sortable=True, link=_value),
    Column("posting_date", lazy_gettext("Posting date"), "day", sortable=True),
    Column("entry_type", lazy_gettext("Type")),
    Column("item_ledger_entry_no", lazy_gettext("Entry"), "entry_no", link=_entry_of_value),
    Column("document_no", lazy_gettext("Document"), "code", link=_document),
    Column("item_no", lazy_gettext("Item"), "code", link=_item),
    Column("valued_quantity", lazy_gettext("Quantity"), "change"),
    Column("cost_per_unit", lazy_gettext("Cost per piece"), "cost"),
    Column("cost_amount_actual", lazy_gettext("Cost amount"), "amount_change", strong=True),
    Column("cost_amount_expected", lazy_gettext("Expected cost"), "amount_change"),
    Column("cost_posted_to_gl", lazy_gettext("Posted to G/L"), "amount_change"),
    Column("valuation_date", lazy_gettext("Valued"), "day"),
    Column("applies_to_entry_no", lazy_gettext("Corrects"), "entry_no", link=_corrected),
    Column("register_no", lazy_gettext("Register"), "entry_no", link=_register),
)
_WAREHOUSE_COLUMNS = (
    Column("entry_no", lazy_gettext("Entry"), "entry_no", sortable=True),
    Column("posting_date", lazy_gettext("Posting date"), "day", sortable=True),
    Column("source_code", lazy_gettext("Source")),
    Column("document_no", lazy_gettext("Document"), "code", link=_document),
    Column("bin_code", lazy_gettext("Bin"), "code", strong=True),
    Column("item_no", lazy_gettext("Item"), "code", link=_item),
    Column("lot_no", lazy_gettext("Lot"), "code"),
    Column("quantity_base", lazy_gettext("Quantity"), "change", strong=True),
    Column("occurred_at", lazy_gettext("Happened"), "moment"),
    Column("register_no", lazy_gettext("Register"), "entry_no", link=_register),
    Column("transaction_id", lazy_gettext("Transaction"), "id", link=_transaction),
)
_ITEM = Filter("item", lazy_gettext("Item"))
_DOCUMENT = Filter("document", lazy_gettext("Document"))
_LOT = Filter("lot", lazy_gettext("Lot"))
_SERIAL = Filter("serial", lazy_gettext("Serial no."))
_REGISTER = Filter("register", lazy_gettext("Register"))
_DAYS = (Filter("from", lazy_gettext("From"), "date"), Filter("to", lazy_gettext("To"), "date"))


def _type(words: Any) -> Filter:
    return Filter("type", lazy_gettext("Type"), options=options_of(words))


_OPEN = Filter(
    "open", lazy_gettext("Left"), options=(("yes", lazy_gettext("Open")), ("no", lazy_gettext("Used up")))
)


_YES_NO = (("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No")))
_VALUE_FILTERS = (
    Filter("of", lazy_gettext("Entry type"), options=options_of(ENTRY_TYPES)),
    Filter("expected", lazy_gettext("Expected"), options=_YES_NO),
    Filter("adjustment", lazy_gettext("Correction"), options=_YES_NO),
    Filter("charge", lazy_gettext("Item charge"), options=_YES_NO),
    Filter("gl", lazy_gettext("Posted to G/L"), options=_YES_NO),
)
_VALUED = (
    Filter("valued_from", lazy_gettext("Valued from"), "date"),
    Filter("valued_to", lazy_gettext("Valued to"), "date"),
)


@blueprint.get("/entries", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """Item ledger entries, the newest first."""
    filters = (_ITEM, _type(ENTRY_TYPES), _DOCUMENT, _LOT, _SERIAL, _OPEN, _REGISTER, *_DAYS)
    listing = Listing.from_request(_ITEM_COLUMNS, filters, default_sort="-entry_no")
    wanted = _wanted(listing.values)
    return _list("items", listing, lambda asked: list_item_ledger_entries(wanted, asked), ItemLedgerEntryRow)


@blueprint.get("/value-entries", endpoint="values")
@requires(Permission.VIEW_LEDGER)
def values() -> Response:
    """Value entries, the newest first."""
    filters = (_ITEM, _type(VALUE_TYPES), *_VALUE_FILTERS, _DOCUMENT, _LOT, _REGISTER, *_DAYS, *_VALUED)
    listing = Listing.from_request(_VALUE_COLUMNS, filters, default_sort="-entry_no")
    wanted = _wanted_values(listing.values)
    return _list("values", listing, lambda asked: list_value_entries(wanted, asked), ValueEntryRow)


@blueprint.get("/warehouse-entries", endpoint="warehouse")
@requires(Permission.VIEW_LEDGER)
def warehouse() -> Response:
    """Warehouse entries, the newest first."""
    filters = (Filter("bin", lazy_gettext("Bin")), _ITEM, _DOCUMENT, _LOT, _SERIAL, _REGISTER, *_DAYS)
    listing = Listing.from_request(_WAREHOUSE_COLUMNS, filters, default_sort="-entry_no")
    wanted = _wanted(listing.values)
    return _list("warehouse", listing, lambda asked: list_warehouse_entries(wanted, asked), WarehouseEntryRow)


@blueprint.get("/entries/<int:entry_no>", endpoint="show")
@requires(Permission.VIEW_LEDGER)
def show(entry_no: int) -> str:
    """An item ledger entry with its applications and costs."""
    entry = read_item_ledger_entry(min(entry_no, _LARGEST))
    asked = PageAsked(limit=_SHOWN, sort="entry_no")
    applications = list_application_entries(ApplicationFilter(entry_no=entry.entry_no), asked)
    costs = list_value_entries(ValueFilter(item_ledger_entry_no=entry.entry_no), asked)
    return render_template(
        "ledgers/entry.html",
        entry=entry,
        journal_links=journal_links(entry),
        applications=applications,
        costs=costs,
        cost=sum((cost.cost_amount_actual for cost in costs.rows), start=0),
    )


@blueprint.get("/value-entries/<int:entry_no>", endpoint="value")
@requires(Permission.VIEW_LEDGER)
def value(entry_no: int) -> str:
    """A value entry, and the posting that wrote it."""
    found = read_value_entry(min(entry_no, _LARGEST))
    corrections = list_value_entries(
        ValueFilter(applies_to_entry_no=found.entry_no), PageAsked(limit=_SHOWN, sort="entry_no")
    )
    return render_template(
        "ledgers/value.html",
        cost=found,
        register=read_register(found.register_no),
        corrections=corrections,
    )


def _list(which: str, listing: Listing, read: Callable[[PageAsked], Page[Any]], row_type: type) -> Response:
    return list_answer(
        "ledgers/entries.html",
        listing,
        read,
        row_type=row_type,
        name=f"{which}_entries",
        which=which,
        costs=_Costs(),
    )


class _Costs:
    """What the entries of a page cost, read once when the first cell asks."""

    def __init__(self) -> None:
        self._known: dict[int, Any] | None = None

    def of(self, row: ItemLedgerEntryRow, rows: tuple[ItemLedgerEntryRow, ...]) -> Any:
        """The actual cost of an entry of these rows."""
        if self._known is None:
            self._known = costs_of_entries(each.entry_no for each in rows)
        found = self._known.get(row.entry_no)
        return found.cost_amount_actual if found is not None else None


def _wanted(given: MultiDict[str, str]) -> EntryFilter:
    is_open = {"yes": True, "no": False}.get(given.get("open", ""))
    return EntryFilter(
        item_no=filter_text(given, "item"),
        bin_code=filter_text(given, "bin"),
        lot_no=filter_text(given, "lot"),
        serial_no=filter_text(given, "serial"),
        document_no=filter_text(given, "document"),
        entry_type=filter_text(given, "type"),
        register_no=filter_number(given, "register"),
        is_open=is_open,
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
    )


def _wanted_values(given: MultiDict[str, str]) -> ValueFilter:
    flags = {"yes": True, "no": False}
    return ValueFilter(
        item_no=filter_text(given, "item"),
        lot_no=filter_text(given, "lot"),
        document_no=filter_text(given, "document"),
        entry_type=filter_text(given, "type"),
        register_no=filter_number(given, "register"),
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
        item_ledger_entry_type=filter_text(given, "of"),
        is_expected_cost=flags.get(given.get("expected", "")),
        is_adjustment=flags.get(given.get("adjustment", "")),
        is_charge=flags.get(given.get("charge", "")),
        is_in_gl=flags.get(given.get("gl", "")),
        valuation_date_from=filter_day(given, "valued_from"),
        valuation_date_to=filter_day(given, "valued_to"),
    )
