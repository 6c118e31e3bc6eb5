"""Pages of costs: they open for those who may see costs, lead on, and change only what may be changed."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.jobs import run_jobs
from server.ledger.tables import CostAdjustmentRun, ItemCost
from server.masterdata.tables import Item
from server.security.tables import Audit
from tests.server.costs.books import Books
from tests.support.people import Browser, browser_of

ADDRESSES = (
    "/costs?from=2026-03-01&to=2026-03-31",
    "/costs?from=2026-03-01&to=2026-03-31&by=location&expected=yes",
    "/costs/summary?from=2026-03-01&to=2026-03-31",
    "/costs/average",
    "/costs/average?item=LOOSE&day=2026-03-31",
    "/costs/adjustments",
    "/costs/to-adjust",
)


@pytest.fixture
def company(closed_books: tuple[Flask, Books]) -> Flask:
    """An average item with a sale before a dearer receipt of the same month, not adjusted yet."""
    app, books = closed_books
    with app.app_context():
        books.item("LOOSE", costing_method="Average")
        books.setup(average_cost_period="month")
        books.purchase("2026-03-01", 10, 10)
        books.sale("2026-03-05", 4)
        books.purchase("2026-03-20", 10, 14)
    return app


@pytest.fixture
def office(company: Flask) -> Browser:
    """Somebody of the back office."""
    return browser_of(company, "back_office")


def looked_up(app: Flask, look: Callable[[], Any]) -> Any:
    with app.app_context():
        return look()


def words(page: str) -> str:
    """The page's text, each space one space."""
    return " ".join(re.sub("<[^>]*>", " ", page).split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_of_costs_open_in_both_languages_for_those_who_may_see_costs(
    company: Flask, office: Browser, address: str
) -> None:
    separator = "&" if "?" in address else "?"

    assert office.get(address).status_code == 200
    assert "Coût" in office.get(f"{address}{separator}lang=fr").text
    assert browser_of(company, "worker").get(address).status_code == 403


def test_the_valuation_begins_with_this_month_and_exports_its_rows(office: Browser) -> None:
    answer = office.get("/costs")
    assert answer.status_code == 303
    assert re.search(r"from=\d{4}-\d\d-01&to=\d{4}-\d\d-\d\d", answer.headers["Location"])

    text = office.get("/costs?from=2026-03-01&to=2026-03-31&format=csv").text
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))

    assert (row["item_no"], row["closing_quantity"], row["increase_value"]) == ("LOOSE", "16", "240")


def test_the_summary_shows_the_sums_and_a_table_of_the_chart(office: Browser) -> None:
    page = office.get("/costs/summary?from=2026-03-01&to=2026-03-31").text

    assert 'data-chart="bars"' in page
    assert 'data-number="200' in page
    assert "Not in the general ledger yet" in page


def test_the_average_page_says_why(office: Browser, company: Flask) -> None:
    before = words(office.get("/costs/average?item=LOOSE&day=2026-03-31").text)
    office.post("/costs/adjustments")
    looked_up(company, run_jobs)
    after = words(office.get("/costs/average?item=LOOSE&day=2026-03-31").text)

    sentence = "0.00 at the start and 240.00 from what came in make 240.00 for 20, which is 12.0000 each."
    assert sentence in before
    assert sentence in after
    assert "Costs are still to be adjusted" in before
    assert "Costs are still to be adjusted" not in after


def test_adjust_now_leaves_a_run_under_the_persons_name(office: Browser, company: Flask) -> None:
    assert "1 item is still to be adjusted" in office.get("/costs/adjustments").text

    assert office.post("/costs/adjustments").status_code == 303
    looked_up(company, run_jobs)

    page = words(office.get("/costs/adjustments").text)
    assert "Every cost is up to date" in page
    assert "Some back_office" in page
    run = words(office.get("/costs/adjustments/1").text)
    assert "LOOSE" in run
    assert "−8.00" in run


