"""Splits a GS1 element string into its elements and checks each.

Raises ElementFault, whose kind is one of check_digit, length, charset, date, unknown_ai, empty.
"""

import calendar
from dataclasses import dataclass
from datetime import date

from shared.gs1.application_identifiers import (
    CHARACTER_SET_82,
    ApplicationIdentifier,
    identifier_at,
)
from shared.gs1.check_digits import has_right_check_digit, is_digits

GROUP_SEPARATOR = "\x1d"


class ElementFault(ValueError):
    """An element string that breaks its own rules."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier and its value, as it stands in the code."""

    ai: str
    value: str


def read_elements(text: str, today: date) -> tuple[Element, ...]:
    """The elements in their order. Leading, trailing and needless separators are passed over."""
    elements = []
    rest = text.lstrip(GROUP_SEPARATOR)
    while rest:
        entry = identifier_at(rest)
        if entry is None:
            raise ElementFault("unknown_ai", f"expected an application identifier, found {rest[:4]!r}")
        value, rest = _take(entry, rest[len(entry.ai) :])
        _check(entry, value, today)
        elements.append(Element(entry.ai, value))
        rest = rest.lstrip(GROUP_SEPARATOR)
    if not elements:
        raise ElementFault("empty", "expected an application identifier, found nothing")
    return tuple(elements)


def _take(entry: ApplicationIdentifier, rest: str) -> tuple[str, str]:
    if entry.is_predefined:
        return rest[: entry.high], rest[entry.high :]
    value, _, behind = rest.partition(GROUP_SEPARATOR)
    return value, behind


def _check(entry: ApplicationIdentifier, value: str, today: date) -> None:
    if not value:
        raise ElementFault("empty", f"expected a value behind ({entry.ai})")
    if not entry.low <= len(value) <= entry.high:
        raise ElementFault(
            "length", f"expected {entry.low} to {entry.high} characters in ({entry.ai}), found {len(value)}"
        )
    if entry.is_numeric and not is_digits(value):
        raise ElementFault("charset", f"expected digits in ({entry.ai}), found {value!r}")
    if not CHARACTER_SET_82.issuperset(value):
        raise ElementFault("charset", f"expected GS1 characters in ({entry.ai}), found {value!r}")
    if entry.has_check_digit and not has_right_check_digit(value):
        raise ElementFault("check_digit", f"wrong check digit in ({entry.ai}){value}")
    if entry.is_date:
        read_date(value, today)


def read_date(value: str, today: date) -> date:
    """YYMMDD as a day. Day 00 is the last of the month; the century is the one nearest to today (7.12)."""
    year, month, day = int(value[:2]), int(value[2:4]), int(value[4:])
    distance = year - today.year % 100
    century = today.year // 100 * 100
    if distance >= 51:
        century -= 100
    elif distance <= -50:
        century += 100
    try:
        return date(century + year, month, day or calendar.monthrange(century + year, month)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ElementFault("date", f"expected a day as YYMMDD, found {value!r}") from error
