"""Inventory value by posting date: quantity and value at both ends of days, and what came between."""

from datetime import date
from decimal import Decimal

import pytest

from server.costs.queries import (
    ItemValuation,
    Movement,
    ValuationFilter,
    total_valuation,
    valuation_by_item,
    valuation_by_location,
    value_over_time,
)
from server.database import write
from server.ledger.gl_posting import post_to_gl
from server.web.keyset import PageAsked
from shared.quantity import quantity_text
from tests.server.costs.books import NOON, Books
from tests.support.values import begin_books

JANUARY = {"posting_date_from": date(2026, 1, 1), "posting_date_to": date(2026, 1, 31)}
FEBRUARY = {"posting_date_from": date(2026, 2, 1), "posting_date_to": date(2026, 2, 28)}


@pytest.fixture
def filled(books: Books) -> Books:
    """The scenario gl-inventory-valuation-by-posting-date: a charge in February on a sale's receipt."""
    receipt = books.purchase("2026-01-05", 10, 10)
    books.sale("2026-01-20", 4)
    books.charge("2026-02-03", receipt, 20)
    books.adjust()
    books.purchase("2026-02-10", 5, 12, is_invoiced=False)
    return books


def only_row(**wanted: object) -> ItemValuation:
    (row,) = valuation_by_item(ValuationFilter(**wanted), PageAsked()).rows  # type: ignore[arg-type]
    return row


def figures(row: Movement) -> dict[str, str]:
    """Quantity and value at the start, in, out and at the end."""
    return {
        name: f"{quantity_text(getattr(row, name + '_quantity'))} / {getattr(row, name + '_value'):.2f}"
        for name in ("opening", "increase", "decrease", "closing")
    }


def test_the_adjustment_of_a_sale_counts_on_the_sales_day_and_the_charge_on_its_own(filled: Books) -> None:
    assert figures(only_row(**JANUARY)) == {
        "opening": "0 / 0.00",
        "increase": "10 / 100.00",
        "decrease": "-4 / -48.00",
        "closing": "6 / 52.00",
    }


def test_a_charge_is_an_increase_of_value_without_quantity(filled: Books) -> None:
    row = only_row(**FEBRUARY)

    assert figures(row) == {
        "opening": "6 / 52.00",
        "increase": "5 / 20.00",
        "decrease": "0 / 0.00",
        "closing": "11 / 72.00",
    }
    assert row.expected_value == 60


def test_expected_cost_counts_where_it_is_asked_for(filled: Books) -> None:
    row = only_row(**FEBRUARY, with_expected=True)

    assert [row.increase_value, row.closing_value, row.expected_value] == [80, 132, 60]


def test_without_a_first_day_everything_is_a_movement(filled: Books) -> None:
    assert figures(only_row(posting_date_to=date(2026, 2, 5))) == {
        "opening": "0 / 0.00",
        "increase": "10 / 120.00",
        "decrease": "-4 / -48.00",
        "closing": "6 / 72.00",
    }


def test_before_the_first_posting_there_is_nothing(filled: Books) -> None:
    row = only_row(posting_date_to=date(2026, 1, 4))

    assert figures(row) == dict.fromkeys(("opening", "increase", "decrease", "closing"), "0 / 0.00")


def test_a_transfer_moves_value_between_locations_and_changes_no_items_value(filled: Books) -> None:
    filled.transfer("2026-02-20", 2, "DC")

    by_location = valuation_by_location(ValuationFilter(**FEBRUARY), PageAsked()).rows  # type: ignore[arg-type]

    assert {(row.location_code, row.closing_quantity, row.closing_value) for row in by_location} == {
        ("DC", Decimal(2), Decimal(24)),
        ("YARD", Decimal(9), Decimal(48)),
    }
    assert only_row(**FEBRUARY).closing_value == 72
    at_dc = only_row(**FEBRUARY, location_code="DC")
    assert [at_dc.increase_value, at_dc.closing_quantity] == [24, 2]


def test_totals_are_the_sums_of_the_rows(filled: Books) -> None:
    filled.purchase("2026-01-09", 3, 7, item="GLOBE")
    filled.sale("2026-02-11", 1, item="GLOBE")
    wanted = ValuationFilter(**FEBRUARY, with_expected=True)  # type: ignore[arg-type]

    rows = valuation_by_item(wanted, PageAsked()).rows
    total = total_valuation(wanted)

    assert len(rows) == 2
    for name in Movement.__dataclass_fields__:
        assert getattr(total, name) == sum(getattr(row, name) for row in rows), name


def test_a_text_finds_items_and_their_totals(filled: Books) -> None:
    filled.purchase("2026-01-09", 3, 7, item="GLOBE")
    wanted = ValuationFilter(text="glob")

    assert [row.item_no for row in valuation_by_item(wanted, PageAsked()).rows] == ["GLOBE"]
    assert total_valuation(wanted).closing_value == 21


def test_pages_go_by_item_and_location(filled: Books) -> None:
    filled.purchase("2026-01-09", 3, 7, item="GLOBE")
    filled.transfer("2026-02-20", 2, "DC")
    wanted = ValuationFilter()

    first = valuation_by_location(wanted, PageAsked(limit=2))
    second = valuation_by_location(wanted, PageAsked(limit=2, after=first.after))

    assert [(row.item_no, row.location_code) for row in (*first.rows, *second.rows)] == [
        ("GLOBE", "YARD"),
        ("LOOSE", "DC"),
        ("LOOSE", "YARD"),
    ]
    assert second.after is None


def test_value_over_time_is_the_closing_value_of_each_day(filled: Books) -> None:
    days = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 5), date(2026, 2, 28)]

    values = value_over_time(ValuationFilter(), days)

    assert [(each.day, each.value, each.expected_value) for each in values] == [
        (days[0], Decimal(0), Decimal(0)),
        (days[1], Decimal(52), Decimal(0)),
        (days[2], Decimal(72), Decimal(0)),
        (days[3], Decimal(72), Decimal(60)),
    ]


def test_what_is_posted_to_the_general_ledger_stands_beside_the_value(filled: Books) -> None:
    begin_books()
    before = only_row(**JANUARY)

    write(lambda connection: post_to_gl(connection, user_id="", now=NOON))

    assert before.cost_posted_to_gl == 0
    assert only_row(**JANUARY).cost_posted_to_gl == 52
    assert total_valuation(ValuationFilter()).cost_posted_to_gl == 72
