"""The periods that an average cost is formed over. Pure: days in, days out.

Every day lies in exactly one period of a kind, periods of a kind follow each other without a gap, and none
holds days of two fiscal years.
Source: costing rules 6.3.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

DAY, WEEK, MONTH, ACCOUNTING_PERIOD = "day", "week", "month", "accounting_period"
PERIOD_KINDS = (DAY, WEEK, MONTH, ACCOUNTING_PERIOD)
_ONE_DAY = timedelta(days=1)


def period_of(
    day: date, kind: str, accounting_periods: Sequence[date], fiscal_years: Sequence[date]
) -> tuple[date, date]:
    """First and last day of the period that `day` lies in.

    `accounting_periods` and `fiscal_years` are first days, ascending. Weeks run from Monday to Sunday. Days
    before the first accounting period, and from the last one on, whose end no other tells, are taken by
    calendar months.
    """
    first, last = _unbroken(day, kind, accounting_periods)
    return _within(day, first, last, fiscal_years)


def fiscal_year_start(day: date, fiscal_years: Sequence[date]) -> date:
    """First day of the fiscal year that `day` lies in; 1 January where the books know none so early."""
    before = bisect_right(fiscal_years, day)
    return fiscal_years[before - 1] if before else day.replace(month=1, day=1)


def _unbroken(day: date, kind: str, accounting_periods: Sequence[date]) -> tuple[date, date]:
    """The period as if there were no fiscal years."""
    if kind == DAY:
        return day, day
    if kind == WEEK:
        monday = _back(day, day.weekday())
        return monday, _on(day, 6 - day.weekday())
    month = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if kind == MONTH:
        return month
    if kind != ACCOUNTING_PERIOD:
        raise ValueError(f"expected one of {', '.join(PERIOD_KINDS)}, found {kind!r}")
    before = bisect_right(accounting_periods, day)
    if 0 < before < len(accounting_periods):
        return accounting_periods[before - 1], accounting_periods[before] - _ONE_DAY
    return _within(day, *month, accounting_periods)


def _within(day: date, first: date, last: date, starts: Sequence[date]) -> tuple[date, date]:
    """The part of a period around `day` that no start of something cuts off."""
    before = bisect_right(starts, day)
    if before:
        first = max(first, starts[before - 1])
    if before < len(starts):
        last = min(last, starts[before] - _ONE_DAY)
    return first, last


def _back(day: date, days: int) -> date:
    """So many days earlier, but no day before the calendar begins."""
    return day - timedelta(days=min(days, (day - date.min).days))


def _on(day: date, days: int) -> date:
    """So many days later, but no day after the calendar ends."""
    return day + timedelta(days=min(days, (date.max - day).days))
