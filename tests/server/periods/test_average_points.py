"""Average periods formed anew after the set-up of the average changed."""

from datetime import date

from flask import Flask

from server.database import write
from server.ledger.average_points import mark_from
from tests.server.periods.books import (
    cost_by,
    points,
    post_by_hand,
    say_adjusted,
    say_point,
    set_up,
    unadjusted_items,
)

NEW_YEAR = date(2026, 1, 1)


def books_of_two_items() -> None:
    """GLOBE is costed by average, BUNTING is not; both were posted to around new year."""
    cost_by("Average", "GLOBE")
    for item_no in ("GLOBE", "BUNTING"):
        say_adjusted(item_no, is_adjusted=True)
    post_by_hand(1, "GLOBE", 5, date(2025, 12, 30))
    post_by_hand(2, "GLOBE", 5, date(2026, 1, 5))
    post_by_hand(3, "GLOBE", -3, date(2026, 1, 5), valued_on=date(2026, 1, 20))
    post_by_hand(4, "GLOBE", 4, date(2026, 2, 3), location_code="YARD")
    post_by_hand(5, "BUNTING", 4, date(2026, 2, 3))
    for day in (date(2025, 12, 30), date(2026, 1, 5), date(2026, 1, 20), date(2026, 2, 3)):
        say_point("GLOBE", day, is_adjusted=True)


def test_points_of_the_year_are_formed_by_the_new_period_and_older_ones_stay(warehouse: Flask) -> None:
    books_of_two_items()
    set_up(average_cost_period="month")

    count = write(lambda connection: mark_from(connection, NEW_YEAR))

    assert count == 2
    assert points() == {
        ("GLOBE", "", "", date(2025, 12, 30), True),
        ("GLOBE", "", "", date(2026, 1, 31), False),
        ("GLOBE", "", "", date(2026, 2, 28), False),
    }
    assert unadjusted_items() == {"GLOBE"}


def test_points_are_formed_per_location_and_variant_where_the_average_is(warehouse: Flask) -> None:
    books_of_two_items()
    set_up(average_cost_period="week", average_cost_calc_type="item_location_variant")

    write(lambda connection: mark_from(connection, NEW_YEAR))

    assert points() - {("GLOBE", "", "", date(2025, 12, 30), True)} == {
        ("GLOBE", "", "DC", date(2026, 1, 11), False),
        ("GLOBE", "", "DC", date(2026, 1, 25), False),
        ("GLOBE", "", "YARD", date(2026, 2, 8), False),
    }


def test_an_average_item_with_nothing_valued_since_stays_adjusted(warehouse: Flask) -> None:
    books_of_two_items()

    assert write(lambda connection: mark_from(connection, date(2026, 3, 1))) == 0

    assert unadjusted_items() == set()


def test_marking_twice_gives_the_same_points(warehouse: Flask) -> None:
    books_of_two_items()
    write(lambda connection: mark_from(connection, NEW_YEAR))
    once = points()

    write(lambda connection: mark_from(connection, NEW_YEAR))

    assert points() == once
    assert len(once) == 4
