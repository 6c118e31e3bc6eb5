"""Pages of the set-up: costs and dates, accounting periods, and the posting dates of people."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from server.database import db, write
from server.errors import Refusal
from server.ledger.accounting_periods import LONGEST_NAME, Accounting
from server.ledger.cost_setup import CostSetup, read_cost_setup
from server.masterdata.faults import ChangeRefused
from server.periods import changes, queries, words
from server.periods.answers import attempt, day_of_address, typed_day, why
from server.security.permissions import Permission, may, requires
from server.security.sessions import acting, settings
from server.web.page_lists import answer_refusals, list_answer
from server.web.tables import Column, Listing
from shared.moments import MomentError
from shared.wire import codec
from shared.wire.codec import WireError

blueprint = Blueprint("setup", __name__, template_folder="templates")
answer_refusals(blueprint)
_CHOICES = (
    "automatic_cost_adjustment",
    "average_cost_period",
    "average_cost_calc_type",
    "cost_at_posting",
)
_FLAGS = ("automatic_cost_posting", "expected_cost_posting")
_DAYS = ("allow_posting_from", "allow_posting_to", "earliest_valuation_date", "work_date")
_ACCOUNTING_COLUMNS = (
    Column("starting_date", lazy_gettext("Starts on"), "day", sortable=True, strong=True),
    Column("name", lazy_gettext("Name")),
    Column("is_new_fiscal_year", lazy_gettext("Begins a fiscal year"), "flag"),
    Column("is_closed", lazy_gettext("Closed"), "flag"),
    Column("change", lazy_gettext("Change")),
)
_RANGE_COLUMNS = (
    Column("person_name", lazy_gettext("Name"), strong=True),
    Column("person_id", lazy_gettext("No."), "code", sortable=True),
    Column("allow_posting_from", lazy_gettext("From"), "day"),
    Column("allow_posting_to", lazy_gettext("To"), "day"),
    Column("change", lazy_gettext("Change")),
)


@blueprint.get("/setup", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """The set-up of costs and posting dates."""
    return _form(_texts_of(read_cost_setup(db.session.connection())), {}, 200)


@blueprint.post("/setup", endpoint="change")
@requires(Permission.MANAGE_SETUP)
def change() -> Response:
    """Changed set-up, or the form again with what is wrong."""
    texts = {name: request.form.get(name, "").strip() for name in (*_CHOICES, *_FLAGS, *_DAYS)}
    now, actor = settings().now(), acting()
    try:
        given = _values(texts)
        write(lambda connection: changes.change_cost_setup(connection, given, actor=actor, now=now))
    except WireError as fault:
        said = gettext("This cannot be read. Correct it.")
        return _form(texts, {str(part): said for part in fault.path[:1]}, 422)
    except Refusal as refused:
        return _form(texts, {"earliest_valuation_date": why(refused)}, 422)
    except ChangeRefused as refused:
        return _form(texts, {refused.faults[0].pointer.lstrip("/"): why(refused)}, 422)
    flash(gettext("Changed."), "posted")
    return redirect(url_for("setup.index"), 303)


@blueprint.get("/setup/accounting-periods", endpoint="accounting")
@requires(Permission.VIEW_LEDGER)
def accounting() -> Response:
    """The accounting periods, the latest first."""
    listing = Listing.from_request(_ACCOUNTING_COLUMNS, default_sort="-starting_date")
    return list_answer(
        "periods/accounting.html",
        listing,
        queries.list_accounting_periods,
        row_type=Accounting,
        name="accounting_periods",
        may_change=may(Permission.MANAGE_SETUP),
        longest_name=LONGEST_NAME,
    )


@blueprint.post("/setup/accounting-periods", endpoint="create_accounting")
@requires(Permission.MANAGE_SETUP)
def create_accounting() -> Response:
    """A new accounting period, or a fiscal year of twelve."""
    is_year = "year_starts" in request.form
    start, now, actor = _typed("year_starts" if is_year else "starting_date"), settings().now(), acting()
    back = url_for("setup.accounting")
    if start is None:
        flash(gettext("Say on which day it starts."), "trouble")
        return redirect(back, 303)
    if is_year:
        return attempt(
            lambda connection: changes.create_fiscal_year(connection, start, actor=actor, now=now),
            told=gettext("Created."),
            back=back,
        )
    period = Accounting(
        starting_date=start,
        name=_name(),
        is_new_fiscal_year=bool(request.form.get("is_new_fiscal_year")),
        is_closed=False,
    )

    def work(connection: sa.Connection) -> None:
        changes.create_accounting_period(connection, period, actor=actor, now=now)

    return attempt(work, told=gettext("Created."), back=back)


@blueprint.post("/setup/accounting-periods/<starting_date>", endpoint="change_accounting")
@requires(Permission.MANAGE_SETUP)
def change_accounting(starting_date: str) -> Response:
    """Close an accounting period for the general ledger, open it again, or take it away."""
    start, now, actor = day_of_address(starting_date), settings().now(), acting()
    back, wanted = url_for("setup.accounting"), request.form.get("wanted", "")
    if wanted == "delete":
        return attempt(
            lambda connection: changes.delete_accounting_period(connection, start, actor=actor, now=now),
            told=gettext("Deleted."),
            back=back,
        )
    given = {"is_closed": wanted == "close"}

    def work(connection: sa.Connection) -> None:
        changes.change_accounting_period(connection, start, given, actor=actor, now=now)

    return attempt(work, told=gettext("Changed."), back=back)


@blueprint.get("/setup/posting-dates", endpoint="posting_dates")
@requires(Permission.MANAGE_SETUP)
def posting_dates() -> Response:
    """The people who have posting dates of their own."""
    listing = Listing.from_request(_RANGE_COLUMNS, default_sort="person_id")
    return list_answer(
        "periods/posting_dates.html",
        listing,
        queries.list_ranges,
        row_type=queries.RangeRow,
        name="posting_date_ranges",
        people=queries.people_who_post(),
    )


@blueprint.post("/setup/posting-dates", endpoint="set_posting_dates")
@requires(Permission.MANAGE_SETUP)
def set_posting_dates() -> Response:
    """Give a person posting dates of their own."""
    person_id, now, actor = request.form.get("person_id", "")[:50], settings().now(), acting()
    dates = _typed("allow_posting_from"), _typed("allow_posting_to")

    def work(connection: sa.Connection) -> None:
        changes.set_posting_dates(connection, person_id, *dates, actor=actor, now=now)

    return attempt(work, told=gettext("Changed."), back=url_for("setup.posting_dates"))


@blueprint.post("/setup/posting-dates/<person_id>/clear", endpoint="clear_posting_dates")
@requires(Permission.MANAGE_SETUP)
def clear_posting_dates(person_id: str) -> Response:
    """Let the company’s posting dates count for a person again."""
    now, actor = settings().now(), acting()
    return attempt(
        lambda connection: changes.clear_posting_dates(connection, person_id, actor=actor, now=now),
        told=gettext("The company’s dates count again."),
        back=url_for("setup.posting_dates"),
    )


def _form(texts: Mapping[str, str], problems: Mapping[str, str], status: int) -> Response:
    page = render_template(
        "periods/setup.html",
        texts=texts,
        problems=problems,
        words=words,
        may_change=may(Permission.MANAGE_SETUP),
    )
    return make_response(page, status)


def _texts_of(setup: CostSetup) -> dict[str, str]:
    return {
        **{name: str(getattr(setup, name)) for name in _CHOICES},
        **{name: "yes" if getattr(setup, name) else "" for name in _FLAGS},
        **{name: str(getattr(setup, name) or "") for name in _DAYS},
    }


def _values(texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the set-up takes it; WireError at the field that cannot be read."""
    given: dict[str, object] = {name: texts[name] for name in _CHOICES}
    given |= {name: bool(texts[name]) for name in _FLAGS} | {name: texts[name] or None for name in _DAYS}
    read = codec.read(CostSetup, given, strict=True)
    return {name: getattr(read, name) for name in given}


def _typed(name: str) -> date | None:
    try:
        return typed_day(request.form.get(name, ""))
    except MomentError:
        return None


def _name() -> str:
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    return name if name.isprintable() else ""
