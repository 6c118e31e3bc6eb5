"""Pages of people: the list, adding and changing one, blocking, and the audit trail."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from server.database import db, write
from server.security.people import (
    PersonCard,
    PersonFacts,
    add_user,
    block_person,
    change_person,
    person_card,
    unblock_person,
)
from server.security.permissions import Permission, may, requires
from server.security.refusals import InputRefused
from server.security.sessions import acting, current_person, settings
from server.staff import queries, words
from server.web.keyset import PageAsked
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("people", __name__, template_folder="templates")


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def index() -> str:
    """Everybody, blocked ones too."""
    columns = (
        Column("name", lazy_gettext("Name"), sortable=True, strong=True, link=_link),
        Column("role", lazy_gettext("Role"), sortable=True),
        Column("login", lazy_gettext("Login"), "code"),
        Column("badge", lazy_gettext("Badge"), "code"),
        Column("language", lazy_gettext("Language")),
        Column("created_at", lazy_gettext("Since"), "day"),
        Column("person_id", lazy_gettext("No."), "code", sortable=True),
    )
    filters = (
        Filter("text", lazy_gettext("Name, login or badge"), "search"),
        Filter("role", lazy_gettext("Role"), options=tuple(words.ROLES.items())),
    )
    listing = Listing.from_request(columns, filters, default_sort="name")
    page = queries.list_people(
        listing.asked(), role=listing.values.get("role", ""), text=listing.values.get("text", "")
    )
    return render_template(
        "staff/people.html",
        listing=listing.with_page(page),
        words=words,
        may_see_audit=may(Permission.VIEW_AUDIT),
    )


@blueprint.get("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, {}, 200)


@blueprint.post("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def add() -> AnyResponse:
    """Add a person."""
    now, actor, facts = settings().now(), acting(), _facts()

    def work(connection: Connection) -> str:
        return add_user(connection, facts, password=_password(), pin=_pin(), actor=actor, now=now)

    try:
        write(work)
    except InputRefused as refused:
        return _form(None, {refused.field: refused.sentence}, 422)
    flash(gettext("%(name)s is added.", name=facts.name))
    return redirect(url_for("people.index"), 303)


@blueprint.get("/people/<person_id>")
@requires(Permission.MANAGE_PEOPLE)
def card(person_id: str) -> AnyResponse:
    """One person, to be changed."""
    return _form(_known(person_id), {}, 200)


@blueprint.post("/people/<person_id>")
@requires(Permission.MANAGE_PEOPLE)
def change(person_id: str) -> AnyResponse:
    """Change a person; empty secrets stay as they are."""
    known = _known(person_id)
    now, actor, facts = settings().now(), acting(), _facts()

    def work(connection: Connection) -> None:
        change_person(connection, person_id, facts, password=_password(), pin=_pin(), actor=actor, now=now)

    try:
        write(work)
    except InputRefused as refused:
        return _form(known, {refused.field: refused.sentence}, 422)
    flash(gettext("%(name)s is changed.", name=facts.name))
    return redirect(url_for("people.card", person_id=person_id), 303)


@blueprint.post("/people/<person_id>/block")
@requires(Permission.MANAGE_PEOPLE)
def block(person_id: str) -> AnyResponse:
    """Let the person in no more."""
    known = _known(person_id)
    now, actor = settings().now(), acting()
    try:
        write(lambda connection: block_person(connection, person_id, actor=actor, now=now))
    except InputRefused as refused:
        return _form(known, {refused.field: refused.sentence}, 422)
    flash(gettext("%(name)s is blocked.", name=known.name))
    return redirect(url_for("people.card", person_id=person_id), 303)


@blueprint.post("/people/<person_id>/unblock")
@requires(Permission.MANAGE_PEOPLE)
def unblock(person_id: str) -> AnyResponse:
    """Let the person in again."""
    known = _known(person_id)
    now, actor = settings().now(), acting()
    write(lambda connection: unblock_person(connection, person_id, actor=actor, now=now))
    flash(gettext("%(name)s may sign in again.", name=known.name))
    return redirect(url_for("people.card", person_id=person_id), 303)


@blueprint.get("/audit")
@requires(Permission.VIEW_AUDIT)
def audit() -> str:
    """Who did what, newest first."""
    columns = (
        Column("at", lazy_gettext("When"), "moment"),
        Column("event", lazy_gettext("What"), strong=True),
        Column("person_name", lazy_gettext("Who")),
        Column("subject_key", lazy_gettext("On what"), "code"),
        Column("change", lazy_gettext("Change")),
        Column("note", lazy_gettext("Note")),
        Column("device_id", lazy_gettext("Device"), "code"),
        Column("address", lazy_gettext("From"), "code"),
    )
    filters = (
        Filter("event", lazy_gettext("What"), options=tuple(words.EVENTS.items())),
        Filter("subject_key", lazy_gettext("On what"), "search"),
    )
    listing = Listing.from_request(columns, filters)
    page = queries.list_audit(
        listing.asked(),
        event=listing.values.get("event", ""),
        subject_key=listing.values.get("subject_key", ""),
    )
    return render_template("staff/audit.html", listing=listing.with_page(page), words=words)


def _link(row: queries.PersonRow) -> str:
    return url_for("people.card", person_id=row.person_id)


def _known(person_id: str) -> PersonCard:
    try:
        return person_card(db.session.connection(), person_id)
    except KeyError:
        abort(404)


def _facts() -> PersonFacts:
    form = request.form
    return PersonFacts(
        name=form.get("name", ""),
        role=form.get("role", ""),
        language=form.get("language", ""),
        login=form.get("login", ""),
        badge=form.get("badge", ""),
    )


def _password() -> str:
    return request.form.get("password", "")[:1000]


def _pin() -> str:
    return request.form.get("pin", "")[:20]


def _form(known: PersonCard | None, problems: dict[str, str], status: int) -> Response:
    sees_audit = known is not None and may(Permission.VIEW_AUDIT)
    trail = (
        queries.list_audit(PageAsked(limit=20), subject="person", subject_key=known.person_id).rows
        if known is not None and sees_audit
        else ()
    )
    page = render_template(
        "staff/person.html",
        person=known,
        # After a refusal what was typed stands in the form, secrets left out.
        given=_facts() if request.method == "POST" and "name" in request.form else known,
        problems=problems,
        roles=list(words.ROLES.items()),
        role_notes=words.ROLE_NOTES,
        languages=list(words.LANGUAGE_NAMES.items()),
        is_own=known is not None and known.person_id == current_person().person_id,
        trail=trail,
        words=words,
    )
    return make_response(page, status)
