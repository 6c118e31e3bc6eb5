"""The pages of periods and set-up, as somebody of the back office uses them."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.ledger.cost_setup import CostSetup, read_cost_setup
from server.masterdata.facts import SetupFacts
from server.masterdata.load import load_setup
from server.masterdata.tables import PostingDateRange
from tests.server.periods.books import JANUARY, periods, post_by_hand, say_adjusted
from tests.server.periods.conftest import Office
from tests.support.people import browser_of

SETUP = {
    "automatic_cost_adjustment": "never",
    "average_cost_period": "day",
    "average_cost_calc_type": "item",
    "cost_at_posting": "applied",
}


def set_up() -> CostSetup:
    return read_cost_setup(db.session.connection())


def facts() -> SetupFacts:
    return load_setup(db.session.connection())


def own_dates() -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(PostingDateRange)).scalar_one()


def test_a_period_is_made_closed_and_reopened(office: Office) -> None:
    made = office.browser.post("/periods", ending_date="2026-01-31", name="January")
    listed = office.browser.get("/periods").text
    closed = office.browser.post("/periods/2026-01-31/close")
    shown = office.browser.get("/periods/2026-01-31").text

    assert (made.status_code, closed.status_code) == (303, 303)
    assert "January" in listed
    assert "31\u00a0Jan\u00a02026" in listed
    assert office.inside(periods) == {JANUARY: True}
    assert "Closed to 31\u00a0Jan\u00a02026." in shown
    assert "Some back_office" in shown

    office.browser.post("/periods/2026-01-31/reopen")

    assert office.inside(periods) == {JANUARY: False}


def test_the_page_lists_what_stands_against_closing_and_says_so_when_asked(office: Office) -> None:
    office.inside(post_by_hand, 1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    office.inside(say_adjusted, "GLOBE", is_adjusted=False)
    office.browser.post("/periods", ending_date="2026-01-31")

    shown = office.browser.get("/periods/2026-01-31").text
    answer = office.browser.post("/periods/2026-01-31/close")
    after = office.browser.get(answer.headers["Location"]).text

    assert "Cost of an entry to adjust" in shown
    assert "D1" in shown
    assert "Costs are still to be adjusted. Run the cost adjustment first. GLOBE, D1, 1, 2026-01-10" in after
    assert office.inside(periods) == {JANUARY: False}


def test_the_pages_speak_french(office: Office) -> None:
    office.browser.post("/periods", ending_date="2026-01-31")
    office.browser.post("/periods/2026-01-31/reopen")

    shown = office.browser.get("/periods/2026-01-31?lang=fr").text
    setup = office.browser.get("/setup").text
    refused = office.browser.post("/periods/2026-01-31/reopen")
    said = office.browser.get(refused.headers["Location"]).text

    assert "Ce qui s’oppose à la clôture" in shown
    assert "Coût moyen" in setup
    assert "La période qui finit le 2026-01-31 est ouverte. Il n’y a rien à rouvrir." in said


def test_an_open_period_is_renamed_and_deleted(office: Office) -> None:
    office.browser.post("/periods", ending_date="2026-01-31")
    office.browser.post("/periods/2026-01-31/rename", name="First month")
    shown = office.browser.get("/periods/2026-01-31").text
    deleted = office.browser.post("/periods/2026-01-31/delete")

    assert "First month" in shown
    assert deleted.headers["Location"] == "/periods"
    assert office.inside(periods) == {}


@pytest.mark.parametrize("typed", ["", "soon", "2026-13-01"])
def test_a_period_without_a_day_is_not_made(office: Office, typed: str) -> None:
    answer = office.browser.post("/periods", ending_date=typed)

    assert "Say on which day the period ends." in office.browser.get(answer.headers["Location"]).text
    assert office.inside(periods) == {}


def test_what_is_not_there_is_said_so(office: Office) -> None:
    for path in ("/periods/2026-01-31", "/periods/soon"):
        assert office.browser.get(path).status_code == 404
    assert office.browser.post("/periods/2026-01-31/close").status_code == 404
    assert office.browser.post("/setup/accounting-periods/2026-01-01", wanted="close").status_code == 404


def test_reopening_warns_where_the_books_are_closed(office: Office) -> None:
    office.browser.post("/setup/accounting-periods", starting_date="2026-01-01", name="P1")
    office.browser.post("/setup/accounting-periods/2026-01-01", wanted="close")
    office.browser.post("/periods", ending_date="2026-01-31")
    office.browser.post("/periods/2026-01-31/close")

    before = office.browser.get("/periods/2026-01-31").text
    answer = office.browser.post("/periods/2026-01-31/reopen")
    after = office.browser.get(answer.headers["Location"]).text

    assert "The accounting period of this day is closed too" in before
    assert "do not reach the general ledger" in after
    assert office.inside(periods) == {JANUARY: False}


def test_the_set_up_is_kept(office: Office) -> None:
    fields = {**SETUP, "average_cost_period": "month", "automatic_cost_posting": "yes"}
    answer = office.browser.post("/setup", **fields, allow_posting_from="2026-01-01")
    shown = office.browser.get("/setup").text

    assert answer.status_code == 303
    setup = office.inside(set_up)
    assert (setup.average_cost_period, setup.automatic_cost_posting) == ("month", True)
    assert setup.allow_posting_from == date(2026, 1, 1)
    assert 'value="2026-01-01"' in shown
    assert '<option value="month" selected>' in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"average_cost_period": "century"}, "This cannot be read. Correct it."),
        ({"allow_posting_from": "soon"}, "This cannot be read. Correct it."),
        (
            {"allow_posting_from": "2026-02-01", "allow_posting_to": "2026-01-01"},
            "lies after the last one 2026-01-01",
        ),
    ],
)
def test_a_set_up_that_cannot_be_comes_back_with_what_is_wrong(
    office: Office, change: dict[str, str], said: str
) -> None:
    answer = office.browser.post("/setup", **{**SETUP, "automatic_cost_posting": "yes", **change})

    assert answer.status_code == 422
    assert said in answer.text
    assert office.inside(set_up).automatic_cost_posting is False


def test_an_unadjusted_cost_stands_beside_the_earliest_valuation_date(office: Office) -> None:
    office.inside(post_by_hand, 1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    office.inside(say_adjusted, "GLOBE", is_adjusted=False)

    answer = office.browser.post("/setup", **SETUP, earliest_valuation_date="2026-02-01")

    assert answer.status_code == 422
    assert "Costs are still to be adjusted" in answer.text
    assert 'value="2026-02-01"' in answer.text


def test_a_fiscal_year_is_made_and_a_period_taken_away(office: Office) -> None:
    office.browser.post("/setup/accounting-periods", year_starts="2026-01-01")
    office.browser.post("/setup/accounting-periods/2026-12-01", wanted="delete")
    shown = office.browser.get("/setup/accounting-periods").text

    starts = office.inside(facts).accounting_periods
    assert (len(starts), starts[0], starts[-1]) == (11, date(2026, 1, 1), date(2026, 11, 1))
    assert "2026-11" in shown


def test_a_person_gets_dates_of_their_own_and_loses_them(office: Office) -> None:
    office.browser.post(
        "/setup/posting-dates", person_id="marek", allow_posting_from="2026-01-01", allow_posting_to=""
    )
    shown = office.browser.get("/setup/posting-dates").text
    office.browser.post("/setup/posting-dates/marek/clear")

    assert "Marek" in shown
    assert "1\u00a0Jan\u00a02026" in shown
    assert office.inside(own_dates) == 0


def test_a_supervisor_reads_the_set_up_and_changes_nothing(company: Flask) -> None:
    browser = browser_of(company, "supervisor")

    shown = browser.get("/setup")

    assert shown.status_code == 200
    assert "disabled" in shown.text
    assert "Save changes" not in shown.text
    assert browser.get("/periods").status_code == 200
    assert browser.get("/setup/posting-dates").status_code == 403
    assert browser.post("/setup", **SETUP).status_code == 403


@pytest.mark.parametrize("path", ["/periods", "/setup/accounting-periods", "/setup/posting-dates"])
def test_each_list_is_a_csv_file_too(office: Office, path: str) -> None:
    answer = office.browser.get(f"{path}?format=csv")

    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
