"""Costs at /api/v1 say what the pages say."""

import pytest
from flask import Flask

from server.jobs import run_jobs
from tests.server.api.conftest import Caller
from tests.server.costs.books import Books
from tests.support.people import browser_of


@pytest.fixture
def caller(closed_books: tuple[Flask, Books]) -> Caller:
    """A program of the back office, on a receipt, a sale and a later charge."""
    app, books = closed_books
    with app.app_context():
        books.item("LOOSE", costing_method="Average")
        receipt = books.purchase("2026-03-01", 10, 10)
        books.sale("2026-03-01", 4)
        books.charge("2026-03-03", receipt, 20)
    return Caller(browser_of(app, "back_office"))


def test_the_valuation_is_there_as_json_and_csv_and_adds_up(caller: Caller) -> None:
    days = {"posting_date_from": "2026-03-01", "posting_date_to": "2026-03-02"}

    (row,) = caller.rows("/inventory-valuation", **days)
    total = caller.get("/inventory-valuation/total", **days).json
    assert total is not None
    (by_location,) = caller.rows("/inventory-valuation/by-location", **days)
    lines = caller.get("/inventory-valuation.csv", **days).text.splitlines()

    assert (row["item_no"], row["closing_quantity"], row["closing_value"]) == ("LOOSE", "6", "60")
    assert total == {name: row[name] for name in total}
    assert by_location["location_code"] == "YARD"
    assert lines[0].removeprefix("\ufeff").startswith("item_no,description,base_unit_of_measure_code,opening")
    assert len(lines) == 2


def test_value_over_time_ends_with_the_last_day(caller: Caller) -> None:
    days = caller.get("/inventory-valuation/over-time", posting_date_to="2026-03-15").json["days"]  # type: ignore[index]

    assert [day["day"] for day in days[-2:]] == ["2026-02-28", "2026-03-15"]
    assert [day["value"] for day in days[-2:]] == ["0", "80"]
    assert len(days) == 13


def test_an_average_is_explained(caller: Caller) -> None:
    answer = caller.get("/average-cost", item_no="LOOSE", day="2026-03-01").json
    assert answer is not None

    explained = answer["explained"]
    assert (answer["first_day"], answer["is_adjusted"]) == ("2026-03-01", False)
    assert explained["pool"] == {"quantity_base": "10", "cost_amount": "120"}
    assert (explained["average"], explained["reason"]) == ("12", "averaged")
    assert [line["amount"]["part"] for line in explained["sources"]] == ["receipt", "charge"]
    assert caller.get("/average-cost", item_no="NOTHING").status_code == 404


def test_a_run_is_asked_for_and_its_log_says_what_it_did(
    caller: Caller, closed_books: tuple[Flask, Books]
) -> None:
    (waiting,) = caller.rows("/items-to-adjust")
    asked = caller.send("POST", "/cost-adjustment-runs")
    with closed_books[0].app_context():
        run_jobs()

    assert (waiting["item_no"], waiting["is_adjusted"]) == ("LOOSE", False)
    assert (asked.status_code, asked.json) == (202, {"items_to_adjust": 1})
    (run,) = caller.rows("/cost-adjustment-runs")
    assert (run["status"], run["items"], run["value_entries"]) == ("done", 1, 1)
    (line,) = caller.rows("/cost-adjustment-run-items", run_no=run["run_no"])
    assert (line["item_no"], line["cost_amount"]) == ("LOOSE", "-8")
    assert caller.rows("/items-to-adjust") == []


def test_value_entries_say_what_they_correct_and_whether_they_are_in_the_general_ledger(
    caller: Caller, closed_books: tuple[Flask, Books]
) -> None:
    caller.send("POST", "/cost-adjustment-runs")
    with closed_books[0].app_context():
        run_jobs()

    (correction,) = caller.rows("/value-entries", is_adjustment="true")
    (charge,) = caller.rows("/value-entries", is_charge="true")

    assert correction["cost_amount_actual"] == "-8"
    assert caller.rows("/value-entries", applies_to_entry_no=correction["applies_to_entry_no"]) == [
        correction
    ]
    assert charge["item_charge_no"] == "FREIGHT"
    assert len(caller.rows("/value-entries", is_in_gl="false")) == 4
    assert caller.rows("/value-entries", is_in_gl="true") == []
