"""An average explained: its pool, what each source moved it by, and the sentence that says why."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from server.costs.average import Amount, Balance, Part, Reason, explain
from server.costs.average_queries import AverageAsked, AverageOverview, read_average
from server.costs.words import why
from server.masterdata.faults import CardMissing
from tests.server.costs.books import Books

MARCH = date(2026, 3, 31)
DAY = date(2026, 3, 2)


def amount(part: Part, quantity: object, cost: object, **more: object) -> Amount:
    fields = {
        "part": part,
        "item_ledger_entry_no": 1,
        "entry_type": "purchase",
        "document_no": "D1",
        "location_code": "YARD",
        "variant_code": "",
        "posting_date": DAY,
        "valuation_date": DAY,
        "quantity_base": Decimal(str(quantity)),
        "cost_amount": Decimal(str(cost)),
        "expected_cost_amount": Decimal(0),
    }
    return Amount(**{**fields, **more})  # type: ignore[arg-type]


def balance(quantity: object, cost: object) -> Balance:
    return Balance(quantity_base=Decimal(str(quantity)), cost_amount=Decimal(str(cost)))


def test_the_average_is_the_pool_divided_and_issues_are_not_in_it() -> None:
    explained = explain(
        balance(10, 100),
        [amount(Part.RECEIPT, 10, 140), amount(Part.ISSUE, -5, -60), amount(Part.CHARGE, 0, 20)],
    )

    assert (explained.pool, explained.average) == (balance(20, 260), Decimal(13))
    assert explained.closing == balance(15, 200)
    assert explained.reason is Reason.AVERAGED


def test_each_source_says_what_it_moved_the_average_by() -> None:
    explained = explain(balance(10, 100), [amount(Part.RECEIPT, 10, 140), amount(Part.CHARGE, 0, 20)])

    assert [line.effect for line in explained.sources] == [Decimal(2), Decimal(1)]
    assert explained.strongest is explained.sources[0]


costs = st.decimals(min_value=0, max_value=10_000, places=2)
quantities = st.integers(min_value=1, max_value=1000)


@given(st.tuples(quantities, costs), st.lists(st.tuples(quantities, costs), max_size=6))
def test_the_opening_average_and_all_effects_sum_to_the_average(
    opening: tuple[int, Decimal], receipts: list[tuple[int, Decimal]]
) -> None:
    explained = explain(balance(*opening), [amount(Part.RECEIPT, *each) for each in receipts])

    assert explained.average is not None
    assert explained.opening.unit_cost is not None
    effects = sum((line.effect or Decimal(0) for line in explained.sources), Decimal(0))
    # Each figure is rounded to 5 decimals by itself.
    assert abs(explained.opening.unit_cost + effects - explained.average) <= Decimal("0.00001") * (
        len(receipts) + 2
    )


@pytest.mark.parametrize(
    ("opening", "amounts", "reason"),
    [
        (balance(0, 0), [], Reason.EMPTY),
        (balance(5, 50), [amount(Part.ISSUE, -1, -10)], Reason.UNCHANGED),
        (balance(-5, -50), [amount(Part.RECEIPT, 5, 60)], Reason.NO_QUANTITY),
        (balance(5, -80), [amount(Part.RECEIPT, 5, 60)], Reason.NEGATIVE_COST),
    ],
)
def test_there_is_a_reason_for_every_case(opening: Balance, amounts: list[Amount], reason: Reason) -> None:
    explained = explain(opening, amounts)

    assert explained.reason is reason
    assert (explained.average is None) == (reason is not Reason.UNCHANGED)


@pytest.fixture
def average_books(books: Books) -> Books:
    """Item LOOSE at average cost by month."""
    books.item("LOOSE", costing_method="Average")
    books.setup(average_cost_period="month", average_cost_calc_type="item")
    return books


def overview(day: date = MARCH, **more: str) -> AverageOverview:
    return read_average(AverageAsked(item_no="LOOSE", day=day, **more), DAY)


def sentences(found: AverageOverview, app: Flask, language: str = "en") -> list[str]:
    with app.test_request_context("/"), force_locale(language):
        return why(found)


def test_a_months_issues_take_the_months_average(average_books: Books, warehouse: Flask) -> None:
    average_books.purchase("2026-02-10", 10, 10)
    average_books.sale("2026-03-05", 4)
    receipt = average_books.purchase("2026-03-20", 10, 13)
    average_books.charge("2026-03-25", receipt, 10)
    average_books.adjust()

    found = overview()

    explained = found.explained
    assert (found.first_day, found.last_day) == (date(2026, 3, 1), MARCH)
    assert (explained.opening, explained.pool) == (balance(10, 100), balance(20, 240))
    assert explained.average == 12
    assert [(line.amount.part, line.amount.cost_amount, line.effect) for line in explained.sources] == [
        (Part.RECEIPT, Decimal(130), Decimal("1.5")),
        (Part.CHARGE, Decimal(10), Decimal("0.5")),
    ]
    assert [(line.amount.quantity_base, line.unit_cost) for line in explained.issues] == [
        (Decimal(-4), Decimal(12))
    ]
    assert explained.closing == balance(16, 192)
    assert found.is_adjusted
    assert sentences(found, warehouse) == [
        "100.00 at the start and 140.00 from what came in make 240.00 for 20, which is 12.0000 each.",
        "The period began with an average of 10.0000; what raised it most is D3 (Receipt), by 1.5000.",
    ]


def test_before_the_adjustment_it_says_that_issues_still_have_another_cost(
    average_books: Books, warehouse: Flask
) -> None:
    average_books.purchase("2026-03-01", 10, 10)
    average_books.sale("2026-03-05", 4)
    average_books.purchase("2026-03-20", 10, 14)

    found = overview()

    assert not found.is_adjusted
    assert sentences(found, warehouse)[-1].startswith("Costs are still to be adjusted")
    assert "à ajuster" in sentences(found, warehouse, "fr")[-1]


def test_an_issue_of_one_receipt_leaves_the_average_with_it(average_books: Books) -> None:
    average_books.purchase("2026-03-01", 10, 10)
    dear = average_books.purchase("2026-03-02", 10, 20)
    average_books.sale("2026-03-05", 10, applies_to_entry_no=dear)
    average_books.sale("2026-03-06", 3)
    average_books.adjust()

    explained = overview().explained

    assert (explained.pool, explained.average) == (balance(10, 100), Decimal(10))
    assert [(line.amount.part, line.amount.cost_amount) for line in explained.sources] == [
        (Part.RECEIPT, Decimal(100)),
        (Part.RECEIPT, Decimal(200)),
        (Part.FIXED_ISSUE, Decimal(-200)),
    ]


def test_a_transfer_brings_its_cost_back_and_is_no_source(average_books: Books) -> None:
    average_books.purchase("2026-03-01", 10, 10)
    average_books.transfer("2026-03-05", 4, "DC")
    average_books.purchase("2026-03-09", 10, 14)
    average_books.adjust()

    explained = overview().explained

    assert explained.average == 12
    assert [line.amount.cost_amount for line in explained.copies] == [48]
    assert [line.amount.cost_amount for line in explained.issues] == [-48]
    assert explained.closing == balance(20, 240)


def test_by_place_each_location_has_an_average_of_its_own(average_books: Books) -> None:
    average_books.setup(average_cost_calc_type="item_location_variant")
    average_books.purchase("2026-03-01", 10, 10)
    average_books.transfer("2026-03-05", 4, "DC")
    average_books.purchase("2026-03-09", 6, 20, location_code="DC", bin_code="A1")
    average_books.adjust()

    at_yard = overview(location_code="YARD").explained
    at_dc = overview(location_code="DC").explained

    assert (at_yard.average, at_dc.average) == (Decimal(10), Decimal(16))
    assert [line.amount.part for line in at_dc.sources] == [Part.RECEIPT, Part.RECEIPT]


def test_the_nearest_days_with_values_lead_to_other_periods(average_books: Books) -> None:
    for day in ("2026-01-05", "2026-03-05", "2026-06-07"):
        average_books.purchase(day, 1, 10)

    found = overview()

    assert (found.day_before, found.day_after) == (date(2026, 1, 5), date(2026, 6, 7))


def test_another_costing_method_takes_no_average(books: Books, warehouse: Flask) -> None:
    books.purchase("2026-03-01", 10, 10)

    assert sentences(overview(), warehouse) == [
        "This item’s costing method is FIFO, so its issues take no average."
    ]


def test_an_unknown_item_is_missing(books: Books) -> None:
    with pytest.raises(CardMissing):
        read_average(AverageAsked(item_no="NOTHING"), DAY)
