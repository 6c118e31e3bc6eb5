"""The face of the back office: base templates, components, words, numbers and everything static.

No page stands here. Capabilities render their own templates, which extend `layout.html` and draw with the
macros of `components.html`. Nothing is fetched from elsewhere and no page holds inline script or style, so
that `CONTENT_SECURITY_POLICY` can forbid both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g, request, url_for

from server.web.filters import install_filters, now
from server.web.frame import Frame, navigation_lines, proof_url, search_url
from server.web.tables import field_of, here
from server.web.words import current_language, current_theme, install_words
from shared.look import OUTCOMES

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "img-src 'self' data:"
)
STATIC = Path(__file__).parent / "static"


def register(app: Flask, frame_source: Callable[[], Frame | None] = lambda: None) -> None:
    """Give the app its face. `frame_source` answers who looks at the page, None when nobody is signed in."""
    app.register_blueprint(
        Blueprint(
            "web",
            __name__,
            template_folder="templates",
            static_folder="static",
            static_url_path="/office-static",
        )
    )
    install_words(app)
    install_filters(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        asset=asset, here=here, field_of=field_of, outcome_shapes=OUTCOMES, page_moment=now
    )

    @app.context_processor
    def face() -> dict[str, Any]:
        frame = frame_source()
        g.frame = frame
        return {
            "frame": frame,
            "navigation": navigation_lines(app, frame) if frame else [],
            "search_url": search_url(app, frame) if frame else None,
            "proof_url": proof_url(app, frame) if frame else None,
            "language": current_language(),
            "theme": current_theme(),
            "is_fragment": request.headers.get("HX-Request") == "true",
        }


def asset(filename: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for good."""
    return url_for("web.static", filename=filename, v=_mark(filename))


@cache
def _mark(filename: str) -> str:
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:8]
