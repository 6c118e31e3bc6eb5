"""What the terminal says, in English and in French.

A text is a key and its two wordings side by side, so that nobody can write one without the other. Flows
and screens name keys; `word` puts the values in and writes numbers and dates as the language does. A plain
mapping instead of gettext files: nothing to compile, nothing to find in the browser's file system.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shared import figures
from terminal.words.answers import ANSWER_TEXTS
from terminal.words.frame import FRAME_TEXTS
from terminal.words.screens import SCREEN_TEXTS
from terminal.words.tasks import TASK_TEXTS
from terminal.words.text import Text

Value = str | int | Decimal | date

TEXTS: Mapping[str, Text] = {**FRAME_TEXTS, **ANSWER_TEXTS, **TASK_TEXTS, **SCREEN_TEXTS}
NOTHING: Mapping[str, Value] = {}


def word(key: str, language: str, params: Mapping[str, Value] = NOTHING) -> str:
    """The text of a key with its values. A key without a text is a bug and a KeyError."""
    text = TEXTS[key]
    written = {name: _write(value, language) for name, value in params.items()}
    return text.wording(language, params.get("n")).format_map(written)


def _write(value: Value, language: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return figures.day(value, language)
    return figures.quantity(value, language)
