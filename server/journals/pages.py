"""The item journal: lines of any type, a look at what they would post, and posting them through the inbox.

The page carries the id of its transaction from the first moment, so a second press of Post finds the outcome
of the first. What is refused gets a new id with the page that says why; its lines are kept. Everything works
without scripts: each button sends the form, and htmx only spares the rest of the page.
"""

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from server.inbox.sources import current_source
from server.inbox.submitting import OtherContent, Submission, submit
from server.journals import choices
from server.journals.asking import KIND, ask
from server.journals.controls import entry_options, lines_of, offered, unit_options
from server.journals.fields import FIELDS
from server.journals.form import Form, Unwritten, control, journal_of, prefilled, read_form
from server.journals.rows import JournalPreview
from server.security.frame import current_frame
from server.security.permissions import Permission, check, may, requires
from server.security.sessions import current_person, settings
from server.web.ledger_words import LINE_TYPES, word_of
from server.web.words import current_language
from shared import ids
from shared.moments import MomentError, parse_day
from shared.wire import codec
from shared.wire.journals import ItemJournal
from shared.wire.outcomes import Outcome, Status, sentence

blueprint = Blueprint("journal", __name__, template_folder="templates")
_LONGEST_LOOK_UP = 50


@blueprint.get("/journal", endpoint="index")
@requires(Permission.POST_JOURNAL)
def index() -> Response:
    """A journal with one line, filled in as the address says."""
    form = prefilled(request.args)
    frame = current_frame()
    place = frame.place.code if frame and frame.place else ""
    head = form.head | {"transaction_id": _new_id()}
    return _page(replace(form, head=head | {"location_code": head["location_code"] or place}))


@blueprint.post("/journal", endpoint="take")
@requires(Permission.POST_JOURNAL)
def take() -> AnyResponse:
    """One more line, one less, another type, a look at what would be posted, or posting it."""
    form, wish = read_form(request.form), request.form.get("do", "")
    if not ids.is_id(form.head["transaction_id"]):
        form = replace(form, head=form.head | {"transaction_id": _new_id()})
    if wish == "add":
        return _page(form.with_line(), focus=len(form.lines))
    if wish.startswith("remove-"):
        return _page(form.without_line(int(wish[7:]) if wish[7:].isdigit() else -1))
    if wish in ("preview", "post"):
        return _judged(form, is_post=wish == "post")
    return _page(form)


@blueprint.get("/journal/items", endpoint="items")
@requires(Permission.POST_JOURNAL)
def items() -> str:
    """Items that what is being typed may become."""
    text = _typed()
    return render_template("journals/options.html", options=choices.find_items(text) if text else [])


@blueprint.get("/journal/bins", endpoint="bins")
@requires(Permission.POST_JOURNAL)
def bins() -> str:
    """Bins that what is being typed may become."""
    location_code = request.args.get("location_code", "")[:_LONGEST_LOOK_UP]
    return render_template("journals/options.html", options=choices.find_bins(_typed(), location_code))


@blueprint.get("/journal/item/<int:number>", endpoint="item")
@requires(Permission.POST_JOURNAL)
def item(number: int) -> str:
    """What follows from the item that a line names: its name, its units, the entries to choose from."""
    item_no, location_code = _typed(), request.args.get("location_code", "")[:_LONGEST_LOOK_UP]
    kind = request.args.get(control(number, "type"), "")
    known = choices.load_items({item_no} if item_no else set())
    entries = {
        control(number, each.name): entry_options(each.name, item_no, location_code)
        for each in FIELDS.get(kind, ())
        if each.kind == "entry"
    }
    return render_template(
        "journals/item.html",
        number=number,
        has_unit=any(each.kind == "unit" for each in FIELDS.get(kind, ())),
        name=choices.names_of({item_no}).get(item_no, ""),
        units=unit_options(known.get(item_no), ""),
        entries=entries,
    )


def _judged(form: Form, *, is_post: bool) -> AnyResponse:
    """What became of a form that was looked at or posted."""
    try:
        day, location_code = _posting_date(form), _location_code(form)
        journal = journal_of(form, choices.load_items(form.item_nos))
    except Unwritten as unwritten:
        return _page(replace(form, problems=unwritten.problems), status=422)
    if is_post:
        return _posted(form, journal, location_code=location_code, day=day)
    shown = ask(journal, location_code=location_code, posting_date=day, now=settings().now())
    return _page(form, shown=shown)


def _posted(form: Form, journal: ItemJournal, *, location_code: str, day: date | None) -> AnyResponse:
    submission = Submission(
        kind=KIND,
        body=codec.write(journal),
        location_code=location_code,
        transaction_id=form.head["transaction_id"],
        posting_date=day,
    )
    person, now, chance = current_person(), settings().now(), settings().chance()
    renewed = replace(form, head=form.head | {"transaction_id": _new_id()})
    try:
        outcome = submit(
            submission, current_source(), worker_id=person.person_id, now=now, chance=chance
        ).outcome
    except OtherContent:
        problem = gettext("This page has posted a journal already. Post again if you mean another one.")
        return _page(replace(renewed, problems={"": problem}), status=409)
    if outcome.status == Status.REFUSED:
        refused = JournalPreview(status=outcome.status, code=outcome.code, hint=outcome.hint)
        return _page(renewed, shown=refused, status=422)
    flash(*_said(outcome))
    return redirect(url_for("transactions.show", transaction_id=outcome.transaction_id), 303)


def _said(outcome: Outcome) -> tuple[str, str]:
    if outcome.status == Status.POSTED:
        return gettext("Posted as %(no)s.", no=outcome.document_no), "posted"
    why = sentence(outcome.code, outcome.hint, current_language()) if outcome.code else ""
    return f"{word_of(outcome.status)}. {why}".strip(), "look"


def _posting_date(form: Form) -> date | None:
    text = form.head["posting_date"]
    if not text:
        return None
    check(Permission.STATE_DATES)
    try:
        return parse_day(text)
    except MomentError:
        raise Unwritten({"posting_date": gettext("Choose a day.")}) from None


def _location_code(form: Form) -> str:
    code = form.head["location_code"]
    if code and code not in dict(choices.locations()):
        raise Unwritten({"location_code": gettext("Choose a location.")})
    return code


def _page(
    form: Form, *, shown: JournalPreview | None = None, status: int = 200, focus: int | None = None
) -> Response:
    known = offered(form, choices.load_items(form.item_nos))
    is_fragment = request.headers.get("HX-Request") == "true"
    page = render_template(
        "journals/form.html" if is_fragment else "journals/journal.html",
        form=form,
        lines=lines_of(form, known),
        types=LINE_TYPES,
        locations=known.locations,
        shown=shown,
        reason=sentence(shown.code, shown.hint, current_language()) if shown and shown.code else "",
        focus=focus,
        may_state=may(Permission.STATE_DATES),
    )
    # htmx swaps only what succeeded.
    return make_response(page, 200 if is_fragment else status)


def _typed() -> str:
    """The text of the control that asks."""
    names = (name for name in request.args if name.startswith("lines-") and not name.endswith("-type"))
    text = request.args.get(next(names, ""), "").strip()[:_LONGEST_LOOK_UP]
    return text if text.isprintable() else ""


def _new_id() -> str:
    return ids.uuid7(int(settings().now().timestamp() * 1000), settings().chance())
