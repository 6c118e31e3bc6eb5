"""The one table of colours, sizes and type that terminal and back office are drawn from.

Both surfaces take every colour from here: `server/web/static/tokens.css` is generated from it and
`terminal/look` builds its Material roles from it. So the two cannot drift, and a test computes the contrast
of every pair.
Colours are `#RRGGBB`; sizes are dp on the terminal and CSS px in the back office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Pair:
    """A ground and the ink that may stand on it."""

    ground: str
    on: str


@dataclass(frozen=True, slots=True)
class OutcomeTone:
    """How one outcome is coloured: as text or icon on paper, and as a chip with its own ground and edge."""

    text: str
    chip: Pair
    chip_line: str | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of one theme; screens and pages know no others."""

    name: str
    page: str
    card: str
    fill: str
    fill_2: str
    ink: str
    ink_2: str
    line: str
    hair: str
    primary: Pair
    primary_soft: Pair
    strip: Pair
    go: Pair
    look: Pair
    stop: Pair
    look_text: str
    chart_2: str
    outcomes: Mapping[str, OutcomeTone]


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """What keeps an answer apart without colour: icon, edge, size, beeps and pulses (durations in ms)."""

    icon: str
    icon_size: int
    edge: str
    edge_width: int
    panel_height: int
    beeps: int
    beep_hz: int
    beep_ms: int
    beep_gap_ms: int
    pulses: int
    pulse_ms: int


@dataclass(frozen=True, slots=True)
class OutcomeShape:
    """The icon of an outcome (Material Symbols name, filled means a state) and the shape it stands in."""

    icon: str
    filled: bool
    shape: str


@dataclass(frozen=True, slots=True)
class TypeSize:
    """One type role: size and line height, weight, letter spacing."""

    size: float
    line: float
    weight: int
    spacing: float = 0
    mono: bool = False


def _outcomes(quiet: OutcomeTone, **others: OutcomeTone) -> Mapping[str, OutcomeTone]:
    """Queued, waiting and quarantined are one tone: nothing has been said yet."""
    quarantined = OutcomeTone(quiet.text, quiet.chip, chip_line=quiet.text)
    return MappingProxyType({"queued": quiet, "waiting": quiet, "quarantined": quarantined, **others})


LIGHT = Theme(
    name="light",
    page="#F4F5F7",
    card="#FFFFFF",
    fill="#ECEEF1",
    fill_2="#E2E5EA",
    ink="#12181F",
    ink_2="#4A5561",
    line="#78838F",
    hair="#D9DDE3",
    primary=Pair("#1B4B8F", "#FFFFFF"),
    primary_soft=Pair("#DCE8FA", "#0E2F5E"),
    strip=Pair("#27313B", "#FFFFFF"),
    go=Pair("#007360", "#FFFFFF"),
    look=Pair("#FFC220", "#1C1400"),
    stop=Pair("#B3001B", "#FFFFFF"),
    look_text="#7A5200",
    chart_2="#6B8CC0",
    outcomes=_outcomes(
        OutcomeTone("#4A5561", Pair("#E8EBEF", "#39434E")),
        received=OutcomeTone("#1B4B8F", Pair("#DCE8FA", "#0E2F5E")),
        posted=OutcomeTone("#007360", Pair("#D3F0E8", "#00483B")),
        awaiting_approval=OutcomeTone("#5B3A9E", Pair("#ECE4FB", "#44297D")),
        parked=OutcomeTone("#7A5200", Pair("#FFEFC7", "#5C3D00")),
        refused=OutcomeTone("#B3001B", Pair("#FFE1E1", "#8C0016")),
    ),
)

DARK = Theme(
    name="dark",
    page="#0E1216",
    card="#181D23",
    fill="#222931",
    fill_2="#2D353F",
    ink="#E8ECF1",
    ink_2="#A9B4C0",
    line="#6F7B88",
    hair="#2D353F",
    primary=Pair("#A8C8FF", "#06264F"),
    primary_soft=Pair("#17345F", "#D5E4FF"),
    strip=Pair("#2D353F", "#E8ECF1"),
    go=Pair("#00806B", "#FFFFFF"),
    look=Pair("#FFC220", "#1C1400"),
    stop=Pair("#C4122B", "#FFFFFF"),
    look_text="#FFCB45",
    chart_2="#6B8CC0",
    outcomes=_outcomes(
        OutcomeTone("#A9B4C0", Pair("#2D353F", "#CDD6E0")),
        received=OutcomeTone("#A8C8FF", Pair("#17345F", "#D5E4FF")),
        posted=OutcomeTone("#5CD8BC", Pair("#0B3B33", "#A5F0DC")),
        awaiting_approval=OutcomeTone("#C9B2FF", Pair("#35265A", "#E3D7FF")),
        parked=OutcomeTone("#FFCB45", Pair("#453200", "#FFE3A1")),
        refused=OutcomeTone("#FF8F8A", Pair("#561019", "#FFD9D7")),
    ),
)


