"""The headers that every answer carries, so that a browser does nothing with our pages that we did not mean.

Pages of the back office run no inline script and keep no copy in any cache. The terminal needs WebAssembly,
workers and blobs; it gets a policy of its own, with the hashes of the inline scripts of its page.
"""

import base64
import hashlib
import re

from flask import Flask, Response, request

from server.security.sessions import settings
from server.web import CONTENT_SECURITY_POLICY

TERMINAL = "/terminal/"
_STATIC = ("/office-static/", TERMINAL)
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_NOT_SCRIPT = re.compile(r"<script[^>]*\stype=[\"']application/(?:ld\+)?json", re.IGNORECASE)
_YEAR_S = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Put the headers on every answer of the app."""
    app.after_request(add_headers)


def add_headers(answer: Response) -> Response:
    """Set what a view has not set itself.

    A view may be stricter, and the terminal's page names its scripts.
    """
    headers = answer.headers
    is_terminal = request.path.startswith(TERMINAL)
    headers.setdefault(
        "Content-Security-Policy", terminal_policy() if is_terminal else CONTENT_SECURITY_POLICY
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Not "no-referrer": under HTTPS a form must tell from which of our pages it was sent.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault(
        "Permissions-Policy", f"camera=({'self' if is_terminal else ''}), geolocation=(), microphone=()"
    )
    if settings().secure_cookies:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_S}")
    if not request.path.startswith(_STATIC):
        _keep_out_of_caches(answer)
    return answer


def terminal_policy(page: str = "") -> str:
    """The policy of the PWA; `page` is its HTML, whose inline scripts are allowed by their hashes."""
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", "blob:", *_hashes(page)])
    return (
        f"default-src 'self'; script-src {scripts}; worker-src 'self' blob:; "
        "connect-src 'self' data: blob:; img-src 'self' data: blob:; media-src 'self' data: blob:; "
        "font-src 'self' data:; style-src 'self' 'unsafe-inline'; manifest-src 'self'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


def _hashes(page: str) -> list[str]:
    found = [match.group(1) for match in _SCRIPT.finditer(page) if not _NOT_SCRIPT.match(match.group(0))]
    digests = (hashlib.sha256(script.encode()).digest() for script in found)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _keep_out_of_caches(answer: Response) -> None:
    """Pages always; answers to programs unless their view said otherwise (snapshots never change)."""
    if answer.mimetype == "text/html" or "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
