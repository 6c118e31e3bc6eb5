"""Puts the guards on an app: headers, forged requests, the frame of the pages, and security's own routes."""

from collections.abc import Callable
from typing import cast

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

import server.web
from server.security import forgery, frame, headers, pages, sync_api
from server.security.permissions import Permission, requires
from server.security.sessions import settings

_STATIC = "web.static"


def register(app: Flask) -> None:
    """Guard the app; called once, before any capability mounts its pages."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    with app.app_context():
        is_secure, proxies = settings().secure_cookies, settings().trusted_proxies
    if proxies:
        # Else all callers share the proxy's address, and one of them locks out all others.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.config.update(
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_NAME="__Host-scanledger_form" if is_secure else "scanledger_form",
    )
    headers.install(app)
    forgery.install(app)
    frame.install(app)
    server.web.register(app, frame.current_frame)
    app.view_functions[_STATIC] = cast(
        Callable[..., ResponseReturnValue], requires(Permission.PUBLIC)(app.view_functions[_STATIC])
    )
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(sync_api.blueprint)
