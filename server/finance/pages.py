"""The general ledger held against value entries, and from there to what is behind and to posting.

Posting is previewed first: what each account would get, and what cannot be posted and why.
"""

from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.finance import posting, words
from server.finance.queries import list_role_values, read_reconciliation
from server.finance.rows import Per, RoleLine, RoleValueFilter, RoleValueRow
from server.general_ledger.accounts import Role
from server.ledger.reconcile import BALANCE_ROLES, ReconcileFilter
from server.security.permissions import Permission, may, requires
from server.security.sessions import acting, settings
from server.web import filters
from server.web.csv_answers import csv_lines_answer
from server.web.page_lists import answer_refusals, filter_day, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("gl", __name__, template_folder="templates")
answer_refusals(blueprint)
_FILTERS = (
    Filter("from", lazy_gettext("From"), "date"),
    Filter("to", lazy_gettext("To"), "date"),
    Filter("item", lazy_gettext("Item")),
    Filter("location", lazy_gettext("Location")),
)
_YES = (("yes", lazy_gettext("Not yet posted")),)
_VALUE_COLUMNS = (
    Column(
        "entry_no",
        lazy_gettext("Value"),
        "entry_no",
        sortable=True,
        link=lambda row: url_for("entries.value", entry_no=row.entry_no),
    ),
    Column("posting_date", lazy_gettext("Posting date"), "day", sortable=True),
    Column("entry_type", lazy_gettext("Type")),
    Column("item_no", lazy_gettext("Item"), "code", link=lambda row: url_for("items.show", no=row.item_no)),
    Column("location_code", lazy_gettext("Location"), "code"),
    Column("document_no", lazy_gettext("Document"), "code"),
    Column("cost_amount_actual", lazy_gettext("Cost amount"), "amount_change", strong=True),
    Column("cost_posted_to_gl", lazy_gettext("Posted to G/L"), "amount_change"),
    Column("cost_amount_expected", lazy_gettext("Expected cost"), "amount_change"),
    Column("expected_cost_posted_to_gl", lazy_gettext("Expected, posted to G/L"), "amount_change"),
)
_CSV = (
    "role",
    "accounts",
    "posted",
    "not_posted",
    "value_entries",
    "general_ledger",
    "difference",
    "reasons",
)


@blueprint.get("/general-ledger", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """Value entries against the general ledger, per role."""
    listing = Listing.from_request((), _FILTERS)
    wanted = _wanted(listing.values)
    found = read_reconciliation(wanted)
    if request.args.get("format") == "csv":
        return csv_lines_answer(list(_CSV), (_csv_line(row) for row in found.rows), "reconciliation")
    balance = [row for row in found.rows if row.role in BALANCE_ROLES]
    given = listing.values.to_dict()
    page = render_template(
        "finance/reconcile.html",
        listing=listing,
        scope=_scope(wanted),
        # What links keep of the filters: values have all of them, G/L entries only their dates.
        given=given,
        dates={name: given[name] for name in ("from", "to") if name in given},
        balance=balance,
        income=[row for row in found.rows if row.role not in BALANCE_ROLES],
        sums=_sums(balance),
        differing=[row for row in found.rows if row.difference],
        words=words,
        may_post=may(Permission.POST_TO_GL),
    )
    return Response(page, mimetype="text/html")


@blueprint.get("/general-ledger/roles/<role>", endpoint="role")
@requires(Permission.VIEW_LEDGER)
def role_values(role: str) -> Response:
    """The value entries behind a role."""
    if role not in tuple(Role):
        abort(404)
    listing = Listing.from_request(
        _VALUE_COLUMNS,
        (*_FILTERS, Filter("left", lazy_gettext("Show"), options=_YES)),
        default_sort="-entry_no",
    )
    given = listing.values
    wanted = RoleValueFilter(
        item_no=filter_text(given, "item"),
        location_code=filter_text(given, "location"),
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
        is_unposted=given.get("left") == "yes" or None,
    )
    return list_answer(
        "finance/role.html",
        listing,
        lambda asked: list_role_values(Role(role), wanted, asked),
        row_type=RoleValueRow,
        name=f"{role}_values",
        role=role,
        words=words,
    )


@blueprint.get("/general-ledger/posting", endpoint="posting")
@requires(Permission.POST_TO_GL)
def preview() -> str:
    """What a posting would do now."""
    per = _per(request.args.get("per", ""))
    return render_template("finance/posting.html", per=per, preview=posting.preview(per), words=words)


@blueprint.post("/general-ledger/posting", endpoint="post")
@requires(Permission.POST_TO_GL)
def post() -> Response:
    """Post, and show what is left."""
    per = _per(request.form.get("per", ""))
    posted = posting.post(per, user_id=acting().person_id, now=settings().now())
    said = ngettext(
        "%(n)s value entry is posted to the general ledger, %(amount)s in debits.",
        "%(n)s value entries are posted to the general ledger, %(amount)s in debits.",
        posted.value_entries,
        n=filters.quantity(posted.value_entries),
        amount=filters.amount(posted.amount),
    )
    if not posted.is_complete:
        more = gettext("There is more: post again.")
        said = f"{said} {more}"
    flash(said, "posted")
    return redirect(url_for("gl.posting", per=per.value), 303)


def _per(text: str) -> Per:
    return Per.GROUP if text == Per.GROUP else Per.ENTRY


def _wanted(given: MultiDict[str, str]) -> ReconcileFilter:
    return ReconcileFilter(
        item_no=filter_text(given, "item"),
        location_code=filter_text(given, "location"),
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
    )


def _scope(wanted: ReconcileFilter) -> str:
    """What the figures are of, in one line."""
    first, last = wanted.posting_date_from, wanted.posting_date_to
    if first and last:
        days = gettext("From %(first)s to %(last)s", first=filters.day(first), last=filters.day(last))
    elif first:
        days = gettext("From %(first)s", first=filters.day(first))
    elif last:
        days = gettext("Up to %(last)s", last=filters.day(last))
    else:
        days = gettext("All dates")
    places = wanted.location_code or gettext("all locations")
    items = wanted.item_no or gettext("all items")
    line = f"{days}, {places}, {items}"
    return str(gettext("%(scope)s. Value entries and general ledger read in one snapshot.", scope=line))


def _sums(rows: Iterable[RoleLine]) -> dict[str, object]:
    names = ("value_amount", "posted_amount", "not_posted", "gl_amount", "difference")
    rows = list(rows)
    return {name: sum(getattr(row, name) for row in rows) for name in names}


def _csv_line(row: RoleLine) -> tuple[object, ...]:
    amounts = (row.posted_amount, row.not_posted, row.value_amount, row.gl_amount, row.difference)
    return (row.role, " ".join(row.accounts), *amounts, " ".join(row.reasons))
