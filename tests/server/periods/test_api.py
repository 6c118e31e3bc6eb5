"""Periods, posting dates and the set-up of costs through the API, with their audit trail."""

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.security.tables import Audit
from tests.server.periods.books import FEBRUARY, JANUARY, logged, periods, post_by_hand, say_adjusted
from tests.server.periods.conftest import Office
from tests.support.people import browser_of

AT = "/api/v1/inventory-periods"


def audited() -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    rows = db.session.execute(
        sa.select(Audit.event, Audit.subject_key, Audit.old, Audit.new)
        .where(Audit.event != "person_made")
        .order_by(Audit.audit_no)
    )
    return [(row[0], row[1], json.loads(row[2] or "{}"), json.loads(row[3] or "{}")) for row in rows]


def test_periods_are_made_closed_reopened_and_audited(office: Office) -> None:
    made = office.browser.send("POST", AT, {"ending_date": "2026-01-31", "name": "January"})
    also = office.browser.send("POST", AT, {"ending_date": "2026-02-28"})
    closed = office.browser.send("POST", f"{AT}/2026-02-28/close")
    reopened = office.browser.send("POST", f"{AT}/2026-02-28/reopen")

    assert (made.status_code, also.status_code, closed.status_code, reopened.status_code) == (
        201,
        201,
        200,
        200,
    )
    assert made.json == {"ending_date": "2026-01-31", "name": "January", "is_closed": False}
    assert closed.json == {"ending_dates": ["2026-01-31", "2026-02-28"]}
    assert reopened.json == {"ending_dates": ["2026-02-28"]}
    assert office.inside(periods) == {JANUARY: True, FEBRUARY: False}
    assert [(row[0], row[1]) for row in office.inside(audited)] == [
        ("period_made", "2026-01-31"),
        ("period_made", "2026-02-28"),
        ("period_closed", "2026-01-31"),
        ("period_closed", "2026-02-28"),
        ("period_reopened", "2026-02-28"),
    ]
    assert {row[3] for row in office.inside(logged)} == {office.inside(office_id)}


def office_id() -> str:
    return str(
        db.session.execute(
            sa.select(Audit.subject_key).where(
                Audit.event == "person_made", Audit.new.contains("back_office")
            )
        ).scalar_one()
    )


