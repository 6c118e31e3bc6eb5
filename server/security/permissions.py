"""Who may do what: the permissions, the roles that hold them, and the guard that every view stands behind.

Each right is a right of its own (features 16.09): an administrator manages people and devices but posts and
decides nothing. A view without `@requires` is a bug that tests/server/security/test_routes.py finds. The
guard answers by where the request goes: a page sends to the sign-in page or shows why not, /api and /sync
answer problem+json.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, cast

from flask import Response, abort, redirect, render_template, request, url_for

from server.security.problems import problem_answer
from server.security.sessions import current_role, device_of_request

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class Permission(StrEnum):
    """What a view asks for. The first four ask who it is, the others what the role may do."""

    # Anybody, without any sign-in: the sign-in page, health, enrolment.
    PUBLIC = "public"
    # A device with a fresh token that is not revoked.
    DEVICE = "device"
    # The same, but a revoked device too: its queue is taken in and quarantined.
    DEVICE_PUSH = "device_push"
    # Any person or program that signed in.
    SIGNED_IN = "signed_in"
    VIEW_STOCK = "view_stock"
    # Ledgers with their costs.
    VIEW_LEDGER = "view_ledger"
    # The monitor: inbox, outcomes, devices and what they still hold.
    VIEW_SYNC = "view_sync"
    # Post a parked transaction again, or refuse it.
    DECIDE_INBOX = "decide_inbox"
    # Say yes or no to what awaits approval or stands in quarantine.
    APPROVE = "approve"
    CHANGE_ITEMS = "change_items"
    CHANGE_LOCATIONS = "change_locations"
    POST_JOURNAL = "post_journal"
    # Give a posting date, a time or a cost instead of taking the server's.
    STATE_DATES = "state_dates"
    # Post what value entries are worth to the general ledger.
    POST_TO_GL = "post_to_gl"
    MANAGE_SETUP = "manage_setup"
    # Make, close and reopen inventory periods.
    CLOSE_PERIODS = "close_periods"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_PEOPLE = "manage_people"
    VIEW_AUDIT = "view_audit"


class Role(StrEnum):
    """What a person is here."""

    WORKER = "worker"
    SUPERVISOR = "supervisor"
    BACK_OFFICE = "back_office"
    ADMINISTRATOR = "administrator"


_OF_DEVICES = frozenset({Permission.DEVICE, Permission.DEVICE_PUSH})
_LOOKS = frozenset(
    {Permission.SIGNED_IN, Permission.VIEW_STOCK, Permission.VIEW_LEDGER, Permission.VIEW_SYNC}
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.WORKER: frozenset({Permission.SIGNED_IN, Permission.VIEW_STOCK}),
        Role.SUPERVISOR: _LOOKS | {Permission.DECIDE_INBOX, Permission.APPROVE},
        Role.BACK_OFFICE: _LOOKS
        | {
            Permission.DECIDE_INBOX,
            Permission.CHANGE_ITEMS,
            Permission.CHANGE_LOCATIONS,
            Permission.POST_JOURNAL,
            Permission.STATE_DATES,
            Permission.POST_TO_GL,
            Permission.MANAGE_SETUP,
            Permission.CLOSE_PERIODS,
        },
        Role.ADMINISTRATOR: _LOOKS
        | {Permission.MANAGE_DEVICES, Permission.MANAGE_PEOPLE, Permission.VIEW_AUDIT},
    }
)


def role_may(role: str, permission: Permission) -> bool:
    """Whether somebody of this role has the right."""
    return permission in ROLE_PERMISSIONS[Role(role)]


def may(permission: Permission) -> bool:
    """Whether whoever makes the current request has the right; for buttons and links."""
    role = current_role()
    return role is not None and role_may(role, permission)


def requires(
    permission: Permission,
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Let a view run only for those who have the permission; the view carries it as `permission`."""

    def declare(view: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @wraps(view)
        def guarded(*arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
            check(permission)
            return view(*arguments, **named)

        cast(Any, guarded).permission = permission
        return guarded

    return declare


def check(permission: Permission) -> None:
    """End the request unless whoever makes it has the permission."""
    if permission is Permission.PUBLIC:
        return
    if permission in _OF_DEVICES:
        device_of_request(revoked_too=permission is Permission.DEVICE_PUSH)
        return
    role = current_role()
    if role is None:
        abort(_unknown())
    if not role_may(role, permission):
        abort(_forbidden())


def permission_of(view: object) -> Permission | None:
    """What a view declares; None where it declares nothing, which is a bug."""
    return getattr(view, "permission", None)


def wants_problem() -> bool:
    """Whether the current request is a program's, which reads problem+json, not pages."""
    return request.path.startswith(("/api/", "/sync/"))


def _unknown() -> Response:
    if wants_problem():
        answer = problem_answer(401, "not_signed_in", "Sign in, or send a token: Authorization: Bearer …")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if request.headers.get("HX-Request") == "true":
        # A panel cannot show the sign-in page: the whole page must go there.
        return Response(status=401, headers={"HX-Redirect": url_for("security.sign_in")})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return cast(Response, redirect(url_for("security.sign_in", next=wanted), 303))


def _forbidden() -> Response:
    if wants_problem():
        return problem_answer(403, "not_allowed", "Your role does not have this right.")
    return Response(render_template("security/forbidden.html"), 403, mimetype="text/html")
