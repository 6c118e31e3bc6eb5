"""Every text of the server exists in English and in French, with the same placeholders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from server.web.words import LOCALE, catalogue

SERVER = Path(__file__).parents[3] / "server"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def texts() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Where a text stands, and the text (with its plural)."""
    jinja = {"trimmed": "true", "extensions": "jinja2.ext.do"}
    found = [(path, "python") for path in SERVER.rglob("*.py")]
    found += [(path, "jinja2") for path in SERVER.rglob("templates/**/*.html")]
    for path, method in found:
        options = jinja if method == "jinja2" else {}
        for line, text, _, _ in extract_from_file(method, path, KEYWORDS, options=options):
            yield f"{path.relative_to(SERVER)}:{line}", text


def test_every_text_has_its_french() -> None:
    french = catalogue("fr")

    missing = [
        (place, text)
        for place, text in texts()
        if not all(_strings(french[text].string if text in french else "") or [""])
    ]

    assert missing == [], "write it in server/locale/fr/<area>.po"


def test_french_keeps_the_placeholders() -> None:
    differing = [
        message.id
        for message in catalogue("fr")
        if message.id
        for translated in _strings(message.string)
        if not set(PLACEHOLDER.findall(translated))
        <= set(PLACEHOLDER.findall(" ".join(_strings(message.id))))
    ]

    assert differing == []


def test_one_english_text_has_one_french_everywhere() -> None:
    said: dict[object, set[object]] = defaultdict(set)
    for path in (LOCALE / "fr").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                said[message.id].add(message.string)
    del said[""]

    assert [text for text, french in said.items() if len(french) > 1] == []


def test_no_french_is_left_over() -> None:
    used = {text[0] if isinstance(text, tuple) else text for _, text in texts()}

    left_over = [
        message.id for message in catalogue("fr") if message.id and _strings(message.id)[0] not in used
    ]

    assert left_over == []


def test_french_puts_a_space_that_does_not_break_before_tall_signs() -> None:
    wrong = [
        translated
        for message in catalogue("fr")
        if message.id
        for translated in _strings(message.string)
        if re.search(r"[^\u00a0][?;!:](\s|$)|\u202f|'", translated)
    ]

    assert wrong == []


def _strings(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())
