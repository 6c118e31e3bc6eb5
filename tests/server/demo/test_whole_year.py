"""The whole year through `scanledger load` ends with the stock and value that the data set ends with."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from server.demo.data_set import PACKAGED
from server.demo.load import count_transactions

PIECES = "307142"
# At the rows' own unit costs; the ledger rounds each entry to cents.
WORTH, ROUNDING = Decimal("323846.01"), Decimal("2.00")
# Where the real data takes more than is there: an item of 2011-02-04 and one of 2011-08-18.
POSTED_AGAIN = 2


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_the_whole_year_ends_with_the_stock_of_the_data_set_and_a_second_load_posts_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", database_url)
    sent = f"{count_transactions(PACKAGED):,} transactions sent"

    first, books = load_and_check(capsys)
    second, books_after = load_and_check(capsys)

    assert f"{sent}, {sent.split(maxsplit=1)[0]} of them new, {sent.split(maxsplit=1)[0]} posted" in first
    assert first.count("Posted again, as a supervisor would") == POSTED_AGAIN
    assert "Still parked" not in first
    assert [each for each in books["invariants"] if each["differences"]] == []
    assert books["on_hand_quantity"] == PIECES
    assert abs(Decimal(books["inventory_value"]) - WORTH) <= ROUNDING
    assert f"{sent}, 0 of them new, 0 posted" in second
    assert books_after == books


def load_and_check(capsys: pytest.CaptureFixture[str]) -> tuple[str, dict[str, Any]]:
    """What a load prints, and what a check of the books then finds."""
    assert main(["load"]) == 0
    printed = capsys.readouterr().out
    main(["ledger", "check", "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    with capsys.disabled():
        print(f"\n{printed}{found['on_hand_quantity']} pieces worth {found['inventory_value']}")
    return printed, found