def test_only_who_may_post_may_adjust_or_exclude(company: Flask) -> None:
    supervisor = browser_of(company, "supervisor")

    assert supervisor.post("/costs/adjustments").status_code == 403
    assert supervisor.post("/costs/exclusions", item="LOOSE", excluded="yes").status_code == 403
    assert "Adjust now" not in supervisor.get("/costs/adjustments").text
    assert looked_up(company, lambda: db.session.scalar(sa.select(CostAdjustmentRun.run_no))) is None


def test_an_item_is_left_out_and_taken_in_again_and_both_are_told(office: Browser, company: Flask) -> None:
    office.post("/costs/exclusions", item="LOOSE", excluded="yes")
    office.post("/costs/adjustments")
    looked_up(company, run_jobs)

    assert "Take in again" in office.get("/costs/to-adjust?excluded=yes").text
    assert "Left out of every adjustment" in office.get("/items/LOOSE").text
    assert looked_up(company, adjusted) is False
    office.post("/costs/exclusions", item="LOOSE", excluded="no")
    office.post("/costs/adjustments")
    looked_up(company, run_jobs)
    assert looked_up(company, adjusted) is True
    assert looked_up(company, lambda: told("item_cost")) == ["item_cost_excluded", "item_cost_included"]


def test_an_unknown_item_cannot_be_left_out(office: Browser) -> None:
    assert office.post("/costs/exclusions", item="NOTHING", excluded="yes").status_code == 404


def test_an_items_costs_are_changed_on_a_form_of_their_own(office: Browser, company: Flask) -> None:
    form = office.get("/item-costs/GLOBE").text
    version = re.search(r'name="version" value="([^"]+)"', form)
    assert version is not None
    fields = {
        "version": version.group(1),
        "costing_method": "Standard",
        "standard_cost": "12.5",
        "standard_material_cost": "10",
        "standard_capacity_cost": "2.5",
        "indirect_cost_percent": "5",
        "inventory_posting_group": "TRADE",
    }

    wrong = office.post("/item-costs/GLOBE", **{**fields, "standard_capacity_cost": "2"})
    right = office.post("/item-costs/GLOBE", **fields)

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "The shares sum to 12, expected the standard cost 12.5." in wrong.text
    kept = looked_up(
        company,
        lambda: db.session.execute(
            sa.select(Item.costing_method, Item.unit_cost, Item.inventory_posting_group).where(
                Item.no == "GLOBE"
            )
        ).one(),
    )
    assert (kept.costing_method, f"{kept.unit_cost:.1f}", kept.inventory_posting_group) == (
        "Standard",
        "12.5",
        "TRADE",
    )
    assert "Standard cost" in office.get("/items/GLOBE").text


def test_the_costing_method_stays_once_there_are_entries(office: Browser) -> None:
    version = re.search(r'name="version" value="([^"]+)"', office.get("/item-costs/LOOSE").text)
    assert version is not None

    refused = office.post("/item-costs/LOOSE", version=version.group(1), costing_method="FIFO")

    assert refused.status_code == 422
    assert "LOOSE has ledger entries, so this stays as it is: Average." in refused.text


def test_value_entries_filter_by_correction_and_lead_to_what_they_correct(
    office: Browser, company: Flask
) -> None:
    office.post("/costs/adjustments")
    looked_up(company, run_jobs)

    corrections = office.get("/value-entries?adjustment=yes").text
    corrected = re.search(
        r'href="(/value-entries/\d+)">\s*\d+\s*</a></td>\s*<td[^>]*data-label="Register', corrections
    )
    assert corrected is not None

    assert "Corrected by" in office.get(corrected.group(1)).text
    assert "−8.00" in corrections
    assert "No entries like this" in office.get("/value-entries?charge=yes").text
    assert "No entries like this" in office.get("/value-entries?gl=yes").text


def adjusted() -> bool:
    db.session.rollback()
    return bool(db.session.scalar(sa.select(ItemCost.is_adjusted).where(ItemCost.item_no == "LOOSE")))


def told(beginning: str) -> list[str]:
    rows = db.session.scalars(
        sa.select(Audit.event).where(Audit.event.startswith(beginning)).order_by(Audit.at, Audit.event)
    )
    return list(rows)
