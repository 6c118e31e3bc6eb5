"""The cost adjustment's log, the items that wait for it, and what a person may want: a run, an exclusion."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from server.costs.runs import (
    RunFilter,
    RunItemFilter,
    RunItemRow,
    RunRow,
    WaitingFilter,
    WaitingItem,
    count_waiting,
    list_run_items,
    list_runs,
    list_waiting,
    read_run,
)
from server.costs.wishes import ask_for_adjustment, keep_out, take_in
from server.costs.words import ORIGINS, RUN_STATES
from server.security.permissions import Permission, may, requires
from server.web.page_lists import answer_refusals, filter_text, list_answer
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("cost_runs", __name__, url_prefix="/costs", template_folder="templates")
answer_refusals(blueprint)


def _run(row: RunRow) -> str:
    return url_for("cost_runs.show", run_no=row.run_no)


def _item(row: RunItemRow | WaitingItem) -> str:
    return url_for("items.show", no=row.item_no)


def _states(*names: str) -> tuple[tuple[str, object], ...]:
    return tuple((name, RUN_STATES[name]) for name in names)


_RUN_COLUMNS = (
    Column("run_no", lazy_gettext("Run"), "entry_no", sortable=True, link=_run),
    Column("started_at", lazy_gettext("Started"), "moment"),
    Column("finished_at", lazy_gettext("Ended"), "moment"),
    Column("status", lazy_gettext("State")),
    Column("origin", lazy_gettext("Source")),
    Column("user_name", lazy_gettext("User")),
    Column("scope", lazy_gettext("Items asked for")),
    Column("items", lazy_gettext("Items"), "quantity"),
    Column("value_entries", lazy_gettext("Value entries"), "quantity", strong=True),
    Column("hint", lazy_gettext("Reason")),
)
_LINE_COLUMNS = (
    Column("item_no", lazy_gettext("Item"), "code", link=_item),
    Column("description", lazy_gettext("Name")),
    Column("status", lazy_gettext("State")),
    Column("value_entries", lazy_gettext("Value entries"), "quantity"),
    Column("cost_amount", lazy_gettext("Cost amount"), "amount_change", strong=True),
    Column("hint", lazy_gettext("Reason")),
)
_WAITING_COLUMNS = (
    Column("item_no", lazy_gettext("Item"), "code", sortable=True, link=_item),
    Column("description", lazy_gettext("Name")),
    Column("quantity_base", lazy_gettext("Quantity"), "quantity"),
    Column("cost_amount_actual", lazy_gettext("Cost amount"), "amount"),
    Column("cost_amount_expected", lazy_gettext("Expected cost"), "amount"),
    Column("state", lazy_gettext("State")),
    Column("decide", lazy_gettext("Decision")),
)


@blueprint.get("/adjustments", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """Runs, the newest first."""
    filters = (
        Filter("status", lazy_gettext("State"), options=_states("running", "done", "failed", "stopped")),
        Filter("origin", lazy_gettext("Source"), options=tuple(ORIGINS.items())),
    )
    listing = Listing.from_request(_RUN_COLUMNS, filters, default_sort="-run_no")
    wanted = RunFilter(
        status=filter_text(listing.values, "status"), origin=filter_text(listing.values, "origin")
    )
    return list_answer(
        "costs/runs.html",
        listing,
        lambda asked: list_runs(wanted, asked),
        row_type=RunRow,
        name="cost_adjustment_runs",
        waiting=count_waiting(),
        may_adjust=may(Permission.POST_JOURNAL),
        states=RUN_STATES,
        origins=ORIGINS,
    )


@blueprint.get("/adjustments/<int:run_no>", endpoint="show")
@requires(Permission.VIEW_LEDGER)
def show(run_no: int) -> Response:
    """What one run did, item by item."""
    run = read_run(min(run_no, 2**63 - 1))
    filters = (
        Filter("item", lazy_gettext("Item")),
        Filter("status", lazy_gettext("State"), options=_states("done", "failed", "excluded")),
    )
    listing = Listing.from_request(_LINE_COLUMNS, filters, default_sort="run_no")
    wanted = RunItemFilter(
        run_no=run.run_no,
        item_no=filter_text(listing.values, "item"),
        status=filter_text(listing.values, "status"),
    )
    return list_answer(
        "costs/run.html",
        listing,
        lambda asked: list_run_items(wanted, asked),
        row_type=RunItemRow,
        name=f"cost_adjustment_run_{run.run_no}",
        run=run,
        states=RUN_STATES,
        origins=ORIGINS,
    )


@blueprint.get("/to-adjust", endpoint="waiting")
@requires(Permission.VIEW_LEDGER)
def waiting() -> Response:
    """Items that the next run adjusts, and those that it leaves out."""
    filters = (
        Filter("item", lazy_gettext("Item")),
        Filter(
            "excluded",
            lazy_gettext("Excluded"),
            options=(("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No"))),
        ),
    )
    listing = Listing.from_request(_WAITING_COLUMNS, filters, default_sort="item_no")
    wanted = WaitingFilter(
        item_no=filter_text(listing.values, "item"),
        is_excluded={"yes": True, "no": False}.get(listing.values.get("excluded", "")),
    )
    return list_answer(
        "costs/waiting.html",
        listing,
        lambda asked: list_waiting(wanted, asked),
        row_type=WaitingItem,
        name="items_to_adjust",
        may_adjust=may(Permission.POST_JOURNAL),
    )


@blueprint.post("/adjustments", endpoint="adjust")
@requires(Permission.POST_JOURNAL)
def adjust() -> Response:
    """Have everything adjusted by the jobs, as this person."""
    ask_for_adjustment()
    flash(gettext("Costs are being adjusted. This page shows how far it is."), "posted")
    return redirect(url_for("cost_runs.index"), 303)


@blueprint.post("/exclusions", endpoint="exclude")
@requires(Permission.POST_JOURNAL)
def exclude() -> Response:
    """Leave an item out of the adjustment, or take it in again."""
    item_no = request.form.get("item", "").strip()
    if request.form.get("excluded") == "yes":
        keep_out(item_no)
        flash(gettext("%(item)s is left out of the cost adjustment.", item=item_no))
    else:
        take_in(item_no)
        flash(gettext("%(item)s is adjusted again by the next run.", item=item_no))
    return redirect(url_for("cost_runs.waiting"), 303)
