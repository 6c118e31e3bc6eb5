"""Whatever a flow or the sign-in can say has its words in both languages, with the values that it needs."""

import ast
import re
from pathlib import Path

import pytest

from terminal.flows import FLOWS
from terminal.words import TEXTS
from tests.support.source_tree import python_files, syntax_of

SAYING = {"say", "stop", "look", "went", "counted"}
# Keys that are put together at run time, with every part that they can have.
COMPOSED = {
    "{name}.title": [f"{name}.title" for name in FLOWS],
    "{name}.counted": [f"{name}.counted" for name in FLOWS if name != "look_up"],
    "{name}.answer_first": ["adjust.answer_first"],
    "finish_first.{}": ["finish_first.lot", "finish_first.serial", "finish_first.target"],
    "ask.{}": ["ask.lot", "ask.serial", "ask.bin_for", "ask.source", "ask.target"],
    "adjust.{}": ["adjust.more", "adjust.less"],
    "counted.{}": ["counted.pieces", "counted.units"],
    "in_hand": ["in_hand.ask_source", "in_hand.ask_target"],
    "device": ["device.full", "device.cannot_write"],
}


def said_in(path: Path) -> set[str]:
    """The literal keys that a module says."""
    keys = set()
    for node in ast.walk(syntax_of(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func).split(".")[-1]
        first = node.args[0]
        if called in SAYING and isinstance(first, ast.Constant) and isinstance(first.value, str):
            keys.add(first.value)
    return keys


def all_keys() -> list[str]:
    files = [*python_files("terminal/flows"), Path("terminal/sign_in.py"), Path("terminal/task.py")]
    literal = {key for path in files for key in said_in(path)}
    return sorted(literal | {key for keys in COMPOSED.values() for key in keys})


def test_the_tasks_say_many_things() -> None:
    assert len(all_keys()) > 60


@pytest.mark.parametrize("key", all_keys())
def test_a_key_has_its_words_in_both_languages(key: str) -> None:
    text = TEXTS[key]

    assert text.en
    assert text.fr
    # "{en}" and "{fr}" are the two spellings of one value, a reason's description.
    names = [set(re.findall(r"\{(\w+)\}", words)) - {"en", "fr"} for words in (text.en, text.fr)]
    assert names[0] == names[1]
