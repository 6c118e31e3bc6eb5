"""Moments and business days.

Every moment is an aware datetime in UTC; a naive one is refused. A posting date is the business
day of a moment in a location's time zone. "Now" is always a parameter.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class MomentError(ValueError):
    """A moment or day that is not exact: naive, out of the calendar, or in another notation."""


def parse_moment(text: str) -> datetime:
    """Read an RFC 3339 moment with an offset ("2011-12-06T13:36:02Z") as UTC; refuses naive ones."""
    if not _MOMENT.fullmatch(text):
        raise MomentError(f"expected a moment with an offset like 2011-12-06T13:36:02Z, found {text[:40]!r}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MomentError(f"expected a moment of the calendar, found {text!r}") from error


def moment_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with a Z; microseconds only where there are some."""
    return check_moment(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_moment(moment: datetime) -> datetime:
    """Give an aware moment back, refuse a naive one (MomentError)."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise MomentError(f"expected a moment with a time zone, found {moment.isoformat()}")
    return moment


def parse_day(text: str) -> date:
    """Read a day as YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        raise MomentError(f"expected a day like 2011-12-06, found {text[:40]!r}")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MomentError(f"expected a day of the calendar, found {text!r}") from error


def business_day(moment: datetime, time_zone: str) -> date:
    """The posting date of a moment at a location: its calendar day in that time zone."""
    return check_moment(moment).astimezone(ZoneInfo(time_zone)).date()


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def milliseconds_between(earlier: datetime, later: datetime) -> int:
    """Whole milliseconds from one moment to another; negative when they are swapped."""
    return (check_moment(later) - check_moment(earlier)) // timedelta(milliseconds=1)
