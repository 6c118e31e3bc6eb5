"""The wedge: every code comes out once and in order, however busy the screen is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.scanners.keys import FRENCH, GERMAN, Layout
from terminal.scanners.wedge import End, Entry, Source, Wedge
from tests.terminal.typist import EAN, Typist, caps_of


def test_a_burst_with_enter_is_one_scan() -> None:
    typist = Typist()

    typist.burst(EAN)

    assert typist.entries == [Entry(EAN, Source.SCANNER, End.ENTER, typist.now_ms - 4)]


def test_a_burst_with_tab_is_one_scan() -> None:
    typist = Typist()

    typist.burst(EAN, end="Tab")

    assert typist.told == [(EAN, Source.SCANNER, End.TAB)]


def test_a_pause_ends_a_scan_without_suffix() -> None:
    typist = Typist(Wedge(has_suffix=False))

    typist.burst(EAN, end=None)
    assert typist.entries == []
    typist.pass_time(300)

    assert typist.told == [(EAN, Source.SCANNER, End.PAUSE)]


def test_twenty_scans_back_to_back_come_out_in_order() -> None:
    typist = Typist()
    codes = [f"40063813339{number:02}" for number in range(20)]

    for code in codes:
        typist.burst(code, gap_ms=0, before_ms=0)

    assert typist.texts == codes


def test_letters_keep_their_case_and_shifted_digits_get_their_symbol_back() -> None:
    typist = Typist()

    typist.burst("]C1(01)aBc-Z_9*%$ x")

    assert typist.texts == ["]C1(01)aBc-Z_9*%$ x"]


@pytest.mark.parametrize(("key", "ctrl"), [("\x1d", False), ("]", True)])
def test_a_group_separator_arrives_raw_or_as_ctrl_and_bracket(key: str, *, ctrl: bool) -> None:
    typist = Typist()

    for cap in "10A":
        typist.press(cap, gap_ms=3, shift=cap == "A")
    typist.press(key, gap_ms=3, ctrl=ctrl)
    for cap in "17":
        typist.press(cap, gap_ms=3)
    typist.press("Enter", gap_ms=3)

    assert typist.texts == ["10A\x1d17"]


def test_a_carriage_return_sent_as_ctrl_m_ends_a_scan() -> None:
    typist = Typist()

    typist.burst(EAN, end=None)
    typist.press("M", gap_ms=3, ctrl=True)

    assert [(entry.text, entry.end) for entry in typist.entries] == [(EAN, End.ENTER)]


def test_the_number_pad_gives_the_same_digits() -> None:
    typist = Typist()

    for key in ("Numpad 1", "Numpad 2", "Numpad Decimal", "Numpad 5", "Numpad Enter"):
        typist.press(key, gap_ms=5)

    assert typist.texts == ["12.5"]


def test_keys_without_text_change_nothing() -> None:
    typist = Typist()

    typist.press("4", gap_ms=500)
    for key in ("Shift Left", "F8", "Arrow Left", "Caps Lock"):
        typist.press(key, gap_ms=1)
    typist.press("R", gap_ms=1, ctrl=True)
    typist.burst("2x", before_ms=1)

    assert typist.texts == ["42x"]


@pytest.mark.parametrize("layout", [GERMAN, FRENCH])
def test_other_layouts_give_the_same_code(layout: Layout) -> None:
    typist = Typist(Wedge(layout=layout))

    for cap, shift, _ in caps_of("AB1234567890/x", layout):
        typist.press(cap, gap_ms=3, shift=shift)
    typist.press("Enter", gap_ms=3)

    assert typist.texts == ["AB1234567890/x"]


def test_an_alt_graph_symbol_stays_as_it_is() -> None:
    typist = Typist(Wedge(layout=GERMAN))

    typist.press("A", gap_ms=3)
    typist.press("@", gap_ms=3, ctrl=True, alt=True)
    typist.press("B", gap_ms=3)
    typist.press("Enter", gap_ms=3)

    assert typist.texts == ["a@b"]


def test_slow_typing_is_a_persons() -> None:
    typist = Typist()

    typist.type_slowly("240")
    typist.press("Enter", gap_ms=180)

    assert typist.told == [("240", Source.PERSON, End.ENTER)]


def test_a_thinking_person_is_not_cut_into_pieces() -> None:
    typist = Typist()

    typist.type_slowly("8510", gap_ms=1_200)
    typist.press("Enter", gap_ms=900)

    assert typist.texts == ["8510"]


def test_typing_that_nobody_ends_comes_out_after_a_while() -> None:
    typist = Typist()

    typist.type_slowly("85")
    typist.pass_time(3_500)

    assert typist.told == [("85", Source.PERSON, End.PAUSE)]


def test_a_burst_into_a_keyed_quantity_is_a_scan_of_its_own() -> None:
    typist = Typist()

    typist.type_slowly("12")
    typist.burst(EAN, before_ms=700)

    assert typist.told == [
        ("12", Source.PERSON, End.BURST),
        (EAN, Source.SCANNER, End.ENTER),
    ]


def test_typing_after_a_scan_is_apart_from_it() -> None:
    typist = Typist()

    typist.burst(EAN)
    typist.type_slowly("7", gap_ms=400)
    typist.press("Enter", gap_ms=150)

    assert [(entry.text, entry.source) for entry in typist.entries] == [
        (EAN, Source.SCANNER),
        ("7", Source.PERSON),
    ]


def test_a_new_device_learns_of_a_scanner_without_suffix_from_its_first_scan() -> None:
    typist = Typist()

    typist.burst(EAN, end=None)
    typist.pass_time(1_499)
    assert typist.entries == []
    typist.pass_time(2)

    assert typist.told == [(EAN, Source.SCANNER, End.PAUSE)]
    assert typist.wedge.has_suffix is False


def test_a_suffix_that_comes_late_is_learned_and_is_no_empty_scan() -> None:
    typist = Typist(Wedge(has_suffix=False))

    typist.burst(EAN, end=None)
    typist.press("Enter", gap_ms=400)

    assert typist.texts == [EAN]
    assert typist.wedge.has_suffix


def test_a_scanner_set_to_no_suffix_is_noticed() -> None:
    typist = Typist(Wedge(has_suffix=True))

    typist.burst(EAN, end=None)
    typist.pass_time(2_000)
    assert not typist.wedge.has_suffix
    typist.burst(EAN, end=None)
    typist.pass_time(300)

    assert typist.texts == [EAN, EAN]


def test_enter_alone_is_nothing() -> None:
    typist = Typist()

    typist.press("Enter", gap_ms=500)
    typist.press("Enter", gap_ms=500)

    assert typist.entries == []
    assert typist.wedge.next_check_ms is None


CODES = st.text(st.sampled_from("0123456789ABCxyz-_()+*/. \x1d]"), min_size=2, max_size=40)
SUFFIXES = st.sampled_from(["Enter", "Tab", "Numpad Enter"])
BURSTS = st.lists(
    st.tuples(CODES, SUFFIXES, st.integers(0, 50), st.integers(0, 5_000)), min_size=1, max_size=30
)


@given(BURSTS)
def test_any_codes_sent_as_bursts_come_out_once_in_order(
    bursts: list[tuple[str, str, int, int]],
) -> None:
    typist = Typist()

    for code, suffix, gap_ms, before_ms in bursts:
        typist.burst(code, end=suffix, gap_ms=gap_ms, before_ms=before_ms)

    assert typist.texts == [code for code, *_ in bursts]
    assert {entry.source for entry in typist.entries} == {Source.SCANNER}


@given(st.lists(st.tuples(CODES.filter(lambda code: len(code) > 2), st.integers(0, 50)), max_size=20))
def test_any_codes_without_suffix_come_out_once_in_order(bursts: list[tuple[str, int]]) -> None:
    typist = Typist(Wedge(has_suffix=False))

    for code, gap_ms in bursts:
        typist.burst(code, end=None, gap_ms=gap_ms, before_ms=400)
    typist.pass_time(5_000)

    assert typist.texts == [code for code, _ in bursts]


KEYS = st.sampled_from(["1", "2", "A", "Z", "-", " ", "\x1d", "Enter", "Tab", "Shift Left", "F8"])


@given(
    st.lists(st.tuples(KEYS, st.integers(0, 4_000), st.booleans()), max_size=60),
    st.sampled_from([True, False, None]),
)
def test_no_character_is_dropped_doubled_or_moved(
    keys: list[tuple[str, int, bool]], has_suffix: bool | None
) -> None:
    typist = Typist(Wedge(has_suffix=has_suffix))

    for key, gap_ms, is_held_up in keys:
        if is_held_up:
            typist.hold_up(gap_ms)
        typist.press(key, gap_ms=0 if is_held_up else gap_ms)
    typist.pass_time(10_000)

    assert "".join(typist.texts) == "".join(key.lower() for key, *_ in keys if len(key) == 1)
    assert typist.wedge.next_check_ms is None
