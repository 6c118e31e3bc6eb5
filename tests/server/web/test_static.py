"""What pages load is in the tree, licensed, and free of anything that a strict security policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.web.frame import NAVIGATION
from shared.look import OUTCOMES

SERVER = Path(__file__).parents[3] / "server"
STATIC = SERVER / "web/static"
TEMPLATES = sorted(SERVER.rglob("templates/**/*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/icons.svg").read_text(encoding="utf-8")))


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    called = re.compile(r'(?:\bicon|_icon)\(\s*[\'"](\w+)[\'"](\s*,\s*(?:filled=)?true)?')
    wanted = {
        name + ("_fill" if filled else "")
        for path in TEMPLATES
        for name, filled in called.findall(path.read_text(encoding="utf-8"))
    }
    wanted |= {item.icon for section in NAVIGATION for item in section.items}
    wanted |= {shape.icon + ("_fill" if shape.filled else "") for shape in OUTCOMES.values()}

    assert wanted - SPRITE == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SERVER)))
def test_a_template_holds_no_inline_script_or_style_and_no_foreign_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?://", text) == []


def test_style_sheets_and_own_scripts_name_no_foreign_address_and_no_raw_colour() -> None:
    own = [path for path in STATIC.iterdir() if path.suffix in {".css", ".js"} and path.name != "tokens.css"]
    assert len(own) >= 4

    for path in own:
        text = path.read_text(encoding="utf-8")
        printing = text.replace("#FFFFFF", "").replace("#000000", "")
        assert re.findall(r"https?://|#[0-9A-Fa-f]{6}\b|\brgba?\(", printing) == [], path.name


def test_everything_taken_from_others_has_its_licence_beside_it() -> None:
    licences = {
        folder: {path.name for path in (STATIC / folder).glob("LICENSE-*.txt")}
        for folder in ("fonts", "icons", "vendor")
    }

    assert licences == {
        "fonts": {"LICENSE-Roboto.txt", "LICENSE-Roboto-Mono.txt"},
        "icons": {"LICENSE-Material-Symbols.txt"},
        "vendor": {"LICENSE-htmx.txt", "LICENSE-uPlot.txt"},
    }
