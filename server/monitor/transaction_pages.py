"""Stored transactions: the list, and of each one everything it caused, from the scanner's beep to its cost.

What waits for a person is decided here, by whoever has the right for its state. A decision names the state
that the person saw: if another has been faster, nothing is decided and the page says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from server.inbox.circles import MOST, NotFitting, find_companions, post_together
from server.inbox.decisions import NotWaiting, post_again, refuse
from server.monitor.needs import list_needs
from server.monitor.proof import prove
from server.monitor.queries import (
    TransactionCard,
    TransactionFilter,
    TransactionRow,
    list_transactions,
    read_rows,
    read_transaction,
)
from server.monitor.story import actions_of, read_story
from server.monitor.trail import read_posted
from server.security.permissions import Permission, check, may, requires
from server.security.sessions import current_person, settings
from server.web.keyset import Page, PageAsked
from server.web.ledger_words import KINDS, STATES, options_of, word_of
from server.web.page_lists import (
    answer_refusals,
    day_bounds,
    filter_day,
    filter_text,
    list_answer,
    page_zone,
)
from server.web.tables import Column, Filter, Listing, here
from server.web.words import current_language
from shared.wire.outcomes import REASONS, Outcome, Status, sentence

blueprint = Blueprint("transactions", __name__, template_folder="templates")
answer_refusals(blueprint)
RIGHTS = {
    Status.PARKED: Permission.DECIDE_INBOX,
    Status.AWAITING_APPROVAL: Permission.APPROVE,
    Status.QUARANTINED: Permission.APPROVE,
}
WORKERS_FOR = timedelta(days=31)
_SHOW = (("needs", lazy_gettext("Needs a person")),)


def _address(row: TransactionRow) -> str:
    return url_for("transactions.show", transaction_id=row.transaction_id)


def _device_address(row: TransactionRow) -> str:
    return url_for("transactions.index", device=row.device_id)


_COLUMNS = (
    Column("received_at", lazy_gettext("Received"), "moment", sortable=True),
    Column("kind", lazy_gettext("Kind"), strong=True, link=_address),
    Column("transaction_id", lazy_gettext("Transaction"), "id", link=_address),
    Column("device_name", lazy_gettext("Device"), link=_device_address),
    Column("worker_name", lazy_gettext("Worker")),
    Column("occurred_at", lazy_gettext("Happened"), "moment"),
    Column("document_no", lazy_gettext("Posted as"), "code"),
    Column("status", lazy_gettext("State"), "outcome"),
    Column("reason", lazy_gettext("Reason")),
)
_REASON_CODES = tuple(sorted((code, code) for code in REASONS))


def _filters() -> tuple[Filter, ...]:
    return (
        Filter("show", lazy_gettext("Show"), options=_SHOW),
        Filter("status", lazy_gettext("State"), options=options_of(STATES)),
        Filter("kind", lazy_gettext("Kind"), options=options_of(KINDS)),
        Filter("code", lazy_gettext("Reason"), options=_REASON_CODES),
        Filter("device", lazy_gettext("Device")),
        Filter("worker", lazy_gettext("Worker’s number")),
        Filter("from", lazy_gettext("From"), "date"),
        Filter("to", lazy_gettext("To"), "date"),
    )


@blueprint.get("/transactions", endpoint="index")
@requires(Permission.VIEW_SYNC)
def index() -> AnyResponse:
    """The list, the newest first."""
    listing = Listing.from_request(_COLUMNS, _filters(), default_sort="-received_at")
    given, zone, now = listing.values, page_zone(), settings().now()
    first, last = filter_day(given, "from"), filter_day(given, "to")
    if given.get("worker") and first is None:
        # No index knows workers: a month is looked through, and the page says which.
        month = (now - WORKERS_FOR).astimezone(zone).date()
        return redirect(here(**{"from": month.isoformat()}), 303)
    wanted = TransactionFilter(
        status=filter_text(given, "status"),
        kind=filter_text(given, "kind"),
        code=filter_text(given, "code"),
        device_id=filter_text(given, "device"),
        worker_id=filter_text(given, "worker"),
        received_from=day_bounds(first, zone)[0] if first else None,
        received_before=day_bounds(last, zone)[1] if last else None,
    )

    def read(asked: PageAsked) -> Page[TransactionRow]:
        # As they were stored is as they came; only days are found by when that was.
        asked = asked if first or last else replace(asked, sort="inbox_no")
        return list_needs(now, asked) if given.get("show") == "needs" else list_transactions(wanted, asked)

    return list_answer(
        "monitor/transactions.html",
        listing,
        read,
        row_type=TransactionRow,
        name="transactions",
        reason_of=reason_of,
    )


@blueprint.get("/transactions/<transaction_id>", endpoint="show")
@requires(Permission.VIEW_SYNC)
def show(transaction_id: str) -> Response:
    """One transaction as a trail."""
    return _trail(read_transaction(transaction_id), 200)


@blueprint.post("/transactions/<transaction_id>/post", endpoint="post_again")
@requires(Permission.SIGNED_IN)
def do_post_again(transaction_id: str) -> AnyResponse:
    """Post a parked one again, approve one that awaits it, release one from quarantine."""
    reason = request.form.get("reason", "").strip()

    def decide(person_id: str, rev: int) -> Outcome:
        return post_again(transaction_id, person_id, reason, rev=rev)

    return _decide(transaction_id, decide)


@blueprint.post("/transactions/<transaction_id>/post-together", endpoint="post_together")
@requires(Permission.DECIDE_INBOX)
def do_post_together(transaction_id: str) -> AnyResponse:
    """Post a parked one and those that it fits the books with, all or none; the form names their states."""
    person = current_person()
    reason = request.form.get("reason", "").strip()
    try:
        revs = {each: int(rev) for each, _, rev in _named_states()}
        outcomes = post_together(revs, person.person_id, reason)
    except (ValueError, NotWaiting):
        flash(gettext("Someone else was faster. This is how it stands now."), "look")
    except NotFitting as error:
        flash(sentence(error.code, error.hint, current_language()), "look")
    else:
        numbers = ", ".join(outcomes[each].document_no for each in revs)
        flash(gettext("Posted as %(no)s.", no=numbers), "posted")
    return redirect(url_for("transactions.show", transaction_id=transaction_id), 303)


def _named_states() -> Iterator[tuple[str, str, str]]:
    """The transactions that the form names, each with the revision that the person saw: id:rev."""
    return (text.partition(":") for text in request.form.getlist("together")[:MOST])


@blueprint.post("/transactions/<transaction_id>/refuse", endpoint="refuse")
@requires(Permission.SIGNED_IN)
def do_refuse(transaction_id: str) -> AnyResponse:
    """Refuse one for good; the worker reads the reason."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        card = read_transaction(transaction_id)
        _check_right(card)
        return _trail(card, 422, problem=gettext("Say why: the worker reads it."))
    person = current_person()

    def decide(person_id: str, rev: int) -> Outcome:
        return refuse(transaction_id, person_id, f"{person.name}: {reason}", rev=rev)

    return _decide(transaction_id, decide)


