"""What one key event of Flet means as text.

Flet names a key by its cap: letters in upper case, digits without the symbol above them. What a scanner
meant is worked out from the cap, the shift flag and the keyboard layout that the scanner was set up for. An
event that is no text (an arrow, a lone Shift) means "", so that nothing but text ever stands in a scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ENTER = "\r"
TAB = "\t"

NAMED: Mapping[str, str] = MappingProxyType(
    {
        "Enter": ENTER,
        "Numpad Enter": ENTER,
        "\n": ENTER,
        "\r": ENTER,
        "Tab": TAB,
        "Space": " ",
        "Numpad Add": "+",
        "Numpad Subtract": "-",
        "Numpad Multiply": "*",
        "Numpad Divide": "/",
        "Numpad Decimal": ".",
        "Numpad Equal": "=",
        **{f"Numpad {digit}": str(digit) for digit in range(10)},
    }
)

# Scanners send control characters as Ctrl and the key 0x40 above: GS is Ctrl+], a line feed Ctrl+J. The
# other letters stay out: Ctrl+R and Ctrl+C are commands of a person to the browser.
WITH_CTRL: Mapping[str, str] = MappingProxyType(
    {
        "]": "\x1d",
        "\\": "\x1c",
        "^": "\x1e",
        "_": "\x1f",
        "6": "\x1e",
        "D": "\x04",
        "M": ENTER,
        "J": ENTER,
        "I": TAB,
    }
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The keyboard that a scanner pretends to be: what a cap gives with Shift and, if it differs, without."""

    name: str
    shifted: Mapping[str, str]
    plain: Mapping[str, str] = field(default_factory=dict)


def _pairs(caps: str, texts: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(caps, texts, strict=True)))


US = Layout("us", _pairs("1234567890-=[]\\;',./`", '!@#$%^&*()_+{}|:"<>?~'))
GERMAN = Layout("de", _pairs("1234567890ß-,.#+<", "!\"§$%&/()=?_;:'*>"))
# On a French keyboard the digits are the shifted ones.
FRENCH = Layout("fr", _pairs("1234567890,;:!", "1234567890?./§"), _pairs("1234567890", "&é\"'(-è_çà"))
LAYOUTS: Mapping[str, Layout] = MappingProxyType({layout.name: layout for layout in (US, GERMAN, FRENCH)})


def text_of_key(
    key: str, *, shift: bool = False, ctrl: bool = False, alt: bool = False, layout: Layout = US
) -> str:
    """The character that a key event stands for: ENTER, TAB, one of the text, or "" for what is no text."""
    if key in NAMED:
        return NAMED[key]
    if len(key) != 1:
        return ""
    if ctrl and not alt:
        return WITH_CTRL.get(key.upper(), "")
    if ctrl and alt:
        return key  # AltGr: the browser has already found the symbol.
    if shift:
        return layout.shifted.get(key, key.upper())
    return layout.plain.get(key, key.lower())
