"""What a scan says: a GTIN, lot, serial, dates and counts where it is a GS1 code, else its text unchanged.

Always holds: `text` is what was read without the symbology identifier, so that whatever is not GS1 can still
be looked up; a code that breaks its own rules has a `fault` and no values. "Today" is a parameter, because
two-digit years need a century.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.gs1.check_digits import is_digits
from shared.gs1.element_string import GROUP_SEPARATOR, Element, ElementFault, read_date, read_elements
from shared.gs1.gtin import expand_upc_e, fold

# Symbology identifiers (ISO/IEC 15424) that promise an element string.
_ELEMENT_SYMBOLOGIES = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})
_GTIN_SYMBOLOGIES = frozenset({"]E0", "]E4", "]I1"})
# What an element string from a reader without symbology identifiers begins with.
_FIRST_IDENTIFIERS = ("00", "01", "02")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One scan, understood. `quantity` is the label's own count (AI 30 or 37)."""

    text: str
    symbology: str = ""
    elements: tuple[Element, ...] = ()
    gtin14: str = ""
    lot_no: str = ""
    serial_no: str = ""
    expires_on: date | None = None
    best_before: date | None = None
    production_date: date | None = None
    quantity: Decimal | None = None
    sscc: str = ""
    fault: str = ""

    @property
    def is_gs1(self) -> bool:
        return bool(self.gtin14 or self.elements)


def read_label(raw: str, today: date, symbology: str = "") -> Label:
    """Understand a scan. A symbology identifier may be given or stand before the text (`]C1…`)."""
    symbology, text = _split_symbology(raw, symbology)
    if symbology in _ELEMENT_SYMBOLOGIES or GROUP_SEPARATOR in text:
        return _read_element_string(text, symbology, today)
    gtin14 = expand_upc_e(text) if symbology == "]X0" else fold(text)
    if gtin14 is not None:
        return Label(text=text, symbology=symbology, gtin14=gtin14)
    if symbology in _GTIN_SYMBOLOGIES:
        return Label(text=text, symbology=symbology, fault="check_digit")
    if not symbology and text[:2] in _FIRST_IDENTIFIERS and len(text) >= 16 and is_digits(text[:16]):
        return _read_element_string(text, symbology, today)
    return Label(text=text, symbology=symbology)


def _split_symbology(raw: str, symbology: str) -> tuple[str, str]:
    if len(raw) > 3 and raw[0] == "]" and raw[1].isalpha() and raw[2].isalnum():
        return raw[:3], raw[3:]
    return symbology, raw


def _read_element_string(text: str, symbology: str, today: date) -> Label:
    try:
        elements = read_elements(text, today)
    except ElementFault as fault:
        return Label(text=text, symbology=symbology, fault=fault.kind)
    values = {element.ai: element.value for element in elements}
    count = values.get("30") or values.get("37")

    def day(ai: str) -> date | None:
        return read_date(values[ai], today) if ai in values else None

    return Label(
        text=text,
        symbology=symbology,
        elements=elements,
        gtin14=values.get("01") or values.get("02", ""),
        lot_no=values.get("10", ""),
        serial_no=values.get("21", ""),
        expires_on=day("17"),
        best_before=day("15"),
        production_date=day("11"),
        quantity=Decimal(count) if count else None,
        sscc=values.get("00", ""),
    )
