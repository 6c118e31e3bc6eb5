"""What a person decides on a transaction's page: who may, what it does, and that nobody decides twice."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from server.database import db
from server.inbox.tables import InboxDecision, InboxTransaction
from tests.server.pages.placed import Placed, seen
from tests.support.people import Browser, add_person
from tests.support.warehouse import bins, ledger_count, line

Browsers = Callable[[str], Browser]


class Case:
    """One transaction, and what is done about it."""

    def __init__(self, app: Flask, transaction_id: str) -> None:
        self.app, self.path, self._id = app, f"/transactions/{transaction_id}", transaction_id

    def _row(self) -> tuple[str, int]:
        row = db.session.execute(
            sa.select(InboxTransaction.status, InboxTransaction.rev).where(
                InboxTransaction.transaction_id == self._id
            )
        ).one()
        return row.status, row.rev

    @property
    def status(self) -> str:
        return seen(self.app, self._row)[0]

    @property
    def rev(self) -> int:
        return seen(self.app, self._row)[1]

    def decide(self, browser: Browser, how: str, reason: str = "", rev: int | None = None) -> TestResponse:
        return browser.post(f"{self.path}/{how}", rev=str(self.rev if rev is None else rev), reason=reason)


@pytest.fixture
def parked(stocked: Flask, handheld: Placed) -> Case:
    return Case(stocked, handheld.send("pick", line("GLOBE", 20, "A1")).transaction_id)


@pytest.fixture
def awaiting(limited: Flask, handheld: Placed) -> Case:
    outcome = handheld.send("adjust", line("GLOBE", -4, "A1"), body_reason_code="LOST")
    return Case(limited, outcome.transaction_id)


def test_a_parked_pick_posts_again_once_the_books_have_caught_up(
    parked: Case, browser: Browsers, office: Placed
) -> None:
    office.send("receive", line("GLOBE", 10, "A1"))

    assert parked.decide(browser("back_office"), "post").status_code == 303

    assert parked.status == "posted"
    assert seen(parked.app, bins) == {"A1": 2}


def test_posting_again_while_the_books_still_say_less_parks_it_again(parked: Case, browser: Browsers) -> None:
    before = seen(parked.app, ledger_count)
    supervisor = browser("supervisor")

    parked.decide(supervisor, "post")

    assert parked.status == "parked"
    assert seen(parked.app, ledger_count) == before
    assert "The books say less is in this bin." in supervisor.get(parked.path).text


def test_a_refusal_needs_a_reason_and_the_page_says_so_beside_the_field(
    parked: Case, browser: Browsers
) -> None:
    answer = parked.decide(browser("supervisor"), "refuse", reason="  ")

    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="said-reason"' in answer.text
    assert parked.status == "parked"


def test_a_refused_one_tells_who_and_why(parked: Case, browser: Browsers) -> None:
    supervisor = browser("supervisor")

    parked.decide(supervisor, "refuse", reason="never picked")

    assert parked.status == "refused"
    assert "Refused by Some supervisor: never picked" in supervisor.get(parked.path).text


def test_only_who_may_approve_approves(awaiting: Case, browser: Browsers) -> None:
    assert awaiting.status == "awaiting_approval"

    assert awaiting.decide(browser("back_office"), "post").status_code == 403
    assert awaiting.status == "awaiting_approval"
    assert awaiting.decide(browser("supervisor"), "post").status_code == 303

    assert awaiting.status == "posted"
    assert seen(awaiting.app, bins) == {"A1": 8}


def test_the_button_names_its_effect_for_those_who_may_press_it(awaiting: Case, browser: Browsers) -> None:
    assert "Approve −4" in browser("supervisor").get(awaiting.path).text
    assert "Approve −4" not in browser("back_office").get(awaiting.path).text


def test_nobody_approves_their_own(limited: Flask, handheld: Placed) -> None:
    dana = add_person(limited, "supervisor", name="Dana")
    outcome = handheld.send("adjust", line("GLOBE", -4, "A1"), body_reason_code="LOST", worker_id=dana)
    case, her_browser = Case(limited, outcome.transaction_id), Browser(limited).sign_in_as(dana)

    case.decide(her_browser, "post")

    assert case.status == "awaiting_approval"
    page = her_browser.get(case.path).text
    assert "This is your own. Someone else must decide it." in page
    assert "Approve −4" not in page


def test_who_comes_second_decides_nothing_and_is_told(
    parked: Case, browser: Browsers, office: Placed
) -> None:
    slow, rev = browser("supervisor"), parked.rev
    parked.decide(browser("supervisor"), "post")
    office.send("receive", line("GLOBE", 10, "A1"))

    answer = parked.decide(slow, "post", rev=rev)

    assert "Someone else was faster" in slow.get(answer.headers["Location"]).text
    assert parked.status == "parked"
    with parked.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(InboxDecision)) == 1


def test_a_posted_one_offers_nothing_to_decide(stocked: Flask, browser: Browsers, handheld: Placed) -> None:
    case = Case(stocked, handheld.send("pick", line("GLOBE", 2, "A1")).transaction_id)
    supervisor = browser("supervisor")

    case.decide(supervisor, "refuse", reason="no")

    assert case.status == "posted"
    assert "/refuse" not in supervisor.get(case.path).text


def test_a_worker_may_not_even_look(parked: Case, browser: Browsers) -> None:
    worker = browser("worker")

    assert worker.get(parked.path).status_code == 403
    assert parked.decide(worker, "post").status_code == 403
    assert parked.status == "parked"


def test_a_decision_without_the_pages_token_is_no_decision(parked: Case, browser: Browsers) -> None:
    answer = browser("supervisor").client.post(f"{parked.path}/post", data={"rev": "1"})

    assert answer.status_code == 400
    assert parked.status == "parked"
