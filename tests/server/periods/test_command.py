"""`scanledger period`, as typed: exit codes, what is printed, what is said when it does not work."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from server.cli import main
from tests.server.periods.books import JANUARY, periods, post_by_hand, say_adjusted


@pytest.fixture
def typed(company: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The environment names the company that the test looks into."""
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", database_url)
    return company


def test_a_period_is_closed_listed_and_reopened(typed: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["period", "close", "2026-01-31"]) == 0
    assert main(["period", "close", "2026-02-28"]) == 0
    assert main(["period", "reopen", "2026-02-28"]) == 0
    assert main(["period", "list"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "closed 2026-01-31",
        "closed 2026-02-28",
        "reopened 2026-02-28",
        "ends on     name  state",
        "----------  ----  ------",
        "2026-01-31        closed",
        "2026-02-28        open",
    ]


def test_what_stands_against_closing_is_listed_and_keeps_it_open(
    typed: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with typed.app_context():
        post_by_hand(1, "GLOBE", 2, date(2026, 1, 10), applied_entry_to_adjust=True)
        say_adjusted("GLOBE", is_adjusted=False)

    assert main(["period", "report", "2026-01-09"]) == 0
    assert main(["period", "report", "2026-01-31"]) == 1
    assert main(["period", "close", "2026-01-31"]) == 1

    heard = capsys.readouterr()
    assert heard.out.splitlines() == [
        "Nothing stands against closing up to 2026-01-09.",
        "what                        item   document  entry  date",
        "--------------------------  -----  --------  -----  ----------",
        "cost of an entry to adjust  GLOBE  D1        1      2026-01-10",
    ]
    assert heard.err == (
        "scanledger: Costs are still to be adjusted. Run the cost adjustment first. "
        "GLOBE, D1, 1, 2026-01-10\n"
    )
    with typed.app_context():
        assert periods() == {}


def test_what_cannot_be_is_said(typed: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["period", "reopen", "2026-01-31"]) == 1
    assert main(["period", "close", "2026-01-31"]) == 0
    assert main(["period", "close", "2026-01-31"]) == 1
    assert main(["period", "close", "2026-01-15"]) == 1

    assert capsys.readouterr().err.splitlines() == [
        "scanledger: There is no inventory period 2026-01-31.",
        "scanledger: The period that ends on 2026-01-31 is closed. Reopen it first.",
        "scanledger: A period that ends on 2026-01-31 is closed, so none may end on 2026-01-15. "
        "Choose a later day.",
    ]
    with typed.app_context():
        assert periods() == {JANUARY: True}


def test_a_day_is_typed_as_a_day(typed: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as typed_wrongly:
        main(["period", "close", "31.1.2026"])

    assert typed_wrongly.value.code == 2
    assert "expected a day as YYYY-MM-DD, found 31.1.2026" in capsys.readouterr().err