def _outlined(colour: str) -> OutcomeTone:
    """High contrast: the chip is white, its line and words carry the colour."""
    return OutcomeTone(colour, Pair("#FFFFFF", colour), chip_line=colour)


CONTRAST = Theme(
    name="contrast",
    page="#FFFFFF",
    card="#FFFFFF",
    fill="#FFFFFF",
    fill_2="#FFFFFF",
    ink="#000000",
    ink_2="#000000",
    line="#000000",
    hair="#000000",
    primary=Pair("#00296B", "#FFFFFF"),
    primary_soft=Pair("#FFFFFF", "#000000"),
    strip=Pair("#000000", "#FFFFFF"),
    go=Pair("#004D40", "#FFFFFF"),
    look=Pair("#FFCC00", "#000000"),
    stop=Pair("#8F0012", "#FFFFFF"),
    look_text="#5C3D00",
    chart_2="#4A6FA8",
    outcomes=_outcomes(
        _outlined("#000000"),
        received=_outlined("#00296B"),
        posted=_outlined("#004D40"),
        awaiting_approval=_outlined("#3A1D7A"),
        parked=_outlined("#5C3D00"),
        refused=_outlined("#8F0012"),
    ),
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK, CONTRAST)})

ANSWERS: Mapping[str, AnswerShape] = MappingProxyType(
    {
        "go": AnswerShape("check_circle", 124, "solid", 10, 340, 1, 2100, 80, 0, 1, 40),
        "look": AnswerShape("warning", 124, "dashes", 12, 340, 2, 1400, 120, 80, 2, 90),
        "stop": AnswerShape("dangerous", 156, "stripes", 14, 348, 3, 500, 200, 90, 3, 220),
    }
)

OUTCOMES: Mapping[str, OutcomeShape] = MappingProxyType(
    {
        "queued": OutcomeShape("schedule", False, "ring"),
        "received": OutcomeShape("cloud_done", True, "cloud"),
        "waiting": OutcomeShape("hourglass_top", True, "hourglass"),
        "posted": OutcomeShape("check_circle", True, "circle"),
        "awaiting_approval": OutcomeShape("person", True, "diamond"),
        "parked": OutcomeShape("local_parking", False, "square"),
        "refused": OutcomeShape("dangerous", True, "octagon"),
        "quarantined": OutcomeShape("gpp_maybe", True, "shield"),
    }
)

TERMINAL_TYPE: Mapping[str, TypeSize] = MappingProxyType(
    {
        "answer_number": TypeSize(112, 104, 700, -4),
        "bin": TypeSize(60, 64, 700, -2.2, mono=True),
        "bin_least": TypeSize(44, 48, 700, -1.6, mono=True),
        "stop_word": TypeSize(64, 68, 700, -1),
        "stop_headline": TypeSize(42, 46, 700),
        "headline": TypeSize(34, 38, 700),
        "quantity": TypeSize(36, 40, 700),
        "title": TypeSize(20, 24, 700),
        "item_name": TypeSize(18, 23, 700),
        "body": TypeSize(16, 22, 400),
        "code": TypeSize(16, 22, 500, mono=True),
        "least": TypeSize(14, 18, 500),
    }
)

OFFICE_TYPE: Mapping[str, TypeSize] = MappingProxyType(
    {
        "title": TypeSize(24, 30, 700),
        "figure": TypeSize(28, 34, 700),
        "section": TypeSize(15, 20, 700),
        "body": TypeSize(14, 20, 400),
        "cell": TypeSize(13.5, 18, 400),
        "chip": TypeSize(13.5, 18, 500),
        "head": TypeSize(12.5, 16, 500),
        "least": TypeSize(12, 16, 400),
        "phone": TypeSize(16, 22, 400),
    }
)

SPACE: tuple[int, ...] = (4, 8, 12, 16, 24, 32)

TERMINAL_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "margin": 16,
        "answer_margin": 26,
        "gap": 12,
        "radius": 16,
        "radius_sheet": 24,
        "radius_chip": 6,
        "target": 56,
        "target_main": 72,
        "target_choice": 84,
        "target_pin": 84,
        "target_quantity": 74,
        "strip": 44,
        "strip_listens_below": 12,
        "settled": 56,
        "go_panel_ms": 1200,
        "dash": 26,
        "upper_edge_of_reach": 338,
    }
)

OFFICE_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "margin": 24,
        "gap": 14,
        "radius-s": 6,
        "radius-m": 8,
        "radius-l": 12,
        "target": 36,
        "target-phone": 48,
        "row": 36,
        "row-decide": 46,
        "nav": 212,
        "head": 56,
    }
)


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance of `#RRGGBB`."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21, whichever of the two is the lighter."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
