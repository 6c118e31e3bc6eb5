"""Forged requests: whatever a browser sends along by itself must also carry a token from our own page.

Forms carry `csrf_token`, scripts the header X-CSRFToken. Requests that show a bearer token, and the whole
sync protocol, carry no cookie that counts: there is nothing to forge, and they are let through.
"""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from server.security.permissions import wants_problem
from server.security.problems import problem_answer
from server.security.sessions import cookie_name, has_bearer

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every request of the app."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        # A page may stay open over a shift: the token lives as long as the browser's session.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_METHODS=["POST", "PUT", "PATCH", "DELETE"],
    )
    _csrf.init_app(app)
    app.before_request(guard)
    app.register_error_handler(CSRFError, _refuse)


def guard() -> None:
    """Refuse (CSRFError) a request that another site may have made the browser send."""
    if request.method in SAFE or request.endpoint is None:
        return
    if request.path.startswith("/sync/"):
        return
    if request.path.startswith("/api/") and (has_bearer() or cookie_name() not in request.cookies):
        return
    _csrf.protect()


def _refuse(error: CSRFError) -> Response:
    if wants_problem():
        return problem_answer(
            400, "csrf_missing", f"Send the page's token in the header X-CSRFToken. {error.description}"
        )
    return Response(render_template("security/forged.html"), 400, mimetype="text/html")
