"""The terminal speaks English and French, and never names a text that it does not have."""

import ast
import string
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from terminal.words import TEXTS, word
from terminal.words.text import Text
from tests.support.source_tree import python_files, syntax_of


def test_every_text_is_worded_in_both_languages_with_the_same_values() -> None:
    wrong = [
        key
        for key, text in TEXTS.items()
        # A reason brings its own two wordings.
        if not text.en or not text.fr or placeholders(text.en) - {"en"} != placeholders(text.fr) - {"fr"}
    ]

    assert wrong == []


def test_a_singular_names_no_other_values_than_its_plural() -> None:
    wrong = [
        key
        for key, text in TEXTS.items()
        for wording in (text.one_en, text.one_fr)
        if not placeholders(wording) <= placeholders(text.en)
    ]

    assert wrong == []


def test_every_key_that_the_code_names_has_a_text() -> None:
    assert [(place, key) for place, key in named_keys() if key not in TEXTS] == []


def test_no_key_stands_in_two_files() -> None:
    keys = [
        ast.literal_eval(key)
        for path in python_files("terminal/words")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    ]

    assert len(keys) == len(set(keys)) == len(TEXTS)


def test_french_is_said_with_its_own_spaces_and_apostrophes() -> None:
    wrong = [
        key
        for key, text in TEXTS.items()
        for wording in (text.wording("fr", 1), text.wording("fr", 2))
        if " ?" in wording or " :" in wording or " ;" in wording or "'" in wording or "\u202f" in wording
    ]

    assert wrong == []


def test_tone_of_voice_has_no_exclamation_no_please_no_error() -> None:
    wrong = [
        key
        for key, text in TEXTS.items()
        if "!" in text.en + text.fr or "please" in text.en.lower() or "error" in text.en.lower().split()
    ]

    assert wrong == []


def test_values_are_written_as_the_language_does() -> None:
    assert (
        word("answer.more_than_usual", "en", {"n": Decimal("1240.00000")}) == "More than usual: is it 1,240?"
    )
    assert word("strip.waiting", "fr", {"n": 1240}) == "1\u00a0240 en attente"
    assert word("answer.lot_expired", "en", {"lot": "L1", "date": date(2011, 12, 6), "lot2": "L2"}) == (
        "Lot L1 has expired (6\u00a0Dec\u00a02011). Take L2."
    )


def test_one_and_many_are_told_apart_also_by_french_zero() -> None:
    text = Text("{n} lines", "{n} lignes", "{n} line", "{n} ligne")

    assert [text.wording("en", n) for n in (0, 1, 2)] == ["{n} lines", "{n} line", "{n} lines"]
    assert [text.wording("fr", n) for n in (0, 1, 2)] == ["{n} ligne", "{n} ligne", "{n} lignes"]


def test_a_key_without_a_text_is_a_bug() -> None:
    with pytest.raises(KeyError):
        word("no.such", "en")


def placeholders(wording: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def named_keys() -> Iterator[tuple[str, str]]:
    """The literal keys given to `say`, `word`, `Message` and `words` in the terminal."""
    for path in python_files("terminal"):
        for node in ast.walk(syntax_of(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func).split(".")[-1]
            first = node.args[0]
            if (
                called in {"say", "word", "Message"}
                and isinstance(first, ast.Constant)
                and "." in str(first.value)
            ):
                yield f"{path}:{node.lineno}", str(first.value)
