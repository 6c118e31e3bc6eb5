"""Costs: what stock is worth on a day and over time, and why an average is what it is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.costs.average_queries import AverageAsked, AverageOverview, read_average
from server.costs.queries import (
    ItemValuation,
    LocationValuation,
    ValuationFilter,
    total_valuation,
    valuation_by_item,
    valuation_by_location,
    value_over_time,
)
from server.costs.words import PARTS, PERIODS, why
from server.database import db
from server.masterdata.load import business_day
from server.security.permissions import Permission, requires
from server.security.sessions import settings
from server.web.keyset import Page, PageAsked
from server.web.page_lists import answer_refusals, filter_day, filter_text, list_answer
from server.web.tables import Column, Filter, Listing, here

blueprint = Blueprint("costs", __name__, url_prefix="/costs", template_folder="templates")
answer_refusals(blueprint)
_MONTHS = 12
# The calendar's ends, so that no day before or after them is asked for.
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
SHOWN = 200


def _item(row: Any) -> str:
    return url_for("items.show", no=row.item_no)


def _entries(row: Any) -> str:
    return url_for("entries.values", item=row.item_no, to=request.args.get("to"))


_FIGURES = (
    Column("opening_quantity", lazy_gettext("Opening quantity"), "quantity"),
    Column("opening_value", lazy_gettext("Opening value"), "amount"),
    Column("increase_quantity", lazy_gettext("Quantity in"), "change"),
    Column("increase_value", lazy_gettext("Value in"), "amount_change"),
    Column("decrease_quantity", lazy_gettext("Quantity out"), "change"),
    Column("decrease_value", lazy_gettext("Value out"), "amount_change"),
    Column("closing_quantity", lazy_gettext("Closing quantity"), "quantity", strong=True),
    Column("closing_value", lazy_gettext("Closing value"), "amount", strong=True, link=_entries),
    Column("expected_value", lazy_gettext("Of it expected"), "amount"),
    Column("cost_posted_to_gl", lazy_gettext("Posted to G/L"), "amount"),
)
_COLUMNS = (
    Column("item_no", lazy_gettext("Item"), "code", sortable=True, link=_item),
    Column("description", lazy_gettext("Name")),
)
_LOCATION = Column("location_code", lazy_gettext("Location"), "code")
_FILTERS = (
    Filter("from", lazy_gettext("From"), "date"),
    Filter("to", lazy_gettext("To"), "date"),
    Filter("item", lazy_gettext("Item")),
    Filter("text", lazy_gettext("Name contains")),
    Filter("location", lazy_gettext("Location")),
    Filter(
        "expected",
        lazy_gettext("Expected cost"),
        options=(("yes", lazy_gettext("Included")),),
    ),
    Filter("by", lazy_gettext("Rows"), options=(("location", lazy_gettext("By location")),)),
)


@blueprint.get("", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """Inventory valuation: this month up to today, unless other days are asked for."""
    if not filter_day(request.args, "to"):
        today = _today()
        first = filter_day(request.args, "from") or today.replace(day=1)
        days = {"from": min(first, today).isoformat(), "to": today.isoformat()}
        return redirect(here(**days, format=request.args.get("format")), 303)
    by_location = request.args.get("by") == "location"
    columns = (*_COLUMNS, *([_LOCATION] if by_location else []), *_FIGURES)
    listing = Listing.from_request(columns, _FILTERS, default_sort="item_no")
    wanted = _wanted(listing.values)
    read: Callable[[PageAsked], Page[Any]] = lambda asked: valuation_by_item(wanted, asked)  # noqa: E731
    if by_location:
        read = lambda asked: valuation_by_location(wanted, asked)  # noqa: E731
    return list_answer(
        "costs/valuation.html",
        listing,
        read,
        row_type=LocationValuation if by_location else ItemValuation,
        name="inventory_valuation",
        wanted=wanted,
    )


@blueprint.get("/summary", endpoint="summary")
@requires(Permission.VIEW_LEDGER)
def summary() -> str:
    """The sums of the whole filter and the chart; apart, so that the list need not wait for them."""
    wanted = _wanted(request.args)
    last = min(wanted.posting_date_to or _today(), _LAST_DAY)
    return render_template(
        "costs/summary.html",
        wanted=wanted,
        total=total_valuation(wanted),
        values=value_over_time(wanted, month_ends(last, _MONTHS)),
    )


@blueprint.get("/average", endpoint="average")
@requires(Permission.VIEW_LEDGER)
def average() -> str:
    """Why an item's average cost is what it is."""
    item_no = filter_text(request.args, "item")
    if not item_no:
        return render_template("costs/average.html", overview=None)
    day = filter_day(request.args, "day")
    asked = AverageAsked(
        item_no=item_no,
        variant_code=filter_text(request.args, "variant"),
        location_code=filter_text(request.args, "location"),
        day=min(max(day, _FIRST_DAY), _LAST_DAY) if day else None,
    )
    overview = read_average(asked, _today())
    return render_template(
        "costs/average.html",
        overview=overview,
        sentences=why(overview),
        parts=PARTS,
        period=PERIODS[overview.average_cost_period],
        groups=_groups(overview),
        shown=SHOWN,
    )


def _groups(overview: AverageOverview) -> list[tuple[str, Any, bool]]:
    """The tables of the page: title, lines, and whether they move the average."""
    explained = overview.explained
    return [
        (gettext("What the average is made of"), explained.sources, True),
        (gettext("Brings cost back, and does not count"), explained.copies, False),
        (gettext("Issues at this average"), explained.issues, False),
    ]


def month_ends(last: date, count: int) -> list[date]:
    """The ends of so many months up to the day, and the day itself, ascending."""
    days = [last]
    day = last.replace(day=1)
    for _ in range(count):
        if day <= _FIRST_DAY:
            break
        day -= timedelta(days=1)
        days.append(day)
        day = day.replace(day=1)
    return days[::-1]


def _today() -> date:
    return business_day(db.session.connection(), settings().now())


def _wanted(given: MultiDict[str, str]) -> ValuationFilter:
    return ValuationFilter(
        item_no=filter_text(given, "item"),
        location_code=filter_text(given, "location"),
        text=filter_text(given, "text"),
        posting_date_from=filter_day(given, "from"),
        posting_date_to=filter_day(given, "to"),
        with_expected=given.get("expected") == "yes",
    )
