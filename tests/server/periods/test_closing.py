"""Closing and reopening inventory periods, and what stands against it."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.errors import NegativeInventory, UnadjustedEntries
from server.ledger import periods as books
from server.ledger.period_obstacles import Obstacle
from server.masterdata.faults import CardMissing, ChangeRefused
from server.masterdata.load import load_setup
from tests.server.periods.books import (
    FEBRUARY,
    JANUARY,
    MARCH,
    NOW,
    cost_by,
    logged,
    periods,
    post_by_hand,
    say_adjusted,
    say_assembly,
    say_point,
    set_up,
)


def make(*endings: date) -> None:
    for ending in endings:
        write(lambda connection, ending=ending: books.create_period(connection, ending))  # type: ignore[misc]


def close(ending: date) -> tuple[date, ...]:
    return write(lambda connection: books.close_period(connection, ending, user_id="ines", now=NOW))


def reopen(ending: date) -> tuple[date, ...]:
    return write(lambda connection: books.reopen_period(connection, ending, user_id="ines", now=NOW))


def report(ending: date) -> list[tuple[str, str]]:
    found: list[Obstacle] = books.test_report(db.session.connection(), ending)
    return [(each.kind, each.item_no) for each in found]


def test_closing_closes_all_before_it_and_logs_each_with_the_last_register(warehouse: Flask) -> None:
    make(JANUARY, FEBRUARY, MARCH)
    post_by_hand(7, "GLOBE", 5, date(2026, 1, 5), remaining=5)

    assert close(FEBRUARY) == (JANUARY, FEBRUARY)

    assert periods() == {JANUARY: True, FEBRUARY: True, MARCH: False}
    assert logged() == [(JANUARY, "close", 7, "ines"), (FEBRUARY, "close", 7, "ines")]
    assert load_setup(db.session.connection()).closed_through == FEBRUARY


def test_closing_later_logs_only_what_it_closed(warehouse: Flask) -> None:
    make(JANUARY, FEBRUARY)
    close(JANUARY)

    assert close(FEBRUARY) == (FEBRUARY,)

    assert [row[:3] for row in logged()] == [(JANUARY, "close", 0), (FEBRUARY, "close", 0)]


def test_reopening_reopens_all_after_it(warehouse: Flask) -> None:
    make(JANUARY, FEBRUARY, MARCH)
    close(MARCH)

    assert reopen(FEBRUARY) == (FEBRUARY, MARCH)

    assert periods() == {JANUARY: True, FEBRUARY: False, MARCH: False}
    assert [row[:2] for row in logged()[3:]] == [(FEBRUARY, "reopen"), (MARCH, "reopen")]
    assert load_setup(db.session.connection()).closed_through == JANUARY


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: close(JANUARY), "period_closed"),
        (lambda: reopen(FEBRUARY), "period_open"),
        (lambda: write(lambda c: books.delete_period(c, JANUARY)), "period_closed"),
        (lambda: write(lambda c: books.rename_period(c, JANUARY, "new")), "period_closed"),
        (lambda: write(lambda c: books.create_period(c, date(2026, 1, 15))), "period_before_closed"),
        (lambda: write(lambda c: books.create_period(c, FEBRUARY)), "exists"),
    ],
)
def test_what_a_closed_period_does_not_allow(warehouse: Flask, act: Callable[[], object], code: str) -> None:
    make(JANUARY, FEBRUARY)
    close(JANUARY)

    with pytest.raises(ChangeRefused) as refused:
        act()

    assert [fault.code for fault in refused.value.faults] == [code]
    assert periods() == {JANUARY: True, FEBRUARY: False}
    assert len(logged()) == 1


@pytest.mark.parametrize("act", [close, reopen])
def test_a_period_that_is_not_there_is_said_to_be_missing(
    warehouse: Flask, act: Callable[[date], object]
) -> None:
    with pytest.raises(CardMissing):
        act(JANUARY)


def test_an_open_period_is_renamed_and_deleted_and_its_log_stays(warehouse: Flask) -> None:
    make(JANUARY)
    close(JANUARY)
    reopen(JANUARY)

    write(lambda connection: books.rename_period(connection, JANUARY, "January"))
    assert books.read_period(db.session.connection(), JANUARY).name == "January"
    db.session.rollback()
    write(lambda connection: books.delete_period(connection, JANUARY))

    assert periods() == {}
    assert [row[1] for row in logged()] == ["close", "reopen"]


def test_an_open_issue_up_to_the_end_stands_against_closing(warehouse: Flask) -> None:
    make(JANUARY)
    post_by_hand(1, "LOOSE", -2, JANUARY, remaining=-2)

    with pytest.raises(NegativeInventory, match="LOOSE, D1, 1, 2026-01-31"):
        close(JANUARY)

    assert report(JANUARY) == [("open_issue", "LOOSE")]
    assert periods() == {JANUARY: False}
    assert logged() == []


def test_later_issues_and_open_receipts_do_not(warehouse: Flask) -> None:
    make(JANUARY)
    post_by_hand(1, "LOOSE", -2, date(2026, 2, 1), remaining=-2)
    post_by_hand(2, "GLOBE", 2, date(2026, 1, 1), remaining=2)

    assert report(JANUARY) == []
    assert close(JANUARY) == (JANUARY,)


def test_an_entry_to_adjust_stands_against_closing_before_an_open_issue_does(warehouse: Flask) -> None:
    make(JANUARY)
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    post_by_hand(2, "LOOSE", -2, date(2026, 1, 10), remaining=-2)
    say_adjusted("GLOBE", is_adjusted=False)

    with pytest.raises(UnadjustedEntries, match="GLOBE, D1, 1, 2026-01-10"):
        close(JANUARY)

    assert report(JANUARY) == [("unadjusted_entry", "GLOBE"), ("open_issue", "LOOSE")]


def test_what_is_valued_later_does_not(warehouse: Flask) -> None:
    make(JANUARY)
    post_by_hand(1, "GLOBE", -2, date(2026, 1, 10), valued_on=date(2026, 2, 1), applied_entry_to_adjust=True)
    say_adjusted("GLOBE", is_adjusted=False)

    assert report(JANUARY) == []
    assert report(FEBRUARY) == [("unadjusted_entry", "GLOBE")]
    db.session.rollback()
    assert close(JANUARY) == (JANUARY,)


def test_an_item_that_is_adjusted_never_stands_against_closing(warehouse: Flask) -> None:
    make(JANUARY)
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    say_adjusted("GLOBE", is_adjusted=True)
    say_point("GLOBE", date(2026, 1, 10))

    assert close(JANUARY) == (JANUARY,)


def test_an_average_that_is_not_adjusted_stands_against_closing(warehouse: Flask) -> None:
    make(JANUARY)
    cost_by("Average", "GLOBE")
    say_adjusted("GLOBE", is_adjusted=False)
    say_point("GLOBE", JANUARY)
    say_point("GLOBE", date(2026, 1, 1), is_adjusted=True)
    say_point("GLOBE", date(2026, 2, 1))

    with pytest.raises(UnadjustedEntries, match="GLOBE, 2026-01-31"):
        close(JANUARY)

    assert report(JANUARY) == [("unadjusted_average", "GLOBE")]


@pytest.mark.parametrize(
    ("calc_type", "point_at", "valued_at", "stands"),
    [
        ("item", "", "DC", True),
        ("item_location_variant", "DC", "DC", True),
        ("item_location_variant", "DC", "YARD", False),
    ],
)
def test_the_average_period_around_the_end_counts_if_something_in_it_is_valued_by_then(
    warehouse: Flask, *, calc_type: str, point_at: str, valued_at: str, stands: bool
) -> None:
    set_up(average_cost_period="month", average_cost_calc_type=calc_type)
    say_adjusted("GLOBE", is_adjusted=False)
    say_point("GLOBE", JANUARY, location_code=point_at)
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 15), location_code=valued_at)

    assert report(date(2026, 1, 14)) == []
    assert report(date(2026, 1, 15)) == ([("unadjusted_average", "GLOBE")] if stands else [])


def test_an_assembly_without_its_cost_stands_against_closing(warehouse: Flask) -> None:
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), order_no="A1", entry_type="assembly_output")
    post_by_hand(2, "BUNTING", -2, date(2026, 1, 5), order_no="A1", entry_type="assembly_consumption")
    say_assembly("A1", "GLOBE")

    assert report(date(2026, 1, 9)) == []
    assert report(date(2026, 1, 10)) == [("unadjusted_assembly", "GLOBE")]


def test_an_assembly_with_its_cost_does_not(warehouse: Flask) -> None:
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), order_no="A1", entry_type="assembly_output")
    say_assembly("A1", "GLOBE", is_adjusted=True)

    assert report(JANUARY) == []


def test_the_log_of_periods_cannot_be_changed(warehouse: Flask) -> None:
    make(JANUARY)
    close(JANUARY)

    with pytest.raises(sa.exc.DBAPIError):
        write(lambda c: c.execute(sa.text("UPDATE inventory_period_entry SET register_no = 99")))

    assert logged()[0][2] == 0
