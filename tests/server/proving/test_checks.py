"""The books are checked every night and on demand; the newest result stands in every page and on its own."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cli import main
from server.config import utc_now
from server.database import db, write
from server.inbox.work_items import known_keys
from server.jobs import huey_of, run_jobs
from server.ledger.tables import ItemBalance
from server.proving.checks import CHECK_LEDGER, INVARIANTS, KEPT_FOR, check_ledger, newest_check
from server.proving.tables import LedgerCheck
from server.proving.words import RULES
from server.web.frame import Frame, proof_url
from tests.server.pages.conftest import browser, empty, office, stocked
from tests.support.fixtures import config_for, server_on
from tests.support.people import Browser

__all__ = ["browser", "empty", "office", "stocked"]


@pytest.fixture
def ghost(stocked: Flask) -> Flask:
    """A balance that no entry stands behind."""
    with stocked.app_context():
        write(
            lambda connection: connection.execute(
                sa.insert(ItemBalance).values(
                    item_no="GHOST", variant_code="", location_code="MAIN", quantity_base=7
                )
            )
        )
    return stocked


@pytest.fixture
def jobs(stocked: Flask) -> Iterator[Flask]:
    """A server whose jobs may be woken up."""
    huey_of(stocked)
    yield stocked
    huey_of(stocked).storage.close()


def checks() -> list[int]:
    """The differences of the kept checks, oldest first."""
    db.session.rollback()
    table = LedgerCheck.__table__
    return list(db.session.scalars(sa.select(table.c.differences).order_by(table.c.check_no)))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_night_leaves_one_check_that_the_jobs_do(jobs: Flask) -> None:
    (nightly,) = [each for each in huey_of(jobs)._registry.periodic_tasks if "nightly_check" in str(each)]

    with jobs.app_context():
        nightly.execute()
        assert write(lambda connection: known_keys(connection, CHECK_LEDGER)) == {""}
        run_jobs()

        assert write(lambda connection: known_keys(connection, CHECK_LEDGER)) == set()
        assert checks() == [0]


def test_a_kept_check_says_of_each_invariant_what_differs(ghost: Flask) -> None:
    with ghost.app_context():
        checked = check_ledger(utc_now)
        kept = newest_check()

    assert kept is not None
    assert (kept.differences, kept.item_ledger_entries, kept.value_entries) == (1, 2, 2)
    assert [result.name for result in kept.results] == [each.name for each in INVARIANTS]
    (broken,) = [result for result in kept.results if result.differences]
    assert (broken.name, broken.differences) == ("balances", 1)
    assert broken.rows == tuple(next(each.rows for each in checked.results if each.differences))
    assert "GHOST" in broken.rows[0].where


def test_checks_are_forgotten_after_a_good_year(stocked: Flask) -> None:
    with stocked.app_context():
        check_ledger(lambda: utc_now() - KEPT_FOR - timedelta(days=1))
        check_ledger(utc_now)
        check_ledger(utc_now)

        assert checks() == [0, 0]


def test_the_command_keeps_its_result_too(
    ghost: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ghost.config["SCANLEDGER"]
    monkeypatch.setenv("SCANLEDGER_HOME", str(config.home))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", config.database_url)

    assert main(["ledger", "check", "--json"]) == 1

    assert json.loads(capsys.readouterr().out)["differences"] == 1
    with ghost.app_context():
        assert checks() == [1]


def test_no_page_claims_a_proof_before_the_first_check(browser: Callable[[str], Browser]) -> None:
    supervisor = browser("supervisor")

    assert "Ledger proved" not in words(supervisor.get("/items").text)
    assert "The books were never checked yet." in words(supervisor.get("/ledger-check").text)


def test_every_page_says_when_the_books_were_proved_and_leads_to_the_check(
    stocked: Flask, browser: Callable[[str], Browser]
) -> None:
    with stocked.app_context():
        check_ledger(utc_now)
    supervisor = browser("supervisor")

    page = supervisor.get("/items").text
    assert re.search(r"Ledger proved [\d: ]+ , 0 differences", words(page))
    assert '<p class="proved"><a href="/ledger-check">' in page
    shown = supervisor.get("/ledger-check").text
    assert words(shown).count("Holds") == len(INVARIANTS)
    assert "Every balance is the sum of its ledger." in words(shown)


def test_a_difference_stands_in_every_page_and_first_on_its_own(
    ghost: Flask, browser: Callable[[str], Browser]
) -> None:
    with ghost.app_context():
        check_ledger(utc_now)
    supervisor = browser("supervisor")

    assert re.search(r"Ledger checked [\d: ]+ , 1 difference", words(supervisor.get("/items").text))
    shown = words(supervisor.get("/ledger-check").text)
    assert "1 row differs" in shown
    assert shown.index("balances") < shown.index("I1 ")
    assert "item_no GHOST, location_code MAIN" in shown
    french = words(supervisor.get("/ledger-check?lang=fr").text)
    assert "1 ligne diffère" in french
    assert "Chaque solde est la somme de ses écritures." in french


def test_whoever_may_not_see_the_ledger_gets_no_link(stocked: Flask) -> None:
    frame = Frame("Jo Martin", may_open=lambda endpoint: endpoint != "proof.index")

    with stocked.test_request_context("/"):
        assert proof_url(stocked, frame) is None
        assert proof_url(stocked, replace(frame, may_open=lambda _: True)) == "/ledger-check"


def test_every_rule_stands_in_words_of_both_languages(sqlite_url: str, tmp_path: Path) -> None:
    with server_on(config_for(sqlite_url, tmp_path / "home")) as app, app.test_request_context("/"):
        said = {name: str(rule) for name, rule in RULES.items()}

    assert said == {each.name: each.rule for each in INVARIANTS}
