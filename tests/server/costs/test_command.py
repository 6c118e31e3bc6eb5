"""`scanledger costs adjust` says what it did, and exits 1 when something failed."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server import cli
from server.config import Config
from server.errors import PostingDateNotAllowed
from server.ledger import adjustment_run
from tests.server.costs.books import Books


@pytest.fixture
def command(
    closed_books: tuple[Flask, Books], config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Any:
    """The command line on a company whose item LOOSE is to be adjusted; gives back its exit code."""
    app, books = closed_books
    with app.app_context():
        receipt = books.purchase("2026-03-01", 10, 10)
        books.sale("2026-03-02", 4)
        books.charge("2026-03-03", receipt, 20)
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", config.database_url)
    return lambda *words: cli.main(["costs", "adjust", *words])


def test_it_says_what_it_did_and_then_that_nothing_is_left(command: Any, capsys: Any) -> None:
    assert command() == 0
    first = capsys.readouterr().out
    assert command() == 0

    assert "1 items adjusted, 1 value entries written, inventory value changed by -8.00" in first
    assert "Every cost was up to date already." in capsys.readouterr().out


def test_only_the_items_that_are_named(command: Any, capsys: Any) -> None:
    assert command("--item", "GLOBE") == 0
    assert "0 items adjusted" in capsys.readouterr().out

    assert command("--item", "GLOBE", "--item", "LOOSE") == 0
    assert "1 items adjusted" in capsys.readouterr().out


def test_an_unknown_item_and_any_category_are_refused_in_words(command: Any, capsys: Any) -> None:
    assert command("--item", "NOTHING") == 1
    assert "There is no item NOTHING." in capsys.readouterr().err

    assert command("--category", "TOYS") == 1
    assert "There is no item category TOYS" in capsys.readouterr().err


def test_a_failure_is_listed_and_ends_with_1(
    command: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(adjustment_run, "adjust_item", fail)

    assert command() == 1
    out = capsys.readouterr().out
    assert "1 items failed:" in out
    assert "RuntimeError: a bug" in out


def test_a_posting_date_that_is_not_allowed_ends_the_run(
    command: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PostingDateNotAllowed("2026-03-02 < 2026-04-01 (company)")

    monkeypatch.setattr(adjustment_run, "adjust_item", refuse)

    assert command() == 1
    assert "The run ended before it was done: posting_date_not_allowed: 2026-03-02" in capsys.readouterr().out
