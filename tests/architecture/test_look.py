"""The colours of shared/look.py can be read in every theme; both surfaces are drawn from that one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.web.tokens import tokens_css
from shared.look import ANSWERS, OFFICE_TYPE, OUTCOMES, TERMINAL_SIZES, TERMINAL_TYPE, THEMES, Theme, contrast

TEXT = 4.5
LARGE = 3.0
ROOT = Path(__file__).parents[2]
each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=str)


@each_theme
def test_text_stands_out_from_every_ground_it_may_stand_on(theme: Theme) -> None:
    grounds = (theme.page, theme.card, theme.fill, theme.fill_2)

    weak = [
        (ink, ground)
        for ink in (theme.ink, theme.ink_2)
        for ground in grounds
        if contrast(ink, ground) < TEXT
    ]

    assert weak == []


@each_theme
@pytest.mark.parametrize("name", ["primary", "primary_soft", "strip", "go", "look", "stop"])
def test_ink_on_a_coloured_ground_can_be_read(theme: Theme, name: str) -> None:
    pair = getattr(theme, name)

    assert contrast(pair.ground, pair.on) >= TEXT


@each_theme
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_can_be_read_as_text_and_as_chip(theme: Theme, outcome: str) -> None:
    tone = theme.outcomes[outcome]

    assert contrast(tone.text, theme.card) >= TEXT
    assert contrast(tone.text, theme.page) >= TEXT
    assert contrast(tone.chip.on, tone.chip.ground) >= TEXT


@each_theme
def test_links_warnings_and_control_edges_stand_out(theme: Theme) -> None:
    assert contrast(theme.primary.ground, theme.card) >= TEXT
    assert contrast(theme.look_text, theme.outcomes["parked"].chip.ground) >= TEXT
    assert min(contrast(theme.line, ground) for ground in (theme.page, theme.card)) >= LARGE
    assert contrast(theme.chart_2, theme.card) >= LARGE


@each_theme
def test_answers_edge_can_be_seen_against_the_page(theme: Theme) -> None:
    # Amber alone is 1.5:1 on paper; its dashes are what is seen, so the ink counts for look.
    assert contrast(theme.look.on, theme.look.ground) >= 7
    assert contrast(theme.stop.ground, theme.stop.on) >= LARGE
    assert contrast(theme.go.ground, theme.page) >= LARGE


def test_documented_ratios_are_met() -> None:
    light, dark, high = THEMES["light"], THEMES["dark"], THEMES["contrast"]

    measured = [
        contrast(light.ink, light.page),
        contrast(dark.ink, dark.page),
        contrast(light.go.ground, light.go.on),
        contrast(dark.go.ground, dark.go.on),
        contrast(high.stop.ground, high.stop.on),
        contrast(high.outcomes["awaiting_approval"].text, high.card),
    ]

    assert [round(ratio, 1) for ratio in measured] == [16.4, 15.8, 5.8, 4.9, 9.6, 12.8]


def test_high_contrast_is_never_below_seven() -> None:
    theme = THEMES["contrast"]
    pairs = [(theme.ink, theme.page), (theme.ink_2, theme.fill), (theme.line, theme.page)]
    pairs += [
        (pair.ground, pair.on) for pair in (theme.primary, theme.strip, theme.go, theme.look, theme.stop)
    ]
    pairs += [(tone.chip.on, tone.chip.ground) for tone in theme.outcomes.values()]

    assert [pair for pair in pairs if contrast(*pair) < 7] == []


def test_answers_differ_in_everything_but_colour() -> None:
    shapes = list(ANSWERS.values())

    for name in ("icon", "edge", "edge_width", "beeps", "beep_hz", "pulses", "pulse_ms"):
        assert len({getattr(shape, name) for shape in shapes}) == 3, name
    assert [shape.beeps for shape in shapes] == [1, 2, 3]


def test_every_outcome_has_a_tone_in_every_theme_and_a_shape_of_its_own() -> None:
    assert all(set(theme.outcomes) == set(OUTCOMES) for theme in THEMES.values())
    assert len({shape.icon for shape in OUTCOMES.values()}) == len(OUTCOMES)
    assert len({shape.shape for shape in OUTCOMES.values()}) == len(OUTCOMES)


def test_nothing_is_smaller_than_the_smallest_size() -> None:
    assert min(role.size for role in TERMINAL_TYPE.values()) >= 14
    assert min(role.size for role in OFFICE_TYPE.values()) >= 12
    assert min(size for name, size in TERMINAL_SIZES.items() if name.startswith("target")) >= 56


def test_tokens_css_is_what_the_table_says() -> None:
    on_disk = (ROOT / "server/web/static/tokens.css").read_text(encoding="utf-8")

    assert on_disk == tokens_css(), "run: python -m server.web.tokens > server/web/static/tokens.css"
