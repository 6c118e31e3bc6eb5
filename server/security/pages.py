"""The pages of signing in and out, of one's own password, and where "/" leads."""

from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as form_session
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from server.database import db, write
from server.security.frame import current_frame
from server.security.passwords import is_right
from server.security.people import change_own_password
from server.security.permissions import Permission, requires
from server.security.refusals import InputRefused
from server.security.sessions import (
    acting,
    current_person,
    hand_out_cookie,
    person_or_none,
    settings,
    take_back_cookie,
)
from server.security.sign_in import NotSignedIn, sign_in, sign_out
from server.security.tables import Person
from server.security.throttle import LOGIN, count_try, forgive, login_subject
from server.web.frame import navigation_lines

blueprint = Blueprint("security", __name__, template_folder="templates")


@blueprint.get("/sign-in", endpoint="sign_in")
@requires(Permission.PUBLIC)
def show_sign_in() -> AnyResponse:
    """The form; who is signed in already goes on."""
    if person_or_none() is not None:
        return redirect(_wanted(), 303)
    return _form(200)


@blueprint.post("/sign-in", endpoint="do_sign_in")
@requires(Permission.PUBLIC)
def do_sign_in() -> AnyResponse:
    """Try login and password."""
    now = settings().now()
    former = person_or_none()
    answer = sign_in(
        request.form.get("login", "")[:100],
        request.form.get("password", "")[:1000],
        address=request.remote_addr or "",
        now=now,
        former_session=former.session_hash if former else "",
    )
    if isinstance(answer, NotSignedIn):
        return _form(403, wait_until=answer.wait_until, now=now)
    # What the browser's form session held belongs to whoever sat here before.
    form_session.clear()
    response = redirect(_wanted(), 303)
    hand_out_cookie(response, answer.session_id)
    if "lang" not in request.cookies:
        response.set_cookie(
            "lang", answer.language, samesite="Lax", httponly=True, secure=settings().secure_cookies
        )
    return response


@blueprint.post("/sign-out", endpoint="sign_out")
@requires(Permission.SIGNED_IN)
def do_sign_out() -> AnyResponse:
    """End the session."""
    sign_out(current_person().session_hash, acting(), settings().now())
    form_session.clear()
    response = redirect(url_for("security.sign_in"), 303)
    take_back_cookie(response)
    return response


@blueprint.get("/password", endpoint="password")
@requires(Permission.SIGNED_IN)
def show_password() -> str:
    """The form for a new password of one's own."""
    return render_template("security/password.html", problems={})


@blueprint.post("/password", endpoint="change_password")
@requires(Permission.SIGNED_IN)
def do_password() -> AnyResponse:
    """Take a new password, if the old one is known; tries are counted as at the sign-in."""
    person, now = current_person(), settings().now()
    row = db.session.execute(Person.__table__.select().where(Person.person_id == person.person_id)).one()
    subject = login_subject(row.login or "")
    tried = write(lambda connection: count_try(connection, {subject: LOGIN}, now))
    if tried.refused_until or not is_right(row.password_hash, request.form.get("former", "")[:1000]):
        return _password_form(InputRefused("former", "password_wrong"))
    fresh, actor = request.form.get("password", "")[:1000], acting()

    def change(connection: sa.Connection) -> None:
        forgive(connection, subject)
        change_own_password(
            connection, person.person_id, fresh, actor=actor, now=now, session=person.session_hash
        )

    try:
        write(change)
    except InputRefused as refused:
        return _password_form(refused)
    flash(gettext("Your password is changed. Other browsers are signed out."))
    return redirect(url_for("security.password"), 303)


@blueprint.get("/", endpoint="home")
@requires(Permission.SIGNED_IN)
def home() -> AnyResponse:
    """The first page of the navigation that this person may open."""
    frame = current_frame()
    assert frame is not None
    for _section, lines in navigation_lines(current_app, frame):
        return redirect(lines[0].url, 303)
    return make_response(render_template("security/nothing.html"))


def _form(status: int, *, wait_until: datetime | None = None, now: datetime | None = None) -> Response:
    wait = wait_until - now if wait_until is not None and now is not None else None
    page = render_template(
        "security/sign_in.html",
        login=request.form.get("login", "")[:100],
        wanted=request.values.get("next", ""),
        failed=status != 200,
        wait=wait,
    )
    return make_response(page, status)


def _password_form(refused: InputRefused) -> Response:
    page = render_template("security/password.html", problems={refused.field: refused.sentence})
    return make_response(page, 422)


def _wanted() -> str:
    """Where the person wanted to go: a path of ours, never another site."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    is_ours = (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
        and wanted.isprintable()
        and "\\" not in wanted
    )
    return wanted if is_ours else url_for("security.home")
