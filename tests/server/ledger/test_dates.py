"""Which days may be posted on and valued at, and where a correction of costs goes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from server.errors import InventoryPeriodClosed, PostingDateNotAllowed, ValuationDateTooEarly
from server.ledger.dates import adjustment_date, check_posting_date, check_valuation_date
from server.masterdata.facts import PostingDates, SetupFacts

OPEN = SetupFacts(Decimal("0.01"), prevent_negative_inventory=True, server_epoch="e")
JANUARY_CLOSED = replace(OPEN, closed_through=date(2026, 1, 31))
FEBRUARY_ONLY = replace(OPEN, allow_posting_from=date(2026, 2, 1), allow_posting_to=date(2026, 2, 28))


def test_any_day_is_open_where_nothing_is_set() -> None:
    check_posting_date(OPEN, None, date.min)
    check_posting_date(OPEN, None, date.max)


def test_the_last_day_of_a_closed_period_is_closed_and_the_next_is_not() -> None:
    with pytest.raises(InventoryPeriodClosed, match="2026-01-31 <= 2026-01-31"):
        check_posting_date(JANUARY_CLOSED, None, date(2026, 1, 31))

    check_posting_date(JANUARY_CLOSED, None, date(2026, 2, 1))


def test_a_closed_period_is_closed_for_those_with_dates_of_their_own_too() -> None:
    with pytest.raises(InventoryPeriodClosed):
        check_posting_date(JANUARY_CLOSED, PostingDates(None, None), date(2026, 1, 31))


def test_the_company_allows_its_first_and_last_day() -> None:
    check_posting_date(FEBRUARY_ONLY, None, date(2026, 2, 1))
    check_posting_date(FEBRUARY_ONLY, None, date(2026, 2, 28))


@pytest.mark.parametrize(
    ("day", "hint"),
    [
        (date(2026, 1, 31), "2026-01-31 < 2026-02-01 (company)"),
        (date(2026, 3, 1), "2026-03-01 > 2026-02-28 (company)"),
    ],
)
def test_the_company_refuses_days_outside(day: date, hint: str) -> None:
    with pytest.raises(PostingDateNotAllowed) as refused:
        check_posting_date(FEBRUARY_ONLY, None, day)

    assert refused.value.hint == hint


def test_a_person_s_dates_stand_in_place_of_the_company_s() -> None:
    march = PostingDates(date(2026, 3, 1), date(2026, 3, 31))
    check_posting_date(FEBRUARY_ONLY, march, date(2026, 3, 1))

    with pytest.raises(PostingDateNotAllowed) as refused:
        check_posting_date(FEBRUARY_ONLY, march, date(2026, 2, 28))

    assert refused.value.hint == "2026-02-28 < 2026-03-01 (person)"


def test_a_side_that_a_person_s_dates_leave_out_is_open() -> None:
    check_posting_date(FEBRUARY_ONLY, PostingDates(date(2026, 2, 10), None), date(2030, 1, 1))
    check_posting_date(FEBRUARY_ONLY, PostingDates(None, date(2026, 2, 10)), date(2000, 1, 1))


def test_the_earliest_valuation_date_is_itself_allowed() -> None:
    setup = replace(OPEN, earliest_valuation_date=date(2026, 1, 10))
    check_valuation_date(setup, date(2026, 1, 10))
    check_valuation_date(OPEN, date.min)

    with pytest.raises(ValuationDateTooEarly, match="2026-01-09 < 2026-01-10"):
        check_valuation_date(setup, date(2026, 1, 9))


@pytest.mark.parametrize(
    ("allow_from", "closed_through", "wanted", "goes_to"),
    [
        (None, None, date(2026, 1, 15), date(2026, 1, 15)),
        (date(2026, 2, 5), None, date(2026, 1, 15), date(2026, 2, 5)),
        (None, date(2026, 1, 31), date(2026, 1, 15), date(2026, 2, 1)),
        (date(2026, 2, 5), date(2026, 1, 31), date(2026, 1, 15), date(2026, 2, 5)),
        (date(2026, 1, 10), date(2026, 1, 31), date(2026, 1, 15), date(2026, 2, 1)),
        (date(2026, 2, 5), date(2026, 1, 31), date(2026, 2, 5), date(2026, 2, 5)),
        (date(2026, 2, 5), date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 1)),
    ],
)
def test_a_correction_goes_to_the_first_open_day(
    allow_from: date | None, closed_through: date | None, wanted: date, goes_to: date
) -> None:
    setup = replace(OPEN, allow_posting_from=allow_from, closed_through=closed_through)

    assert adjustment_date(setup, wanted) == goes_to


def test_the_last_allowed_day_moves_no_correction() -> None:
    assert adjustment_date(FEBRUARY_ONLY, date(2026, 4, 1)) == date(2026, 4, 1)
