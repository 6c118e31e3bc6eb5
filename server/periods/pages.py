"""Pages of inventory periods: the list, one period with its log, and what stands against closing it."""

from datetime import date

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from server.database import db
from server.ledger import periods as books
from server.periods import changes, queries, words
from server.periods.answers import attempt, day_of_address, typed_day
from server.security.permissions import Permission, may, requires
from server.security.sessions import acting, settings
from server.web import filters
from server.web.keyset import PageAsked
from server.web.page_lists import answer_refusals, list_answer
from server.web.tables import Column, Listing
from shared.moments import MomentError

blueprint = Blueprint("periods", __name__, template_folder="templates")
answer_refusals(blueprint)
_OBSTACLES_SHOWN = 100
_LOG_SHOWN = 50


def _address(row: queries.PeriodRow) -> str:
    return url_for("periods.show", ending_date=row.ending_date)


_COLUMNS = (
    Column("ending_date", lazy_gettext("Ends on"), "day", sortable=True, strong=True, link=_address),
    Column("name", lazy_gettext("Name")),
    Column("is_closed", lazy_gettext("State")),
)
_LOG_COLUMNS = (
    Column("created_at", lazy_gettext("When"), "moment"),
    Column("action", lazy_gettext("What"), strong=True),
    Column("user_name", lazy_gettext("Who")),
    Column("register_no", lazy_gettext("Last register"), "entry_no"),
)
_OBSTACLE_COLUMNS = (
    Column("kind", lazy_gettext("What stands against it"), strong=True),
    Column("item_no", lazy_gettext("Item"), "code"),
    Column("document_no", lazy_gettext("Document"), "code"),
    Column("entry_no", lazy_gettext("Entry"), "entry_no"),
    Column("day", lazy_gettext("Date"), "day"),
)


@blueprint.get("/periods", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """The inventory periods, the latest first."""
    listing = Listing.from_request(_COLUMNS, default_sort="-ending_date")
    return list_answer(
        "periods/periods.html",
        listing,
        queries.list_periods,
        row_type=queries.PeriodRow,
        name="inventory_periods",
        may_close=may(Permission.CLOSE_PERIODS),
        longest_name=books.LONGEST_NAME,
    )


@blueprint.post("/periods", endpoint="create")
@requires(Permission.CLOSE_PERIODS)
def create() -> Response:
    """A new period."""
    back, name, now, actor = url_for("periods.index"), _name(), settings().now(), acting()
    try:
        ending = typed_day(request.form.get("ending_date", ""))
    except MomentError:
        ending = None
    if ending is None:
        flash(gettext("Say on which day the period ends."), "trouble")
        return redirect(back, 303)

    def work(connection: sa.Connection) -> None:
        changes.create_period(connection, ending, name, actor=actor, now=now)

    return attempt(work, told=gettext("Created."), back=back)


@blueprint.get("/periods/<ending_date>", endpoint="show")
@requires(Permission.VIEW_LEDGER)
def show(ending_date: str) -> str:
    """One period, its log and, while it is open, what stands against closing it."""
    period = books.read_period(db.session.connection(), day_of_address(ending_date))
    obstacles = [] if period.is_closed else books.test_report(db.session.connection(), period.ending_date)
    log = queries.list_period_entries(
        queries.PeriodEntryFilter(ending_date=period.ending_date), PageAsked(limit=_LOG_SHOWN)
    )
    return render_template(
        "periods/period.html",
        period=period,
        obstacles=Listing(columns=_OBSTACLE_COLUMNS, rows=obstacles[:_OBSTACLES_SHOWN]),
        obstacle_count=len(obstacles),
        most=_OBSTACLES_SHOWN,
        log=Listing(columns=_LOG_COLUMNS, rows=log.rows),
        words=words,
        may_close=may(Permission.CLOSE_PERIODS),
        longest_name=books.LONGEST_NAME,
        is_accounting_closed=queries.is_accounting_closed(period.ending_date),
    )


@blueprint.post("/periods/<ending_date>/close", endpoint="close")
@requires(Permission.CLOSE_PERIODS)
def close(ending_date: str) -> Response:
    """Close a period and all before it."""
    ending, now, actor = _period(ending_date), settings().now(), acting()
    return attempt(
        lambda connection: changes.close_period(connection, ending, actor=actor, now=now),
        told=gettext("Closed to %(day)s.", day=filters.day(ending)),
        back=url_for("periods.show", ending_date=ending),
    )


@blueprint.post("/periods/<ending_date>/reopen", endpoint="reopen")
@requires(Permission.CLOSE_PERIODS)
def reopen(ending_date: str) -> Response:
    """Reopen a period and all after it."""
    ending, now, actor = _period(ending_date), settings().now(), acting()
    is_warned = queries.is_accounting_closed(ending)
    answer = attempt(
        lambda connection: changes.reopen_period(connection, ending, actor=actor, now=now),
        told=gettext("Open again."),
        back=url_for("periods.show", ending_date=ending),
    )
    if is_warned:
        flash(
            gettext("Its accounting period is closed: costs posted now do not reach the general ledger."),
            "look",
        )
    return answer


@blueprint.post("/periods/<ending_date>/rename", endpoint="rename")
@requires(Permission.CLOSE_PERIODS)
def rename(ending_date: str) -> Response:
    """Another name."""
    ending, name, now, actor = _period(ending_date), _name(), settings().now(), acting()
    return attempt(
        lambda connection: changes.rename_period(connection, ending, name, actor=actor, now=now),
        told=gettext("Changed."),
        back=url_for("periods.show", ending_date=ending),
    )


@blueprint.post("/periods/<ending_date>/delete", endpoint="delete")
@requires(Permission.CLOSE_PERIODS)
def delete(ending_date: str) -> Response:
    """Take an open period away."""
    ending, now, actor = _period(ending_date), settings().now(), acting()
    return attempt(
        lambda connection: changes.delete_period(connection, ending, actor=actor, now=now),
        told=gettext("Deleted."),
        back=url_for("periods.show", ending_date=ending),
        after=url_for("periods.index"),
    )


def _name() -> str:
    name = request.form.get("name", "").strip()[: books.LONGEST_NAME]
    return name if name.isprintable() else ""


def _period(text: str) -> date:
    """The ending date of a period that is there; CardMissing otherwise."""
    return books.read_period(db.session.connection(), day_of_address(text)).ending_date
