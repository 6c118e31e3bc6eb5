"""How days form average cost periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.costing.periods import PERIOD_KINDS, fiscal_year_start, period_of

NONE: tuple[date, ...] = ()
# A company whose year begins on 1 July, with periods of four, four and five weeks.
QUARTER = (date(2026, 7, 1), date(2026, 7, 29), date(2026, 8, 26), date(2026, 10, 1))
YEARS = (date(2025, 7, 1), date(2026, 7, 1))


@pytest.mark.parametrize(
    ("day", "kind", "first", "last"),
    [
        (date(2026, 3, 4), "day", date(2026, 3, 4), date(2026, 3, 4)),
        (date(2026, 3, 4), "week", date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 2), "week", date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 8), "week", date(2026, 3, 2), date(2026, 3, 8)),
        (date(2024, 2, 10), "month", date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 12, 31), "month", date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 8, 25), "accounting_period", date(2026, 7, 29), date(2026, 8, 25)),
        (date(2026, 8, 26), "accounting_period", date(2026, 8, 26), date(2026, 9, 30)),
    ],
)
def test_a_day_lies_in_its_period(day: date, kind: str, first: date, last: date) -> None:
    assert period_of(day, kind, QUARTER, YEARS) == (first, last)


def test_a_week_stops_where_a_fiscal_year_begins() -> None:
    # 1 July 2026 is a Wednesday.
    assert period_of(date(2026, 6, 30), "week", NONE, YEARS) == (date(2026, 6, 29), date(2026, 6, 30))
    assert period_of(date(2026, 7, 3), "week", NONE, YEARS) == (date(2026, 7, 1), date(2026, 7, 5))


def test_a_month_stops_where_a_fiscal_year_begins() -> None:
    years = (date(2026, 4, 6),)

    assert period_of(date(2026, 4, 5), "month", NONE, years) == (date(2026, 4, 1), date(2026, 4, 5))
    assert period_of(date(2026, 4, 6), "month", NONE, years) == (date(2026, 4, 6), date(2026, 4, 30))


def test_a_week_without_fiscal_years_runs_over_new_year() -> None:
    assert period_of(date(2026, 1, 1), "week", NONE, NONE) == (date(2025, 12, 29), date(2026, 1, 4))


def test_where_accounting_periods_end_months_go_on() -> None:
    starts = (date(2026, 1, 5), date(2026, 2, 2))

    assert period_of(date(2026, 1, 4), "accounting_period", starts, NONE) == (
        date(2026, 1, 1),
        date(2026, 1, 4),
    )
    assert period_of(date(2026, 2, 2), "accounting_period", starts, NONE) == (
        date(2026, 2, 2),
        date(2026, 2, 28),
    )
    assert period_of(date(2026, 3, 9), "accounting_period", starts, NONE) == (
        date(2026, 3, 1),
        date(2026, 3, 31),
    )


def test_the_calendar_has_two_ends() -> None:
    assert period_of(date.max, "week", NONE, NONE)[1] == date.max
    assert period_of(date.min, "week", NONE, NONE)[0] == date.min


def test_an_unknown_kind_is_a_bug() -> None:
    with pytest.raises(ValueError, match="quarter"):
        period_of(date(2026, 1, 1), "quarter", NONE, NONE)


def test_a_fiscal_year_begins_where_the_books_say_else_in_january() -> None:
    assert fiscal_year_start(date(2026, 6, 30), YEARS) == date(2025, 7, 1)
    assert fiscal_year_start(date(2026, 7, 1), YEARS) == date(2026, 7, 1)
    assert fiscal_year_start(date(2024, 5, 5), YEARS) == date(2024, 1, 1)
    assert fiscal_year_start(date(2024, 5, 5), NONE) == date(2024, 1, 1)


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
STARTS = st.lists(DAYS, unique=True, max_size=8).map(sorted)


@given(day=DAYS, kind=st.sampled_from(PERIOD_KINDS), periods=STARTS, years=STARTS)
def test_periods_follow_each_other_without_gap_and_hold_one_fiscal_year(
    day: date, kind: str, periods: list[date], years: list[date]
) -> None:
    first, last = period_of(day, kind, periods, years)

    assert first <= day <= last
    assert period_of(first, kind, periods, years) == (first, last)
    assert period_of(last, kind, periods, years) == (first, last)
    assert period_of(last + timedelta(days=1), kind, periods, years)[0] == last + timedelta(days=1)
    assert not [year for year in years if first < year <= last]