def reason_of(row: TransactionRow) -> str:
    """Why a transaction is where it is, in the language of the page; "" where it needs no reason."""
    return sentence(row.code, row.hint, current_language()) if row.code else ""


def _decide(transaction_id: str, decide: Callable[[str, int], Outcome]) -> AnyResponse:
    card, person = read_transaction(transaction_id), current_person()
    _check_right(card)
    back = redirect(url_for("transactions.show", transaction_id=transaction_id), 303)
    if request.form.get("rev") != str(card.row.rev):
        flash(gettext("Someone else was faster. This is how it stands now."), "look")
        return back
    if card.row.worker_id == person.person_id and card.row.status != Status.PARKED:
        flash(gettext("This is your own. Someone else must decide it."), "look")
        return back
    try:
        outcome = decide(person.person_id, card.row.rev)
    except NotWaiting:
        flash(gettext("Someone else was faster. This is how it stands now."), "look")
        return back
    flash(*_said(outcome))
    return back


def _said(outcome: Outcome) -> tuple[str, str]:
    why = sentence(outcome.code, outcome.hint, current_language()) if outcome.code else ""
    if outcome.status == Status.POSTED:
        return gettext("Posted as %(no)s.", no=outcome.document_no), "posted"
    if outcome.status == Status.REFUSED:
        return gettext("Refused. The worker is told why."), "posted"
    return f"{word_of(outcome.status)}. {why}".strip(), "look"


def _check_right(card: TransactionCard) -> None:
    """Who may decide depends on the state; what needs no decision asks for the lesser right."""
    check(RIGHTS.get(Status(card.row.status), Permission.DECIDE_INBOX))


def _trail(card: TransactionCard, status: int, *, problem: str = "") -> Response:
    posted = read_posted(card.row.transaction_id)
    story = read_story(card, posted)
    right = RIGHTS.get(Status(card.row.status))
    companions = find_companions(card.row.transaction_id)
    more: dict[str, Any] = {
        "companions": [row for row in read_rows(companions) if row.transaction_id != card.row.transaction_id],
        "together": [f"{each}:{rev}" for each, rev in companions.items()],
        "proof": prove(card.row.kind, card.row.status, story.body, posted),
        "actions": actions_of(card, story) if right is not None and may(right) else None,
        "is_own": card.row.worker_id == current_person().person_id and card.row.status != Status.PARKED,
    }
    page = render_template(
        "monitor/trail.html",
        card=card,
        row=card.row,
        posted=posted,
        story=story,
        reason=reason_of(card.row),
        problem=problem,
        **more,
    )
    return make_response(page, status)
