"""Jinja filters: a value as a person reads it, in the language of the page and the time zone of the location.

Nothing becomes an empty text, as an empty cell; zero stays 0.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import wraps
from zoneinfo import ZoneInfo

from flask import Flask, g
from jinja2 import pass_context
from jinja2.runtime import Context

from server.web.frame import Frame
from server.web.words import current_language
from shared import figures

Moment = datetime


def local(value: Moment) -> Moment:
    """A moment in the time zone of the location that the page shows; naive moments are refused."""
    if value.tzinfo is None:
        raise TypeError(f"expected a moment with its zone, found {value!r}")
    frame: Frame | None = g.get("frame")
    return value.astimezone(ZoneInfo(frame.time_zone if frame else "UTC"))


def now() -> Moment:
    """The page's own moment, the same all over the page; a test sets `g.page_moment`."""
    if "page_moment" not in g:
        g.page_moment = datetime.now(UTC)
    moment: Moment = g.page_moment
    return moment


def quantity(value: Decimal | int | None) -> str:
    return "" if value is None else figures.quantity(value, current_language())


def change(value: Decimal | int | None) -> str:
    return "" if value is None else figures.quantity(value, current_language(), signed=True)


def amount(value: Decimal | int | None) -> str:
    return "" if value is None else figures.amount(value, current_language())


def amount_change(value: Decimal | int | None) -> str:
    return "" if value is None else figures.amount(value, current_language(), signed=True)


def money(value: Decimal | int | None, symbol: str = "£", *, signed: bool = False) -> str:
    return "" if value is None else figures.money(value, current_language(), symbol, signed=signed)


def unit_cost(value: Decimal | int | None) -> str:
    return "" if value is None else figures.unit_cost(value, current_language())


def percent(value: Decimal | int | None, *, signed: bool = False) -> str:
    return "" if value is None else figures.percent(value, current_language(), signed=signed)


def day(value: date | Moment | None) -> str:
    if value is None:
        return ""
    return figures.day(local(value).date() if isinstance(value, datetime) else value, current_language())


def day_near(value: date | Moment | None) -> str:
    if value is None:
        return ""
    wanted = local(value).date() if isinstance(value, datetime) else value
    return figures.day_near(wanted, local(now()).date(), current_language())


def day_in_words(value: date | Moment) -> str:
    wanted = local(value).date() if isinstance(value, datetime) else value
    return figures.day_in_words(wanted, current_language())


def clock(value: Moment | None, *, seconds: bool = False) -> str:
    return "" if value is None else figures.clock(local(value), seconds=seconds)


def moment(value: Moment | None, *, seconds: bool = False) -> str:
    if value is None:
        return ""
    return figures.moment(local(value), local(now()).date(), current_language(), seconds=seconds)


def age_of(value: Moment | timedelta) -> timedelta:
    return value if isinstance(value, timedelta) else now() - value


def age(value: Moment | timedelta | None) -> str:
    return "" if value is None else figures.age(age_of(value), current_language())


def is_too_old(value: Moment | timedelta) -> bool:
    return figures.is_too_old(age_of(value))


def short_id(value: object) -> str:
    """0193…8f2c: enough of a UUID to recognise it; the whole stands in its link and title."""
    text = str(value)
    return f"{text[:4]}…{text[-4:]}" if len(text) > 12 else text


FILTERS = {
    filter_.__name__: filter_
    for filter_ in (
        quantity, change, amount, amount_change, money, unit_cost, percent,
        day, day_near, day_in_words, clock, moment, age, is_too_old, short_id,
    )
}  # fmt: skip


def install_filters(app: Flask) -> None:
    """Register them so that Jinja asks each time; else a constant stays in the first page's language."""
    app.jinja_env.filters.update({name: _asked_each_time(filter_) for name, filter_ in FILTERS.items()})


def _asked_each_time(filter_: Callable[..., object]) -> Callable[..., object]:
    @pass_context
    @wraps(filter_)
    def asked(_context: Context, *values: object, **options: object) -> object:
        return filter_(*values, **options)

    return asked
