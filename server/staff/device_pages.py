"""Pages of devices: the list, one device, enrolling by code and QR, tokens for programs, revoking.

Codes and tokens are shown in the answer to the form that made them, once: nothing keeps them, and going back
to that page makes a new one or nothing.
"""

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
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from server.database import write
from server.security.devices import API_ROLES, make_api_token, revoke_device
from server.security.enrolment import LIFE, enrolment_address, make_code, qr_svg, readable
from server.security.permissions import Permission, may, requires
from server.security.refusals import SENTENCES, InputRefused
from server.security.sessions import acting, settings
from server.staff import queries, words
from server.web.keyset import PageAsked
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("devices", __name__, url_prefix="/devices", template_folder="templates")


@blueprint.get("")
@requires(Permission.VIEW_SYNC)
def index() -> str:
    """All devices, with what they still hold and what of them is missing."""
    columns = (
        Column("device_id", lazy_gettext("Device"), "code", sortable=True, link=_link),
        Column("name", lazy_gettext("Name"), sortable=True),
        Column("kind", lazy_gettext("Kind")),
        Column("location_code", lazy_gettext("Location"), "code"),
        Column("state", lazy_gettext("State")),
        Column("queue_depth", lazy_gettext("Waiting"), "quantity", strong=True),
        Column("missing", lazy_gettext("Missing"), "quantity"),
        Column("last_seen_at", lazy_gettext("Last heard"), "moment"),
        Column("app_version", lazy_gettext("App")),
    )
    filters = (
        Filter("kind", lazy_gettext("Kind"), options=tuple(words.KINDS.items())),
        Filter("location_code", lazy_gettext("Location"), options=tuple(queries.places())),
    )
    listing = Listing.from_request(columns, filters, default_sort="device_id")
    page = queries.list_devices(
        listing.asked(),
        kind=listing.values.get("kind", ""),
        location_code=listing.values.get("location_code", ""),
    )
    return render_template(
        "staff/devices.html",
        listing=listing.with_page(page),
        words=words,
        now=settings().now(),
        may_manage=may(Permission.MANAGE_DEVICES),
        may_see_people=may(Permission.MANAGE_PEOPLE),
        may_see_audit=may(Permission.VIEW_AUDIT),
    )


@blueprint.get("/<device_id>")
@requires(Permission.VIEW_SYNC)
def card(device_id: str) -> AnyResponse:
    """One device: its facts, the numbers that are missing, what was done to it."""
    return _card(device_id, {}, 200)


@blueprint.post("/<device_id>/revoke")
@requires(Permission.MANAGE_DEVICES)
def revoke(device_id: str) -> AnyResponse:
    """Put the device out; the reason is asked for, because somebody will ask for it later."""
    reason = " ".join(request.form.get("reason", "").split())
    if not reason:
        return _card(device_id, {"reason": SENTENCES["missing"]}, 422)
    now, actor = settings().now(), acting()
    if write(lambda connection: revoke_device(connection, device_id, actor=actor, now=now, note=reason)):
        flash(gettext("%(device)s is revoked.", device=device_id))
    return redirect(url_for("devices.card", device_id=device_id), 303)


@blueprint.get("/enrol")
@requires(Permission.MANAGE_DEVICES)
def enrol() -> AnyResponse:
    """Where the device works and what it is called."""
    return _enrol_form({}, 200)


@blueprint.post("/enrol")
@requires(Permission.MANAGE_DEVICES)
def make_enrolment_code() -> AnyResponse:
    """Make a code and show it, as picture and to be read aloud."""
    now, actor, form = settings().now(), acting(), request.form
    base_url = form.get("base_url", "").strip()
    if not base_url.startswith(("https://", "http://")) or len(base_url) > 200:
        return _enrol_form({"base_url": gettext("Begin with https:// or http://.")}, 422)
    try:
        code = write(
            lambda connection: make_code(
                connection,
                location_code=form.get("location_code", ""),
                device_name=form.get("device_name", ""),
                device_id=form.get("device_id", ""),
                actor=actor,
                now=now,
            )
        )
    except InputRefused as refused:
        return _enrol_form({refused.field: refused.sentence}, 422)
    except KeyError:
        abort(404)
    address = enrolment_address(base_url, code)
    page = render_template(
        "staff/code.html",
        code=readable(code),
        address=address,
        picture=Markup(qr_svg(address)),  # noqa: S704 — drawn by us: rectangles only, the text is not in it
        until=now + LIFE,
        device_name=form.get("device_name", ""),
        location_code=form.get("location_code", ""),
    )
    return make_response(page)


@blueprint.get("/program")
@requires(Permission.MANAGE_DEVICES)
def program() -> AnyResponse:
    """What a program is called and what it may do."""
    return _program_form({}, 200)


@blueprint.post("/program")
@requires(Permission.MANAGE_DEVICES)
def make_program_token() -> AnyResponse:
    """Make an API token and show it."""
    name, role = request.form.get("device_id", "").strip(), request.form.get("role", "")
    if not name or len(name) > 50 or not name.isprintable():
        return _program_form({"device_id": SENTENCES["missing" if not name else "too_long"]}, 422)
    if role not in API_ROLES:
        return _program_form({"role": SENTENCES["unknown_choice"]}, 422)
    known = queries.read_device(name)
    if known is not None and (known.kind != "api" or known.revoked_at is not None):
        return _program_form({"device_id": gettext("Another device has this name.")}, 422)
    now, actor = settings().now(), acting()
    token = write(
        lambda connection: make_api_token(connection, device_id=name, role=role, actor=actor, now=now)
    )
    return make_response(render_template("staff/token.html", token=token, device_id=name))


def _link(row: queries.DeviceRow) -> str:
    return url_for("devices.card", device_id=row.device_id)


def _card(device_id: str, problems: dict[str, object], status: int) -> Response:
    device = queries.read_device(device_id)
    if device is None:
        abort(404)
    sees_audit = may(Permission.VIEW_AUDIT)
    trail = queries.list_audit(PageAsked(limit=20), subject="device", subject_key=device_id)
    page = render_template(
        "staff/device.html",
        device=device,
        state=device.state(settings().now()),
        gaps=queries.gaps_of(device_id),
        enrolled_by=queries.enrolled_by(device_id),
        open_tokens=queries.open_tokens(device_id),
        trail=trail.rows if sees_audit else (),
        words=words,
        problems=problems,
        may_manage=may(Permission.MANAGE_DEVICES),
    )
    return make_response(page, status)


def _enrol_form(problems: dict[str, object], status: int) -> Response:
    device_id = request.values.get("device_id", "")
    device = queries.read_device(device_id) if device_id else None
    if device_id and (device is None or device.kind != "handheld" or device.revoked_at is not None):
        abort(404)
    page = render_template(
        "staff/enrol.html",
        places=queries.places(),
        device=device,
        base_url=request.form.get("base_url") or request.url_root,
        problems=problems,
        given=request.form,
    )
    return make_response(page, status)


def _program_form(problems: dict[str, object], status: int) -> Response:
    page = render_template(
        "staff/program.html",
        roles=[(role, words.ROLES[role]) for role in API_ROLES],
        problems=problems,
        given=request.form,
    )
    return make_response(page, status)
