"""The terminal's kit: drawn from the table only, named for screen readers, nothing too small, nothing cut."""

import re
import struct
import zlib
from itertools import pairwise

import flet as ft
import pytest

from shared.look import ANSWERS, OUTCOMES, THEMES, Theme
from terminal.look.answers import Saying, answer_frame, answer_panel, settled_answer
from terminal.look.buttons import big_button, choice, pad_key, quiet_button
from terminal.look.edges import dash_tile, edges, stripe_tile
from terminal.look.icons import ANSWER_ICONS, OUTCOME_ICONS
from terminal.look.material import chosen_theme, colour_scheme
from terminal.look.pieces import bin_code, notice, outcome_chip, sync_strip
from terminal.look.tone import FAMILIES, FONTS, MONO_FAMILIES, Hand, Tone, fitted_size
from tests.support.source_tree import ROOT, python_files

each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def pressed() -> None:
    """A button's effect that nothing looks at."""


def test_kit_and_screens_name_no_colour_of_their_own() -> None:
    raw = [
        f"{path}: {found}"
        for path in python_files("terminal/look", "terminal/screens")
        for found in re.findall(
            r"#[0-9A-Fa-f]{6}|Colors\.(?!TRANSPARENT|with_opacity)\w+", (ROOT / path).read_text()
        )
        # The tint of the strip inside an answer is black at an opacity in every theme.
        if found != "#000000"
    ]

    assert raw == []


@each_theme
def test_material_roles_are_all_set_and_come_from_the_table(theme: Theme) -> None:
    known = set(re.findall(r"#[0-9A-F]{6}", repr(theme)))
    scheme = colour_scheme(theme)
    roles = {name: getattr(scheme, name) for name in ft.ColorScheme.__dataclass_fields__}

    assert [name for name, colour in roles.items() if colour is None] == []
    assert {name for name, colour in roles.items() if colour not in known} == {"surface_tint"}


def test_the_system_decides_unless_the_person_chose() -> None:
    assert chosen_theme("system", system_is_dark=True).name == "dark"
    assert chosen_theme("system", system_is_dark=False).name == "light"
    assert chosen_theme("contrast", system_is_dark=True).name == "contrast"


def test_every_font_that_is_named_is_in_the_assets_with_its_licence() -> None:
    assets = ROOT / "terminal/assets"

    families = {*FAMILIES.values(), *MONO_FAMILIES.values()} - {"Roboto"}
    assert families == set(FONTS)
    assert [path for path in FONTS.values() if not (assets / path).is_file()] == []
    assert {path.name for path in (assets / "fonts").glob("LICENSE*")} == {
        "LICENSE-Roboto.txt",
        "LICENSE-Roboto-Mono.txt",
    }


def test_every_answer_and_outcome_has_an_icon_of_its_own() -> None:
    assert len(set(ANSWER_ICONS.values())) == len(ANSWERS) == 3
    assert len(set(OUTCOME_ICONS.values())) == len(OUTCOMES) == 8


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_is_edged_on_four_sides_and_moves_nothing(kind: str) -> None:
    child = ft.Text("task")
    frame = answer_frame(Tone(), kind, child)

    assert isinstance(frame, ft.Stack)
    assert frame.controls[0] is child
    assert len(frame.controls) == 5
    assert {side.height or side.width for side in edges(Tone(), kind)} == {ANSWERS[kind].edge_width}
    assert all(side.ignore_interactions for side in edges(Tone(), kind))


def test_dashes_and_stripes_are_pictures_of_two_colours() -> None:
    across = pixels(dash_tile("#1C1400", "#FFC220", True))
    stripes = pixels(stripe_tile("#B3001B", "#FFFFFF"))

    assert (len(across), len(across[0])) == (1, 2 * 26 * 3)
    assert across[0].count((0x1C, 0x14, 0)) == across[0].count((0xFF, 0xC2, 0x20)) == 78
    assert {pixel for row in stripes for pixel in row} == {(0xB3, 0, 0x1B), (0xFF, 0xFF, 0xFF)}
    # 45°: each row is the one above, moved by one.
    assert all(below == above[1:] + above[:1] for above, below in pairwise(stripes))


def test_an_answer_is_a_live_region_that_says_what_happened_then_what_to_do() -> None:
    tone = Tone()
    saying = Saying(kind="stop", big="STOP", headline="Wrong item", detail="Put it back. Nothing was added.")

    panel = answer_panel(tone, saying)

    assert isinstance(panel.content, ft.Column)
    told = next(part for part in panel.content.controls if isinstance(part, ft.Semantics))
    assert told.live_region
    assert told.label == "Stop. Wrong item. Put it back. Nothing was added."
    assert settled_answer(tone, Saying(kind="go", big="+12", headline="Angels")).label == "Go. +12. Angels."


