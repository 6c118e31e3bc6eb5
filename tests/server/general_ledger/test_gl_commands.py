"""What `scanledger gl` prints and writes."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.cli import main
from server.database import db, write
from server.general_ledger.tables import GlAccount, GlEntry
from tests.support.fixtures import config_for, server_on
from tests.support.values import add_values

Company = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def company(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Does something in the company that the environment names; it began with a command."""
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)

    def inside(do: Callable[[], Any]) -> Any:
        with server_on(config_for(database_url, tmp_path / "home")) as app, app.app_context():
            return do()

    assert main(["gl", "post"]) == 0
    return inside


def some_values() -> None:
    add_values(
        {"cost_amount_actual": "10.50"},
        {"cost_amount_actual": "-4.25", "item_ledger_entry_type": "sale", "posting_date": date(2026, 3, 5)},
    )


def count() -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(GlEntry)).scalar_one()


def test_the_preview_shows_what_the_post_then_does(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    company(some_values)
    capsys.readouterr()

    assert main(["gl", "post", "--preview"]) == 0
    preview = capsys.readouterr().out
    assert company(count) == 0
    assert main(["gl", "post"]) == 0
    posted = capsys.readouterr().out

    assert "2 value entries would be posted as 4 G/L entries, 14.75 in debits" in preview
    assert "1410     inventory" in preview
    assert posted == preview.replace("would be posted", "posted")
    assert company(count) == 4


def test_what_is_skipped_is_listed_with_its_reason(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil() -> None:
        some_values()
        write(
            lambda connection: connection.execute(
                sa.update(GlAccount).where(GlAccount.no == "5110").values(is_blocked=True)
            )
        )

    company(spoil)
    capsys.readouterr()

    assert main(["gl", "post", "--per", "group"]) == 0

    said = capsys.readouterr().out
    assert "1 value entries posted as 2 G/L entries" in said
    assert (
        "account 5110 (cogs) is blocked: 1 amount, -4.25 in all, 2026-03-05 to 2026-03-05, value entries 2"
        in said
    )


def test_the_export_has_every_entry_in_the_order_of_dates(
    company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company(some_values)
    assert main(["gl", "post"]) == 0

    assert main(["gl", "export", "--format", "csv", "entries.csv"]) == 0
    capsys.readouterr()
    assert main(["gl", "export", "--format", "json", "--from", "2026-03-03", "--to", "2026-03-05"]) == 0

    rows = list(csv.DictReader((tmp_path / "entries.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["posting_date"], row["account_no"], row["amount"]) for row in rows] == [
        ("2026-03-02", "1410", "10.5"),
        ("2026-03-02", "5210", "-10.5"),
        ("2026-03-05", "1410", "-4.25"),
        ("2026-03-05", "5110", "4.25"),
    ]
    assert (rows[0]["account_name"], rows[0]["category"]) == ("Inventory", "inventory")
    found = json.loads(capsys.readouterr().out)
    assert [(each["account_no"], each["amount"]) for each in found] == [("1410", "-4.25"), ("5110", "4.25")]


def test_an_export_of_nothing_is_still_a_file_of_its_format(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["gl", "export", "--format", "json"]) == 0

    assert json.loads(capsys.readouterr().out) == []


def test_a_file_that_cannot_be_written_is_said_and_a_day_that_is_none_too(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["gl", "export", "--format", "csv", "no/such/folder.csv"]) == 1
    assert capsys.readouterr().err.startswith("scanledger: Cannot write no/such/folder.csv")
    with pytest.raises(SystemExit) as stopped:
        main(["gl", "export", "--format", "csv", "--from", "March"])
    assert stopped.value.code == 2
