"""What a person decides on a transaction's page: who may, what it does, and that nobody decides twice."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from server.database import db
from server.inbox.tables import InboxDecision, InboxTransaction
from tests.server.pages.placed import Placed, seen
from tests.support.people import Browser, add_person
from tests.support.warehouse import bins, ledger_count, line, move_line

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


@pytest.fixture
def circle(stocked: Flask, handheld: Placed) -> tuple[Case, Case]:
    """All 12 globes went from A1 to A2, 5 back to A1, where they were picked; the pick arrived first."""
    handheld.send("pick", line("GLOBE", 5, "A1"))
    there = handheld.send("move", move_line("GLOBE", 12, "A1", "A2"))
    back = handheld.send("move", move_line("GLOBE", 5, "A2", "A1"))
    return Case(stocked, there.transaction_id), Case(stocked, back.transaction_id)


def press_together(browser: Browser, case: Case, page: str) -> TestResponse:
    """Press the button of a page that was read, whatever has happened since."""
    named = re.findall(r'name="together" value="([^"]+)"', page)
    fields = {"csrf_token": browser.token(), "together": named, "reason": "both bins looked at"}
    return browser.client.post(f"{case.path}/post-together", data=fields)


def test_moves_that_wait_for_each_other_are_posted_by_one_button(
    circle: tuple[Case, Case], browser: Browsers
) -> None:
    there, back = circle
    office = browser("back_office")
    page = office.get(there.path).text
    assert "Post all 2 together" in page
    # It would only be parked again.
    assert "Post again" not in page
    assert f'href="{back.path}"' in page

    assert press_together(office, there, page).status_code == 303

    assert (there.status, back.status) == ("posted", "posted")
    assert seen(there.app, bins) == {"A2": 7}
    trail = office.get(back.path).text
    assert "Posted together with others" in trail
    assert "both bins looked at" in trail


def test_moves_are_not_posted_together_in_a_state_that_nobody_saw(
    circle: tuple[Case, Case], browser: Browsers
) -> None:
    there, back = circle
    supervisor = browser("supervisor")
    page = supervisor.get(there.path).text
    back.decide(supervisor, "refuse", reason="never came back")

    press_together(supervisor, there, page)

    assert (there.status, back.status) == ("parked", "refused")
    assert "Someone else was faster." in supervisor.get(there.path).text


def test_moves_that_no_longer_fit_say_what_is_missing(
    circle: tuple[Case, Case], browser: Browsers, handheld: Placed
) -> None:
    there, back = circle
    supervisor = browser("supervisor")
    page = supervisor.get(there.path).text
    handheld.send("pick", line("GLOBE", 3, "A1"))

    press_together(supervisor, there, page)

    assert (there.status, back.status) == ("parked", "parked")
    assert "GLOBE, A1: 3 &gt; 0" in supervisor.get(there.path).text


def test_who_may_not_decide_posts_nothing_together(circle: tuple[Case, Case], browser: Browsers) -> None:
    there, _ = circle
    page = browser("back_office").get(there.path).text

    assert press_together(browser("worker"), there, page).status_code == 403
    assert there.status == "parked"


def test_a_form_that_names_nothing_sensible_posts_nothing(
    circle: tuple[Case, Case], browser: Browsers
) -> None:
    there, _ = circle

    answer = browser("supervisor").post(f"{there.path}/post-together", together="x:y")

    assert answer.status_code == 303
    assert there.status == "parked"
