"""The wedge on a busy machine: where keys are held back, a scan stays whole, and where it cannot, why."""

from __future__ import annotations

import pytest

from terminal.scanners.wedge import End, Source, Wedge
from tests.terminal.typist import EAN, Typist


@pytest.mark.parametrize("stall_after", range(1, len(EAN) + 1))
def test_a_busy_screen_does_not_cut_a_scan_once_the_suffix_is_known(stall_after: int) -> None:
    typist = Typist(Wedge(has_suffix=True))

    typist.burst(EAN[:stall_after], end=None)
    typist.pass_time(200)
    typist.burst(EAN[stall_after:], before_ms=0)

    assert typist.texts == [EAN]


@pytest.mark.parametrize("stall_after", range(1, len(EAN) + 1))
def test_a_busy_screen_does_not_cut_the_first_scan_of_a_new_device(stall_after: int) -> None:
    typist = Typist()

    typist.burst(EAN[:stall_after], end=None)
    typist.pass_time(1_400)
    typist.burst(EAN[stall_after:], before_ms=0)

    # What stands alone before the stall could be a person's: it comes apart where fields are typed into.
    parted = [EAN[:stall_after], EAN[stall_after:]] if 0 < stall_after < 3 else [EAN]
    assert typist.texts == parted


def test_silence_cuts_a_scan_at_a_second_and_a_half_to_the_millisecond() -> None:
    for stall_ms, texts in ((1_499, [EAN]), (1_500, [EAN[:6], EAN[6:]])):
        typist = Typist(Wedge(has_suffix=True))

        typist.burst(EAN[:6], end=None)
        typist.burst(EAN[6:], before_ms=stall_ms)

        assert typist.texts == texts
        assert typist.wedge.has_suffix


def test_silence_cuts_the_scan_of_a_scanner_without_suffix_at_a_quarter_of_a_second() -> None:
    for stall_ms, texts in ((249, [EAN]), (250, [EAN[:6], EAN[6:]])):
        typist = Typist(Wedge(has_suffix=False))

        typist.burst(EAN[:6], end=None)
        typist.burst(EAN[6:], end=None, before_ms=stall_ms)
        typist.pass_time(2_000)

        assert typist.texts == texts


@pytest.mark.parametrize("has_suffix", [None, True])
@pytest.mark.parametrize("stall_after", range(3, len(EAN) + 1))
def test_an_app_that_was_held_up_for_long_does_not_cut_a_scan(
    stall_after: int, has_suffix: bool | None
) -> None:
    typist = Typist(Wedge(has_suffix=has_suffix))

    typist.burst(EAN[:stall_after], end=None)
    typist.hold_up(60_000)
    typist.burst(EAN[stall_after:], before_ms=0)

    assert typist.told == [(EAN, Source.SCANNER, End.ENTER)]


def test_an_app_that_was_held_up_still_parts_scans_that_have_no_suffix() -> None:
    typist = Typist(Wedge(has_suffix=False))

    typist.burst(EAN, end=None)
    typist.hold_up(400)
    typist.burst("12345670", end=None, before_ms=0)
    typist.pass_time(300)

    assert typist.texts == [EAN, "12345670"]


def test_what_a_person_typed_before_the_app_was_held_up_stays_apart_from_a_scan() -> None:
    typist = Typist(Wedge(has_suffix=True))

    typist.type_slowly("12")
    typist.hold_up(2_000)
    typist.burst(EAN, before_ms=0)

    assert typist.told == [("12", Source.PERSON, End.BURST), (EAN, Source.SCANNER, End.ENTER)]


def test_a_long_stall_does_not_cut_a_scan_once_the_suffix_is_known() -> None:
    typist = Typist()

    typist.burst(EAN)
    typist.burst(EAN[:6], end=None)
    typist.burst(EAN[6:], before_ms=1_100)

    assert [(entry.text, entry.source) for entry in typist.entries] == [(EAN, Source.SCANNER)] * 2


def test_a_first_character_cut_off_by_a_busy_screen_belongs_to_the_scan_where_nobody_types() -> None:
    for is_typing_expected, texts in ((True, ["9", "520000000011"]), (False, ["9520000000011"])):
        wedge = Wedge(has_suffix=True)
        wedge.is_typing_expected = is_typing_expected
        entries = wedge.press("9", now_ms=0)
        for place, key in enumerate("520000000011"):
            entries += wedge.press(key, now_ms=400 + 5 * place)
        entries += wedge.press("Enter", now_ms=500)
        assert [entry.text for entry in entries] == texts
