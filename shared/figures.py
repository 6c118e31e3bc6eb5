"""How numbers, dates, times and ages are written in English and French, on terminal and back office alike.

Minus is U+2212, French groups thousands with U+00A0 (Roboto has no U+202F), dates are never all digits, time
has 24 hours. Moments are given in the time zone in which they shall be read.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
NO_BREAK = "\u00a0"
LANGUAGES = ("en", "fr")

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_SHORT_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
}
_SHORT_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}

DAY = timedelta(days=1)
THREE_DAYS = timedelta(days=3)


def number(
    value: Decimal | int, language: str, *, at_least: int = 0, at_most: int = 5, signed: bool = False
) -> str:
    """Grouped digits with `at_least` to `at_most` decimals, rounded half away from zero."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-at_most), ROUND_HALF_UP)
    whole, _, decimals = f"{abs(rounded):,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(at_least, "0")
    text = f"{whole}.{decimals}" if decimals else whole
    if language == "fr":
        text = text.replace(",", NO_BREAK).replace(".", ",")
    if rounded < 0:
        return MINUS + text
    return "+" + text if signed and rounded > 0 else text


def quantity(value: Decimal | int, language: str, *, signed: bool = False) -> str:
    """Pieces or any unit of measure: as many of 5 decimals as the value has."""
    return number(value, language, signed=signed)


def amount(value: Decimal | int, language: str, *, signed: bool = False) -> str:
    """An amount of money with its 2 decimals; the currency stands in the head of the column."""
    return number(value, language, at_least=2, at_most=2, signed=signed)


def unit_cost(value: Decimal | int, language: str) -> str:
    """A cost per unit: 4 decimals, or 5 where they are needed."""
    return number(value, language, at_least=4, at_most=5)


def percent(value: Decimal | int, language: str, *, signed: bool = False) -> str:
    """A share given in percent, one decimal."""
    return number(value, language, at_least=1, at_most=1, signed=signed) + NO_BREAK + "%"


def money(value: Decimal | int, language: str, symbol: str, *, signed: bool = False) -> str:
    """An amount with its sign of currency, for sentences and totals: −£31.05, −31,05 £."""
    text = amount(value, language, signed=signed)
    if language == "fr":
        return text + NO_BREAK + symbol
    sign, digits = (text[0], text[1:]) if text[0] in (MINUS, "+") else ("", text)
    return sign + symbol + digits


def day(value: date, language: str) -> str:
    """6 Dec 2011, 6 déc. 2011."""
    return f"{day_of_year(value, language)}{NO_BREAK}{value.year}"


def day_of_year(value: date, language: str) -> str:
    """6 Dec, 6 déc.: for axes and where the year is said elsewhere."""
    return f"{value.day}{NO_BREAK}{_SHORT_MONTHS[language][value.month - 1]}"


def day_near(value: date, today: date, language: str) -> str:
    """Thu 8 Dec within a week of today, with the year otherwise."""
    if abs(value - today) >= timedelta(days=7):
        return day(value, language)
    return f"{_SHORT_DAYS[language][value.weekday()]}{NO_BREAK}{day_of_year(value, language)}"


def day_in_words(value: date, language: str) -> str:
    """Tuesday 6 December 2011, mardi 6 décembre 2011."""
    return f"{_DAYS[language][value.weekday()]} {value.day} {_MONTHS[language][value.month - 1]} {value.year}"


def clock(value: datetime, *, seconds: bool = False) -> str:
    """14:32; with seconds only in trails."""
    return value.strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(value: datetime, today: date, language: str, *, seconds: bool = False) -> str:
    """The time alone today, the day before it otherwise (with the year when that is another one)."""
    time_of_day = clock(value, seconds=seconds)
    if value.date() == today:
        return time_of_day
    written = day_of_year if value.year == today.year else day
    return f"{written(value.date(), language)}{NO_BREAK}{time_of_day}"


def age(value: timedelta, language: str) -> str:
    """44 s, 52 min, 4 h 27, 26 h, 3 days. A clock that runs ahead makes no negative age."""
    seconds = max(0, int(value.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{seconds}{NO_BREAK}s"
    if hours < 1:
        return f"{minutes}{NO_BREAK}min"
    if value < DAY:
        return f"{hours}{NO_BREAK}h{NO_BREAK}{minutes % 60:02d}"
    if value < THREE_DAYS:
        return f"{hours}{NO_BREAK}h"
    return f"{days}{NO_BREAK}{'days' if language == 'en' else 'jours'}"


def is_too_old(value: timedelta) -> bool:
    """Over 24 hours: written in red with an icon."""
    return value > DAY


def french_spaces(text: str) -> str:
    """The text with no-break spaces where French wants them, so that no line begins with a question mark."""
    for sign in "?:;!»%":
        text = text.replace(f" {sign}", f"{NO_BREAK}{sign}")
    return text.replace("« ", f"«{NO_BREAK}")
