"""Lists of G/L entries, and one with the value entries that stand in it and the entries that balance it."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.finance import words
from server.finance.queries import list_gl_entries, list_relations, other_side_of, read_gl_entry
from server.finance.rows import GlEntryFilter, GlEntryRow, RelationFilter
from server.security.permissions import Permission, requires
from server.web.keyset import PageAsked
from server.web.page_lists import answer_refusals, filter_day, filter_number, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("gl_entries", __name__, template_folder="templates")
answer_refusals(blueprint)
_SHOWN = 100
_LARGEST = 2**63 - 1


def _entry(row: Any) -> str:
    return url_for("gl_entries.show", entry_no=row.entry_no)


_COLUMNS = (
    Column("entry_no", lazy_gettext("Entry"), "entry_no", sortable=True, link=_entry),
    Column("posting_date", lazy_gettext("Posting date"), "day", sortable=True),
    Column(
        "account_no",
        lazy_gettext("Account"),
        "code",
        link=lambda row: url_for("gl_entries.index", account=row.account_no),
    ),
    Column("account_name", lazy_gettext("Name")),
    Column("category", lazy_gettext("Role")),
    Column("amount", lazy_gettext("Amount"), "amount_change", strong=True),
    Column(
        "document_no",
        lazy_gettext("Document"),
        "code",
        link=lambda row: url_for("search.index", q=row.document_no),
    ),
    Column("item_no", lazy_gettext("Item"), "code"),
    Column("location_code", lazy_gettext("Location"), "code"),
    Column(
        "batch_no",
        lazy_gettext("Batch"),
        "entry_no",
        link=lambda row: url_for("gl_entries.index", batch=row.batch_no),
    ),
)
_FILTERS = (
    Filter("account", lazy_gettext("Account")),
    Filter("document", lazy_gettext("Document")),
    Filter("item", lazy_gettext("Item")),
    Filter("value", lazy_gettext("Value entry")),
    Filter("batch", lazy_gettext("Batch")),
    Filter(
        "others",
        lazy_gettext("Posted by"),
        options=(("no", lazy_gettext("Value entries")), ("yes", lazy_gettext("Others"))),
    ),
    Filter("from", lazy_gettext("From"), "date"),
    Filter("to", lazy_gettext("To"), "date"),
)


@blueprint.get("/general-ledger/entries", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """G/L entries, the latest day first."""
    listing = Listing.from_request(_COLUMNS, _FILTERS, default_sort="-posting_date")
    wanted = _wanted(listing.values)
    return list_answer(
        "finance/entries.html",
        listing,
        lambda asked: list_gl_entries(wanted, asked),
        row_type=GlEntryRow,
        name="gl_entries",
        words=words,
    )


@blueprint.get("/general-ledger/entries/<int:entry_no>", endpoint="show")
@requires(Permission.VIEW_LEDGER)
def show(entry_no: int) -> str:
    """A G/L entry and what stands behind it."""
    entry = read_gl_entry(min(entry_no, _LARGEST))
    relations = list_relations(RelationFilter(gl_entry_no=entry.entry_no), PageAsked(limit=_SHOWN))
    return render_template(
        "finance/entry.html",
        entry=entry,
        relations=relations,
        others=other_side_of(entry.entry_no),
        words=words,
    )


def _wanted(given: MultiDict[str, str]) -> GlEntryFilter:
    return GlEntryFilter(
        account_no=filter_text(given, "account"),
        document_no=filter_text(given, "document"),
        item_no=filter_text(given, "item"),
        value_entry_no=filter_number(given, "value"),
        batch_no=filter_number(given, "batch"),
        is_by_others={"yes": True, "no": False}.get(given.get("others", "")),
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
    )
