"""The set-up of costs, accounting periods and posting dates, and what a change brings with it."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.errors import UnadjustedEntries
from server.ledger import accounting_periods as calendar
from server.ledger.accounting_periods import Accounting
from server.ledger.cost_setup import (
    AverageScope,
    CostSetup,
    change_cost_setup,
    clear_posting_dates,
    read_cost_setup,
    set_posting_dates,
)
from server.ledger.tables import ItemCost
from server.masterdata.facts import PostingDates
from server.masterdata.faults import CardMissing, ChangeRefused
from server.masterdata.load import load_facts, load_setup
from tests.server.periods.books import (
    cost_by,
    points,
    post_by_hand,
    say_adjusted,
    say_point,
    unadjusted_items,
)

TODAY = date(2026, 3, 2)
FIRST = date(2026, 1, 1)


def change(**changes: Any) -> CostSetup:
    return write(lambda connection: change_cost_setup(connection, changes, today=TODAY))[1]


def add_period(start: date, *, begins_year: bool = False) -> None:
    period = Accounting(starting_date=start, name="", is_new_fiscal_year=begins_year, is_closed=False)
    write(lambda connection: calendar.create_accounting_period(connection, period))


def starts() -> tuple[date, ...]:
    found = load_setup(db.session.connection()).accounting_periods
    db.session.rollback()
    return found


def own_dates() -> PostingDates | None:
    facts = load_facts(
        db.session.connection(),
        item_nos=(),
        location_codes=(),
        bins=(),
        reason_codes=(),
        person_ids=("marek",),
    )
    db.session.rollback()
    return facts.posting_dates.get("marek")


def average_books() -> None:
    """An average item, posted to in two years and all adjusted."""
    cost_by("Average", "GLOBE")
    say_adjusted("GLOBE", is_adjusted=True)
    say_adjusted("BUNTING", is_adjusted=True)
    for number, day in enumerate((date(2025, 12, 30), date(2026, 1, 5), date(2026, 1, 6)), 1):
        post_by_hand(number, "GLOBE", 5, day)
        say_point("GLOBE", day, is_adjusted=True)


def test_a_change_is_what_postings_read(warehouse: Flask) -> None:
    change(automatic_cost_posting=True, allow_posting_from=FIRST, allow_posting_to=TODAY)

    setup = load_setup(db.session.connection())
    assert (setup.automatic_cost_posting, setup.allow_posting_from, setup.allow_posting_to) == (
        True,
        FIRST,
        TODAY,
    )


def test_dates_that_hold_no_day_are_refused(warehouse: Flask) -> None:
    with pytest.raises(ChangeRefused) as refused:
        change(allow_posting_from=TODAY, allow_posting_to=FIRST)

    assert refused.value.faults[0].code == "dates_crossed"
    assert read_cost_setup(db.session.connection()).allow_posting_from is None


def test_another_average_period_forms_this_year_s_periods_anew(warehouse: Flask) -> None:
    average_books()

    change(average_cost_period="month")

    assert points() == {
        ("GLOBE", "", "", date(2025, 12, 30), True),
        ("GLOBE", "", "", date(2026, 1, 31), False),
    }
    assert unadjusted_items() == {"GLOBE"}


def test_this_year_is_the_fiscal_year_of_the_work_date(warehouse: Flask) -> None:
    average_books()
    add_period(date(2025, 12, 1), begins_year=True)
    add_period(date(2026, 2, 1), begins_year=True)

    change(average_cost_calc_type=AverageScope.ITEM_LOCATION_VARIANT, work_date=date(2026, 1, 10))

    assert points() == {
        ("GLOBE", "", "DC", date(2025, 12, 30), False),
        ("GLOBE", "", "DC", date(2026, 1, 5), False),
        ("GLOBE", "", "DC", date(2026, 1, 6), False),
    }


def test_any_other_change_marks_nothing(warehouse: Flask) -> None:
    average_books()

    change(automatic_cost_adjustment="always", cost_at_posting="card", expected_cost_posting=True)

    assert unadjusted_items() == set()
    assert all(is_adjusted for *_, is_adjusted in points())


def test_the_earliest_valuation_date_needs_all_before_it_adjusted(warehouse: Flask) -> None:
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    say_adjusted("GLOBE", is_adjusted=False)

    with pytest.raises(UnadjustedEntries, match="GLOBE"):
        change(earliest_valuation_date=date(2026, 1, 11))
    assert change(earliest_valuation_date=date(2026, 1, 10)).earliest_valuation_date == date(2026, 1, 10)
    assert change(earliest_valuation_date=None).earliest_valuation_date is None


def test_setting_the_same_date_again_asks_nothing(warehouse: Flask) -> None:
    change(earliest_valuation_date=date(2026, 2, 1))
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    say_adjusted("GLOBE", is_adjusted=False)

    assert change(
        earliest_valuation_date=date(2026, 2, 1), automatic_cost_posting=True
    ).automatic_cost_posting


def test_a_fiscal_year_has_twelve_periods_of_a_month(warehouse: Flask) -> None:
    write(lambda connection: calendar.create_fiscal_year(connection, date(2025, 8, 31)))

    assert starts()[:3] == (date(2025, 8, 31), date(2025, 9, 30), date(2025, 10, 31))
    assert starts()[5:7] == (date(2026, 1, 31), date(2026, 2, 28))
    assert len(starts()) == 12
    assert load_setup(db.session.connection()).fiscal_years == (date(2025, 8, 31),)


def test_an_accounting_period_is_created_once(warehouse: Flask) -> None:
    add_period(FIRST)

    with pytest.raises(ChangeRefused):
        add_period(FIRST)
    with pytest.raises(ChangeRefused):
        write(lambda connection: calendar.create_fiscal_year(connection, date(2025, 7, 1)))

    assert starts() == (FIRST,)


def test_a_period_too_far_ahead_is_refused(warehouse: Flask) -> None:
    with pytest.raises(ChangeRefused):
        write(lambda connection: calendar.create_fiscal_year(connection, date(9999, 2, 1)))


def test_what_is_not_there_cannot_be_changed_or_deleted(warehouse: Flask) -> None:
    period = Accounting(starting_date=FIRST, name="x", is_new_fiscal_year=False, is_closed=True)
    for act in (
        lambda connection: calendar.change_accounting_period(connection, period),
        lambda connection: calendar.delete_accounting_period(connection, FIRST),
    ):
        with pytest.raises(CardMissing):
            write(act)


def test_an_accounting_period_that_moves_bounds_forms_average_periods_anew(warehouse: Flask) -> None:
    average_books()
    change(average_cost_period="accounting_period")
    assert points() - {("GLOBE", "", "", date(2025, 12, 30), True)} == {
        ("GLOBE", "", "", date(2026, 1, 31), False)
    }

    add_period(date(2026, 1, 6))

    assert points() - {("GLOBE", "", "", date(2025, 12, 30), True)} == {
        ("GLOBE", "", "", date(2026, 1, 5), False),
        ("GLOBE", "", "", date(2026, 1, 31), False),
    }

    write(lambda connection: calendar.delete_accounting_period(connection, date(2026, 1, 6)))

    assert points() - {("GLOBE", "", "", date(2025, 12, 30), True)} == {
        ("GLOBE", "", "", date(2026, 1, 31), False)
    }


def test_an_accounting_period_between_days_marks_nothing_where_averages_are_daily(warehouse: Flask) -> None:
    average_books()

    add_period(date(2026, 1, 6), begins_year=True)

    assert unadjusted_items() == set()


def test_closing_an_accounting_period_marks_nothing(warehouse: Flask) -> None:
    average_books()
    change(average_cost_period="accounting_period")
    add_period(date(2026, 1, 6))
    write(lambda connection: connection.execute(sa.update(ItemCost).values(is_adjusted=True)))
    period = Accounting(starting_date=date(2026, 1, 6), name="P1", is_new_fiscal_year=False, is_closed=True)

    write(lambda connection: calendar.change_accounting_period(connection, period))

    assert unadjusted_items() == set()


def test_a_person_s_dates_are_set_changed_and_cleared(warehouse: Flask) -> None:
    write(lambda connection: set_posting_dates(connection, "marek", FIRST, None))
    assert own_dates() == PostingDates(FIRST, None)

    write(lambda connection: set_posting_dates(connection, "marek", None, TODAY))
    assert own_dates() == PostingDates(None, TODAY)

    write(lambda connection: clear_posting_dates(connection, "marek"))
    assert own_dates() is None


def test_a_person_s_dates_that_hold_no_day_are_refused(warehouse: Flask) -> None:
    with pytest.raises(ChangeRefused):
        write(lambda connection: set_posting_dates(connection, "marek", TODAY, FIRST))

    assert own_dates() is None
