"""Every given scenario passes on both databases, and a wrong figure in any of them would be seen."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from server.cli import main
from server.ledger import load_to_adjust
from server.scenarios.checking import Difference
from server.scenarios.reading import parse_scenario, read_scenario
from server.scenarios.running import run_scenario

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
# Worked out by hand from the rules: what the given ones do not show.
OWN = sorted((FOLDER / "own").glob("*.yaml"))

# Scenario, section of its last checkpoint, place in the section, figure, and a wrong value for it.
CHANGED: list[tuple[str, str, int, str, object]] = [
    ("cm-fifo-three-layers", "item_entries", 0, "cost_amount_actual", -10.01),
    ("app-per-location-and-variant", "item_entries", 3, "remaining", 4),
    ("cm-fifo-three-layers", "item_entries", 3, "open", True),
    ("avg-valuation-dates", "item_entries", 1, "valuation_date", date(2020, 3, 2)),
    ("adj-second-run-adds-nothing", "value_entries", 0, "count", 2),
    ("adj-second-run-adds-nothing", "value_entries", 1, "cost_amount", -0.02),
    ("trf-in-transit-revaluation", "items", 0, "unit_cost", 25.70001),
    ("gl-account-per-entry-kind", "gl", 9, "amount", 4.01),
    ("gl-account-per-entry-kind", "gl", 9, "date", date(2026, 1, 5)),
    ("avg-valuation-dates", "inventory_value", 0, "value", 4.01),
    ("cm-fifo-three-layers", "inventory_value", 1, "quantity", 1),
    ("app-fixed-purchase-return", "applications", 0, "quantity", 9),
    ("rev-revaluable-quantity", "revaluable", 1, "value", 22.01),
    ("exp-two-partial-invoices", "item_entries", 0, "cost_amount_expected", 0.01),
]


def test_the_given_scenarios_are_all_there() -> None:
    assert len(FILES) == 78


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_given_scenario_passes(path: Path, scratch: sa.Connection) -> None:
    assert run_scenario(read_scenario(path), scratch) == []


@pytest.mark.parametrize("path", OWN, ids=[path.stem for path in OWN])
def test_a_scenario_of_our_own_passes(path: Path, scratch: sa.Connection) -> None:
    assert run_scenario(read_scenario(path), scratch) == []


@pytest.mark.parametrize("path", [*FILES, *OWN], ids=[path.stem for path in [*FILES, *OWN]])
def test_a_history_that_is_read_in_parts_comes_out_the_same(
    path: Path, scratch: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_to_adjust, "LONG", 0)

    assert run_scenario(read_scenario(path), scratch) == []


@pytest.mark.parametrize("change", CHANGED, ids=[f"{name}-{figure}" for name, _, _, figure, _ in CHANGED])
def test_a_copy_with_one_changed_figure_fails(
    change: tuple[str, str, int, str, object], scratch: sa.Connection
) -> None:
    name, section, place, figure, wrong = change
    document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    check = document["expect"][-1][section][place]
    assert check[figure] != wrong

    check[figure] = wrong
    differences = differences_of(document, scratch)

    assert len(differences) == 1
    assert differences[0].where.startswith(f"after {document['expect'][-1]['after']}: ")


def test_a_copy_whose_refusal_is_changed_fails(scratch: sa.Connection) -> None:
    document = yaml.safe_load((FOLDER / "per-close-refused-unadjusted.yaml").read_text(encoding="utf-8"))
    step = next(step for step in document["steps"] if "expect_error" in step)

    step["expect_error"] = "negative-inventory"
    differences = differences_of(document, scratch)

    assert [(each.where, each.expected) for each in differences] == [
        (f"step {step['ref']} (close_period)", "refused: negative-inventory")
    ]
    assert differences[0].found.startswith("refused: unadjusted-entries")


def test_the_command_tells_passed_from_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "rnd-fifo-residual.yaml"
    text = (FOLDER / changed.name).read_text(encoding="utf-8")
    changed.write_text(text.replace("-3.33", "-3.34", 1), encoding="utf-8")

    assert main(["scenario", "run", *map(str, FILES[:2])]) == 0
    passed = capsys.readouterr().out.splitlines()
    assert main(["scenario", "run", str(FILES[0]), str(changed), str(tmp_path / "none.yaml")]) == 1
    failed = capsys.readouterr().out

    assert passed == [f"{FILES[0]}: passed", f"{FILES[1]}: passed", "2 passed, 0 failed"]
    assert failed.splitlines()[-1] == "1 passed, 2 failed"
    assert f"{changed}: failed" in failed
    assert "-3.34     -3.33" in failed
    assert "expected a file that can be read" in failed


def differences_of(document: dict[str, Any], connection: sa.Connection) -> list[Difference]:
    """What differs from a scenario after it went through its text once more."""
    return run_scenario(parse_scenario(yaml.safe_dump(document, sort_keys=False)), connection)