def test_a_refusal_to_close_is_a_409_that_says_why_and_changes_nothing(office: Office) -> None:
    office.inside(post_by_hand, 1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    office.inside(post_by_hand, 2, "LOOSE", -2, JANUARY, remaining=-2)
    office.inside(say_adjusted, "GLOBE", is_adjusted=False)
    office.browser.send("POST", AT, {"ending_date": "2026-01-31"})

    report = office.browser.send("GET", f"{AT}/2026-01-31/report")
    answer = office.browser.send("POST", f"{AT}/2026-01-31/close")

    assert isinstance(report.json, dict)
    assert report.json["may_close"] is False
    assert report.json["obstacles"] == [
        {
            "kind": "unadjusted_entry",
            "item_no": "GLOBE",
            "entry_no": 1,
            "document_no": "D1",
            "day": "2026-01-10",
        },
        {"kind": "open_issue", "item_no": "LOOSE", "entry_no": 2, "document_no": "D2", "day": "2026-01-31"},
    ]
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    problem = json.loads(answer.text)
    assert problem["code"] == "unadjusted_entries"
    assert "GLOBE, D1, 1, 2026-01-10" in problem["detail"]
    assert office.inside(periods) == {JANUARY: False}
    assert [row[0] for row in office.inside(audited)] == ["period_made"]


def test_a_closed_period_is_neither_renamed_nor_deleted(office: Office) -> None:
    office.browser.send("POST", AT, {"ending_date": "2026-01-31"})
    office.browser.send("POST", f"{AT}/2026-01-31/close")

    answers = [
        office.browser.send("PATCH", f"{AT}/2026-01-31", {"name": "x"}),
        office.browser.send("DELETE", f"{AT}/2026-01-31"),
        office.browser.send("POST", AT, {"ending_date": "2026-01-15"}),
    ]

    assert [(answer.status_code, json.loads(answer.text)["code"]) for answer in answers] == [
        (409, "period_closed"),
        (409, "period_closed"),
        (409, "period_before_closed"),
    ]


def test_an_open_period_is_renamed_and_deleted(office: Office) -> None:
    office.browser.send("POST", AT, {"ending_date": "2026-01-31"})

    renamed = office.browser.send("PATCH", f"{AT}/2026-01-31", {"name": "January"})
    deleted = office.browser.send("DELETE", f"{AT}/2026-01-31")

    assert renamed.json == {"ending_date": "2026-01-31", "name": "January", "is_closed": False}
    assert deleted.status_code == 204
    assert office.inside(periods) == {}
    assert office.inside(audited)[1:] == [
        ("period_changed", "2026-01-31", {"name": ""}, {"name": "January"}),
        ("period_deleted", "2026-01-31", {"name": "January"}, {}),
    ]


def test_what_is_not_there_is_a_404(office: Office) -> None:
    answers = [
        office.browser.send("GET", f"{AT}/2026-01-31"),
        office.browser.send("POST", f"{AT}/2026-01-31/close"),
        office.browser.send("GET", f"{AT}/someday/report"),
        office.browser.send("GET", "/api/v1/accounting-periods/2026-01-01"),
        office.browser.send("GET", "/api/v1/posting-date-ranges/marek"),
        office.browser.send("PUT", "/api/v1/posting-date-ranges/nobody", {}),
        office.browser.send("DELETE", "/api/v1/posting-date-ranges/marek"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7


def test_the_set_up_is_read_changed_and_audited(office: Office) -> None:
    changed = office.browser.send(
        "PATCH",
        "/api/v1/inventory-setup",
        {"average_cost_period": "month", "allow_posting_from": "2026-01-01", "automatic_cost_posting": False},
    )
    read = office.browser.send("GET", "/api/v1/inventory-setup")

    assert changed.status_code == 200
    assert read.json == changed.json
    assert isinstance(read.json, dict)
    assert read.json["average_cost_period"] == "month"
    assert read.json["allow_posting_from"] == "2026-01-01"
    assert office.inside(audited) == [
        (
            "setup_changed",
            "1",
            {"average_cost_period": "day", "allow_posting_from": None},
            {"average_cost_period": "month", "allow_posting_from": "2026-01-01"},
        )
    ]


def test_a_set_up_that_cannot_be_is_refused_at_its_field(office: Office) -> None:
    for body, pointer in (
        ({"average_cost_period": "quarter"}, "/average_cost_period"),
        ({"allow_posting_from": "31.1.2026"}, "/allow_posting_from"),
        ({"allow_posting_from": "2026-02-01", "allow_posting_to": "2026-01-01"}, "/allow_posting_from"),
        ({"automatic_cost_posting": "yes"}, "/automatic_cost_posting"),
        ({"currency": "EUR"}, "/currency"),
    ):
        answer = office.browser.send("PATCH", "/api/v1/inventory-setup", body)

        assert answer.status_code == 422, body
        assert [error["pointer"] for error in json.loads(answer.text)["errors"]] == [pointer]
    assert office.inside(audited) == []


def test_an_unadjusted_cost_keeps_the_earliest_valuation_date_away(office: Office) -> None:
    office.inside(post_by_hand, 1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
    office.inside(say_adjusted, "GLOBE", is_adjusted=False)

    answer = office.browser.send(
        "PATCH", "/api/v1/inventory-setup", {"earliest_valuation_date": "2026-02-01"}
    )

    assert (answer.status_code, json.loads(answer.text)["code"]) == (409, "unadjusted_entries")


def test_accounting_periods_are_made_changed_and_deleted(office: Office) -> None:
    at = "/api/v1/accounting-periods"
    year = office.browser.send("POST", "/api/v1/fiscal-years", {"starting_date": "2026-01-01"})
    made = office.browser.send("POST", at, {"starting_date": "2027-01-01", "is_new_fiscal_year": True})
    closed = office.browser.send("PATCH", f"{at}/2026-01-01", {"is_closed": True})
    deleted = office.browser.send("DELETE", f"{at}/2027-01-01")
    listed = office.browser.send("GET", f"{at}?sort=starting_date&limit=1")

    assert [each.status_code for each in (year, made, closed, deleted, listed)] == [201, 201, 200, 204, 200]
    assert isinstance(year.json, dict)
    assert len(year.json["starting_dates"]) == 12
    assert isinstance(listed.json, dict)
    assert (
        listed.json["rows"]
        == [closed.json]
        == [{"starting_date": "2026-01-01", "name": "2026-01", "is_new_fiscal_year": True, "is_closed": True}]
    )
    assert [row[:2] for row in office.inside(audited)] == [
        ("fiscal_year_made", "2026-01-01"),
        ("accounting_period_made", "2027-01-01"),
        ("accounting_period_changed", "2026-01-01"),
        ("accounting_period_deleted", "2027-01-01"),
    ]
    assert office.inside(audited)[2][2:] == ({"is_closed": False}, {"is_closed": True})


def test_a_person_s_posting_dates_are_put_listed_and_deleted(office: Office) -> None:
    at = "/api/v1/posting-date-ranges"
    put = office.browser.send("PUT", f"{at}/marek", {"allow_posting_from": "2026-01-01"})
    again = office.browser.send("PUT", f"{at}/marek", {"allow_posting_from": "2026-01-01"})
    listed = office.browser.send("GET", at)
    deleted = office.browser.send("DELETE", f"{at}/marek")

    assert (
        put.json
        == again.json
        == {
            "person_id": "marek",
            "person_name": "Marek",
            "allow_posting_from": "2026-01-01",
            "allow_posting_to": None,
        }
    )
    assert isinstance(listed.json, dict)
    assert listed.json["rows"] == [put.json]
    assert deleted.status_code == 204
    assert [row[0] for row in office.inside(audited)] == ["posting_dates_changed", "posting_dates_cleared"]


def test_the_log_says_who_closed(office: Office) -> None:
    office.browser.send("POST", AT, {"ending_date": "2026-01-31"})
    office.browser.send("POST", f"{AT}/2026-01-31/close")

    answer = office.browser.send("GET", "/api/v1/inventory-period-entries?ending_date=2026-01-31")

    assert isinstance(answer.json, dict)
    (row,) = answer.json["rows"]
    assert (row["action"], row["user_name"], row["register_no"]) == ("close", "Some back_office", 0)


@pytest.mark.parametrize("role", ["worker", "supervisor", "administrator"])
def test_only_the_back_office_closes_and_sets_up(company: Flask, role: str) -> None:
    browser = browser_of(company, role)

    answers = [
        browser.send("POST", AT, {"ending_date": "2026-01-31"}),
        browser.send("PATCH", "/api/v1/inventory-setup", {"average_cost_period": "month"}),
        browser.send("PUT", "/api/v1/posting-date-ranges/marek", {}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    with company.app_context():
        assert periods() == {}
