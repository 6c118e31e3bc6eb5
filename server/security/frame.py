"""What the frame of every page shows of the person: name, location and its time zone, what may be opened.

The location is chosen by `?location=` and remembered in a cookie; it decides the time zone of the page.
"""

from collections.abc import Callable
from typing import cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request

from server.database import db
from server.masterdata.tables import Location
from server.security.permissions import Permission, permission_of, role_may
from server.security.sessions import CurrentPerson, person_or_none, settings
from server.web.frame import Frame, Place, Proof

_BADGES = "scanledger_badges"
_PROOF = "scanledger_proof"
_NOT_PAGES = ("/api/", "/sync/", "/terminal", "/office-static/", "/healthz", "/metrics")
_YEAR_S = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Remember the location that a person chooses."""
    app.extensions[_BADGES] = {}
    app.before_request(_read_frame)
    app.after_request(_remember_location)


def count_badge(app: Flask, navigation_key: str, count: Callable[[], int]) -> None:
    """Let a capability say how many things wait behind its line of the navigation."""
    app.extensions[_BADGES][navigation_key] = count


def tell_proof(app: Flask, last_proof: Callable[[], Proof | None]) -> None:
    """Let whoever checks the ledger say when it last did."""
    app.extensions[_PROOF] = last_proof


def current_frame() -> Frame | None:
    """The frame for the current request; None where nobody is signed in."""
    if "scanledger_frame" not in g:
        person = person_or_none()
        g.scanledger_frame = None if person is None else _frame_of(person)
        g.page_moment = settings().now()
    return cast(Frame | None, g.scanledger_frame)


def may_open(role: str, endpoint: str) -> bool:
    """Whether somebody of this role may open an endpoint."""
    permission = permission_of(current_app.view_functions.get(endpoint))
    if permission is Permission.PUBLIC:
        return True
    return permission is not None and role_may(role, permission)


def current_location_code() -> str:
    """The location that the page is about; "" where the company has none yet."""
    frame = current_frame()
    return frame.place.code if frame is not None and frame.place is not None else ""


def _read_frame() -> None:
    """Before the view of a page: it writes times and ages too, in the zone of the frame."""
    if not request.path.startswith(_NOT_PAGES):
        g.frame = current_frame()


def _frame_of(person: CurrentPerson) -> Frame:
    rows = db.session.execute(
        sa.select(Location.code, Location.name, Location.time_zone)
        .where(Location.use_as_in_transit.is_(False))
        .order_by(Location.code)
    ).all()
    wanted = (request.args.get("location"), request.cookies.get("location"))
    chosen = next((row for code in wanted for row in rows if row.code == code), rows[0] if rows else None)
    counts: dict[str, Callable[[], int]] = current_app.extensions[_BADGES]
    proof: Callable[[], Proof | None] | None = current_app.extensions.get(_PROOF)
    return Frame(
        person_name=person.name,
        place=Place(chosen.code, chosen.name or chosen.code) if chosen else None,
        places=tuple(Place(row.code, row.name or row.code) for row in rows),
        time_zone=chosen.time_zone if chosen else "UTC",
        proof=proof() if proof else None,
        badges={key: count() for key, count in counts.items()},
        may_open=lambda endpoint: may_open(person.role, endpoint),
    )


def _remember_location(answer: Response) -> Response:
    chosen = request.args.get("location")
    frame: Frame | None = g.get("scanledger_frame")
    if frame is not None and frame.place is not None and chosen == frame.place.code:
        answer.set_cookie(
            "location",
            chosen,
            max_age=_YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=settings().secure_cookies,
        )
    return answer
