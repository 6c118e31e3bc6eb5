"""Numbers, dates and ages are written the same on both surfaces, in English and in French."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from shared import figures

TODAY = date(2011, 12, 6)


def test_english_and_french_group_and_point_differently() -> None:
    assert figures.amount(Decimal("1234.5"), "en") == "1,234.50"
    assert figures.amount(Decimal("1234.5"), "fr") == "1\u00a0234,50"
    assert figures.quantity(307142, "en") == "307,142"


def test_minus_is_a_real_minus_and_plus_is_written_on_differences_only() -> None:
    assert figures.quantity(-12, "en") == "\u221212"
    assert figures.quantity(20, "en", signed=True) == "+20"
    assert figures.quantity(20, "en") == "20"
    assert figures.quantity(0, "en", signed=True) == "0"
    assert figures.amount(Decimal("-0.001"), "en", signed=True) == "0.00"


def test_a_quantity_shows_the_decimals_it_has_and_no_more() -> None:
    assert figures.quantity(Decimal("2.50000"), "en") == "2.5"
    assert figures.quantity(Decimal("0.00001"), "fr") == "0,00001"
    assert figures.quantity(Decimal(1000), "en") == "1,000"


def test_unit_costs_have_four_decimals_or_five() -> None:
    assert figures.unit_cost(Decimal("1.875"), "en") == "1.8750"
    assert figures.unit_cost(Decimal("0.33333"), "fr") == "0,33333"


def test_amounts_round_half_away_from_zero() -> None:
    assert figures.amount(Decimal("2.345"), "en") == "2.35"
    assert figures.amount(Decimal("-2.345"), "en") == "\u22122.35"


def test_the_currency_stands_where_the_language_wants_it() -> None:
    assert figures.money(Decimal("-31.05"), "en", "£") == "\u2212£31.05"
    assert figures.money(Decimal("-31.05"), "fr", "£") == "\u221231,05\u00a0£"
    assert figures.percent(Decimal("-8.04"), "en") == "\u22128.0\u00a0%"


def test_dates_are_never_all_digits() -> None:
    assert figures.day(TODAY, "en") == "6\u00a0Dec\u00a02011"
    assert figures.day(TODAY, "fr") == "6\u00a0déc.\u00a02011"
    assert figures.day_near(date(2011, 12, 8), TODAY, "en") == "Thu\u00a08\u00a0Dec"
    assert figures.day_near(date(2011, 11, 1), TODAY, "fr") == "1\u00a0nov.\u00a02011"
    assert figures.day_in_words(TODAY, "en") == "Tuesday 6 December 2011"


def test_a_moment_names_its_day_unless_it_is_today() -> None:
    then = datetime(2011, 12, 6, 14, 32, 10, tzinfo=UTC)

    assert figures.moment(then, TODAY, "en") == "14:32"
    assert figures.moment(then, TODAY, "en", seconds=True) == "14:32:10"
    assert figures.moment(then, date(2011, 12, 7), "en") == "6\u00a0Dec\u00a014:32"
    assert figures.moment(then, date(2012, 1, 7), "en") == "6\u00a0Dec\u00a02011\u00a014:32"


def test_french_signs_never_begin_a_line() -> None:
    assert figures.french_spaces("Vide ? Oui : « zéro »") == "Vide\u00a0? Oui\u00a0: «\u00a0zéro\u00a0»"


@pytest.mark.parametrize(
    ("age", "english", "french"),
    [
        (timedelta(seconds=-5), "0\u00a0s", "0\u00a0s"),
        (timedelta(seconds=44), "44\u00a0s", "44\u00a0s"),
        (timedelta(minutes=52), "52\u00a0min", "52\u00a0min"),
        (timedelta(hours=3, minutes=5), "3\u00a0h\u00a005", "3\u00a0h\u00a005"),
        (timedelta(hours=26), "26\u00a0h", "26\u00a0h"),
        (timedelta(days=3), "3\u00a0days", "3\u00a0jours"),
    ],
)
def test_ages_in_the_largest_unit_that_says_something(age: timedelta, english: str, french: str) -> None:
    assert figures.age(age, "en") == english
    assert figures.age(age, "fr") == french
    assert figures.is_too_old(age) == (age > timedelta(hours=24))