def test_panels_have_the_heights_of_the_table() -> None:
    heights = {
        kind: answer_panel(Tone(), Saying(kind=kind, big="1", headline="x")).height for kind in ANSWERS
    }

    assert heights == {"go": 340, "look": 340, "stop": 348}


@each_theme
def test_every_button_has_a_name_a_role_and_a_target_that_a_glove_hits(theme: Theme) -> None:
    tone = Tone(theme=theme)
    buttons = {
        72: big_button(tone, "Scan", pressed),
        56: quiet_button(tone, "Undo +6", pressed),
        84: choice(tone, "Second case", pressed, effect="+6"),
        74: pad_key(tone, "1", pressed),
    }

    for height, button in buttons.items():
        assert isinstance(button, ft.Semantics)
        assert button.button
        assert button.label
        assert box_of(button).height == height
        assert box_of(button).on_click is pressed


def test_a_look_says_the_effect_of_each_choice_in_its_name() -> None:
    assert (
        choice(Tone(), "Second case", pressed, effect="+6", detail="makes 18").label
        == "Second case, makes 18, +6"
    )


def test_a_button_without_effect_says_that_it_is_disabled() -> None:
    button = big_button(Tone(), "Approve −12", None)

    assert button.disabled
    assert box_of(button).on_click is None


def test_the_left_hand_mirrors_rows_but_not_texts() -> None:
    def row_for(hand: Hand) -> list[type]:
        row = box_of(choice(Tone(hand=hand), "Second case", pressed, effect="+6")).content
        assert isinstance(row, ft.Row)
        return [type(each) for each in row.controls]

    assert row_for(Hand.RIGHT) == [ft.Column, ft.Text]
    assert row_for(Hand.LEFT) == [ft.Text, ft.Column]


def test_offline_is_slate_and_says_since_when_and_how_many() -> None:
    tone = Tone()
    offline = sync_strip(tone, offline=True, since="13:58", waiting=23)
    online = sync_strip(tone, offline=False)

    assert offline.label == "Offline since 13:58, 23 waiting"
    assert box_of(offline).bgcolor == tone.theme.strip.ground
    assert online.label == "Online, All sent"
    assert box_of(online).bgcolor is None


def test_a_server_that_keeps_one_waiting_is_neither_online_nor_offline() -> None:
    late = sync_strip(Tone(), offline=False, late=True, waiting=2)
    french = sync_strip(Tone(language="fr"), offline=False, late=True)

    assert late.label == "No answer yet, 2 waiting"
    assert box_of(late).bgcolor is None
    assert french.label == "Pas encore de réponse, 0 en attente"


def test_a_bin_code_shrinks_before_it_would_wrap_and_is_read_letter_by_letter() -> None:
    usual = bin_code(Tone(), "A-03-09-4")
    long = bin_code(Tone(), "STAGE-NORTH-014-EAST")

    assert size_of(usual) > 58
    assert size_of(long) < 44
    assert long.no_wrap
    assert usual.semantics_label == "A   0 3   0 9   4"


def test_a_big_number_fits_beside_its_shape() -> None:
    assert fitted_size("24", 198, largest=112, advance=0.54) == 112
    assert fitted_size("12,345", 198, largest=112, advance=0.54) < 62


@each_theme
def test_outcomes_and_notices_say_their_words(theme: Theme) -> None:
    french = Tone(theme=theme, language="fr")

    assert outcome_chip(french, "parked").label == "Mis de côté"
    opened = notice(french, "1 scan", "manque 6", on_press=pressed)
    assert isinstance(opened, ft.Semantics)
    assert opened.label == "1 scan. manque 6"


def box_of(control: ft.Semantics) -> ft.Container:
    """The container that a named control wraps."""
    assert isinstance(control.content, ft.Container)
    return control.content


def size_of(line: ft.Text) -> float:
    """The size in which a line is set."""
    assert line.style is not None
    assert line.style.size is not None
    return line.style.size


def pixels(picture: bytes) -> list[list[tuple[int, int, int]]]:
    """The rows of an RGB PNG as `png` writes it."""
    width, height = struct.unpack(">II", picture[16:24])
    start = picture.index(b"IDAT") + 4
    length = struct.unpack(">I", picture[start - 8 : start - 4])[0]
    raw = zlib.decompress(picture[start : start + length])
    lines = [raw[y * (1 + 3 * width) + 1 : (y + 1) * (1 + 3 * width)] for y in range(height)]
    return [[(line[x], line[x + 1], line[x + 2]) for x in range(0, 3 * width, 3)] for line in lines]
