"""Which language and theme a page has, and where its French comes from.

Every text is written in English where it stands, as `_("…")` in a template or `gettext("…")` in Python, and
again beside its French in `server/locale/fr/<area>.po`. The .po files are read as they are: nothing is
compiled, nothing can be stale. tests/server/web/test_words.py fails for a text without French.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from shared.figures import LANGUAGES, french_spaces
from shared.look import THEMES

LOCALE = Path(__file__).parents[1] / "locale"
YEAR_S = 365 * 24 * 3600


@cache
def catalogue(language: str) -> Catalog:
    """All texts of one language; a text that two areas share must read the same in both."""
    merged = Catalog(locale=language)
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale=language)
        for message in part:
            if message.id:
                merged.add(message.id, _spaced(message.string, language), context=message.context)
    return merged


def _spaced(string: Any, language: str) -> Any:
    """A translation, or the tuple of a plural, with the spaces that its language wants."""
    if language != "fr":
        return string
    return french_spaces(string) if isinstance(string, str) else tuple(map(french_spaces, string))


@cache
def translations(language: str) -> Translations | gettext.NullTranslations:
    """The catalogue as gettext wants it; English is what stands in the code."""
    if language == "en":
        return Translations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


class CatalogueDomain(Domain):  # type: ignore[misc]
    """Gives Flask-Babel our catalogues instead of compiled files."""

    def get_translations(self) -> Translations | gettext.NullTranslations:
        return translations(current_language())


def current_language() -> str:
    """`en` or `fr`: asked for, remembered, or what the browser prefers. English outside a request."""
    locale = get_locale()
    return locale.language if locale is not None else "en"


def current_theme() -> str | None:
    """The theme that the person chose, None when the system's wish counts."""
    for chosen in (request.args.get("theme"), request.cookies.get("theme")):
        if chosen in THEMES:
            return chosen
        if chosen == "system":
            return None
    return None


def install_words(app: Flask) -> None:
    """Languages for Flask-Babel, and cookies that remember `?lang=` and `?theme=`."""
    babel = Babel(app, default_locale="en", locale_selector=_wanted_language)
    babel.domain_instance = CatalogueDomain()
    app.after_request(_remember_choice)


def _wanted_language() -> str:
    if not has_request_context():
        # The command line speaks English.
        return "en"
    for chosen in (request.args.get("lang"), request.cookies.get("lang")):
        if chosen in LANGUAGES:
            return chosen
    return request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def _remember_choice(response: Response) -> Response:
    choices = (("lang", LANGUAGES), ("theme", (*THEMES, "system")))
    for name, allowed in choices:
        chosen = request.args.get(name)
        if chosen in allowed:
            response.set_cookie(
                name, chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure
            )
    return response
