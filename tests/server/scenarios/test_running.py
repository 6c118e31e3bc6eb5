"""What a scenario says is done and compared, step by step; the figures here are worked out by hand."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from server.cli import main
from server.ledger.tables import ItemLedgerEntry
from server.scenarios import running
from server.scenarios.checking import Difference
from server.scenarios.reading import parse_scenario
from server.scenarios.running import run_scenario
from tests.server.scenarios.files import FIFO, PURCHASE, scenario

CLOSED = "inventory_periods: [2026-01-31]"


def run(text: str, connection: sa.Connection) -> list[Difference]:
    """What differs."""
    return run_scenario(parse_scenario(text), connection)


def test_a_difference_names_step_entry_figure_and_both_values(scratch: sa.Connection) -> None:
    found = run(
        scenario(expect="- {after: p, item_entries: [{ref: p, remaining: 4, cost_amount_actual: 10.01}]}"),
        scratch,
    )

    assert found == [
        Difference(where="after p: item entry p, cost_amount_actual", expected="10.01", found="10")
    ]


def test_a_step_that_should_be_refused_and_is_not_is_a_difference(scratch: sa.Connection) -> None:
    steps = PURCHASE + "\n- {ref: a, do: adjust_cost, expect_error: posting-date-not-allowed}"

    found = run(scenario(steps=steps), scratch)

    assert found == [
        Difference(where="step a (adjust_cost)", expected="refused: posting-date-not-allowed", found="done")
    ]


def test_a_step_that_is_refused_otherwise_than_expected_is_a_difference(scratch: sa.Connection) -> None:
    steps = (
        PURCHASE + "\n- {ref: s, do: sale, date: 2026-01-03, item: I1, quantity: 5, applies_to: p,"
        " expect_error: already-applied}"
    )

    found = run(scenario(steps=steps, expect="- {after: s, item_entries: [{ref: p, remaining: 4}]}"), scratch)

    assert [(each.where, each.expected) for each in found] == [("step s (sale)", "refused: already-applied")]
    assert found[0].found.startswith("refused: insufficient-remaining-quantity")


def test_a_run_goes_on_after_a_refusal_as_far_as_it_can(scratch: sa.Connection) -> None:
    steps = """
- {ref: p, do: purchase, date: 2026-01-02, item: I1, quantity: 4, unit_cost: 2.50}
- {ref: q, do: purchase, date: 2026-02-02, item: I1, quantity: 1, unit_cost: 9.00}
- {ref: s, do: sale, date: 2026-02-03, item: I1, quantity: 1, applies_to: p}
- {ref: adj, do: adjust_cost}
"""
    expect = """
- after: adj
  item_entries:
  - {ref: p, remaining: 4}
  - {ref: q, remaining: 1}
  - {ref: s, cost_amount_actual: -2.50}
"""

    found = run(scenario(steps=steps, expect=expect, settings="allow_posting_from: 2026-02-01"), scratch)

    assert [(each.where, each.found.partition(" (")[0]) for each in found] == [
        ("step p (purchase)", "refused: posting-date-not-allowed"),
        ("step s (sale)", "not done: p has no item entry, since its step was not posted"),
        ("after adj: item entry p, remaining", "none"),
        ("after adj: item entry s, cost_amount_actual", "none"),
    ]


def test_a_refused_step_changes_nothing(scratch: sa.Connection) -> None:
    steps = PURCHASE + (
        "\n- {ref: x, do: purchase, date: 2026-01-01, item: I1, quantity: 1, unit_cost: 1,"
        " expect_error: posting-date-not-allowed}"
    )

    found = run(scenario(steps=steps, settings="allow_posting_from: 2026-01-02"), scratch)

    assert found == []
    assert scratch.scalar(sa.select(sa.func.count()).select_from(ItemLedgerEntry)) == 1


def test_a_charge_on_a_transfer_is_shared_by_its_layers_and_a_name_stands_for_all_of_them(
    scratch: sa.Connection,
) -> None:
    steps = """
- {ref: a, do: purchase, date: 2026-01-02, item: I1, quantity: 2, unit_cost: 10.00, location: BLUE}
- {ref: b, do: purchase, date: 2026-01-03, item: I1, quantity: 2, unit_cost: 13.00, location: BLUE}
- {ref: ts, do: transfer_shipment, date: 2026-01-05, item: I1, quantity: 3, from: BLUE, in_transit: TRANSIT}
- {ref: tr, do: transfer_receipt, date: 2026-01-06, shipment: ts, to: RED}
- {ref: c, do: item_charge, date: 2026-01-07, assign: [{to: tr.in, amount: 10.00}]}
- {ref: s, do: sale, date: 2026-01-08, item: I1, quantity: 3, location: RED}
- {ref: adj, do: adjust_cost}
"""
    expect = """
- after: adj
  item_entries:
  - {ref: ts.out, quantity: -3, cost_amount_actual: -33.00}
  - {ref: tr.in, quantity: 3, remaining: 0, open: false, cost_amount_actual: 43.00}
  - {ref: s, cost_amount_actual: -43.00}
  value_entries:
  - {of: tr.in, charge: true, cost_amount: 10.00, count: 2}
  applications:
  - {inbound: tr.in, outbound: s, quantity: 3}
  - {inbound: a, outbound: ts.out, quantity: 2}
  - {inbound: b, outbound: ts.out, quantity: 1}
  - {inbound: ts.in, outbound: null, quantity: 3}
  inventory_value:
  - {item: I1, location: RED, date: 2026-01-07, quantity: 3, value: 43.00}
  - {item: I1, location: BLUE, date: 2026-01-07, quantity: 1, value: 13.00}
"""

    assert run(scenario(steps=steps, expect=expect), scratch) == []


def test_an_assembly_costs_its_components_and_resources_with_overheads(scratch: sa.Connection) -> None:
    items = """
- {'no': I1, costing_method: FIFO}
- {'no': K, costing_method: FIFO, overhead_rate: 0.50, indirect_cost_pct: 10}
"""
    steps = """
- {ref: p, do: purchase, date: 2026-01-02, item: I1, quantity: 4, unit_cost: 25.00}
- {ref: m, do: assembly, date: 2026-01-05, item: K, quantity: 5, components: [{item: I1, quantity: 4}],
   resources: [{direct_cost: 20.00, overhead: 5.00}]}
- {ref: adj, do: adjust_cost}
- {ref: g, do: post_to_gl}
"""
    expect = """
- after: g
  item_entries:
  - {ref: m.output, quantity: 5, cost_amount_actual: 140.00}
  - {ref: m.c1, quantity: -4, cost_amount_actual: -100.00}
  value_entries:
  - {of: m.output, type: indirect_cost, cost_amount: 15.00}
  items:
  - {'no': K, unit_cost: 28.00}
  gl:
  - {account: inventory, amount: 140.00}
  - {account: direct_cost_applied, amount: -120.00}
  - {account: overhead_applied, amount: -20.00}
  - {account: inventory_adjmt, amount: 0}
  inventory_value:
  - {item: K, date: 2026-01-31, quantity: 5, value: 140.00}
"""

    assert run(scenario(items=items, steps=steps, expect=expect), scratch) == []


def test_serial_numbers_stand_under_lot(scratch: sa.Connection) -> None:
    items = "- {'no': I1, costing_method: Specific, tracking: serial}"
    steps = """
- {ref: a, do: purchase, date: 2026-01-02, item: I1, quantity: 1, unit_cost: 10.00, lot: S1}
- {ref: b, do: purchase, date: 2026-01-03, item: I1, quantity: 1, unit_cost: 14.00, lot: S2}
- {ref: s, do: sale, date: 2026-01-04, item: I1, quantity: 1, lot: S2}
- {ref: adj, do: adjust_cost}
"""
    expect = "- {after: adj, item_entries: [{ref: s, cost_amount_actual: -14.00}, {ref: a, open: true}]}"

    assert run(scenario(items=items, steps=steps, expect=expect), scratch) == []
    in_order = sa.select(ItemLedgerEntry.serial_no).order_by(ItemLedgerEntry.entry_no)
    assert scratch.scalars(in_order).all() == ["S1", "S2", "S2"]


def test_cards_and_dates_change_between_steps(scratch: sa.Connection) -> None:
    steps = """
- {ref: m, do: set_item, item: I1, costing_method: Standard, standard_cost: 6}
- {ref: a, do: positive_adjustment, date: 2026-01-04, item: I1, quantity: 1, unit_cost: 9}
- {ref: n, do: set_item, item: I1, standard_cost: 7}
- {ref: b, do: positive_adjustment, date: 2026-01-04, item: I1, quantity: 1, unit_cost: 9}
- {ref: f, do: set_item, item: I1, costing_method: FIFO, expect_error: item-has-entries}
- {ref: d, do: set, user_allow_posting_from: 2026-03-01}
- {ref: x, do: positive_adjustment, date: 2026-02-04, item: I1, quantity: 1, unit_cost: 9,
   expect_error: posting-date-not-allowed}
- {ref: e, do: set, user_allow_posting_from: 2026-01-01}
- {ref: z, do: positive_adjustment, date: 2026-01-04, item: I1, quantity: 1, unit_cost: 9}
"""
    expect = """
- {after: m, items: [{'no': I1, unit_cost: 6, standard_cost: 6}]}
- {after: z, item_entries: [{ref: a, cost_amount_actual: 6}, {ref: b, cost_amount_actual: 7}]}
"""

    settings = "allow_posting_from: 2026-02-01, user_allow_posting_from: 2026-01-01"

    assert run(scenario(steps=steps, expect=expect, settings=settings), scratch) == []


def test_nothing_is_posted_into_a_closed_period_until_it_is_reopened(scratch: sa.Connection) -> None:
    steps = """
- {ref: p, do: purchase, date: 2026-01-02, item: I1, quantity: 4, unit_cost: 2.50}
- {ref: adj, do: adjust_cost}
- {ref: c, do: close_period, ending: 2026-01-31}
- {ref: x, do: item_charge, date: 2026-01-31, assign: [{to: p, amount: 3}],
   expect_error: inventory-period-closed}
- {ref: o, do: reopen_period, ending: 2026-01-31}
- {ref: y, do: item_charge, date: 2026-01-31, assign: [{to: p, amount: 3}]}
"""
    expect = """
- {after: x, item_entries: [{ref: p, cost_amount_actual: 10}]}
- {after: y, item_entries: [{ref: p, cost_amount_actual: 13}]}
"""

    assert run(scenario(steps=steps, expect=expect, settings=CLOSED), scratch) == []


def test_the_example_of_the_documentation_passes(scratch: sa.Connection) -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]

    assert run(example, scratch) == []


def test_a_fault_of_the_program_fails_one_scenario_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "posts.yaml", tmp_path / "adjusts.yaml"]
    files[0].write_text(scenario(), encoding="utf-8")
    steps = PURCHASE + "\n- {ref: a, do: adjust_cost}"
    files[1].write_text(scenario(steps=steps), encoding="utf-8")

    def break_down(*_: object, **__: object) -> int:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(running, "adjust_costs", break_down)

    assert main(["scenario", "run", *map(str, reversed(files))]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{files[1]}: failed, A small scenario",
        "  ZeroDivisionError: nothing to divide by",
        f"{files[0]}: passed",
        "1 passed, 1 failed",
    ]


def test_a_database_address_that_is_no_postgresql_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(scenario(items=FIFO), encoding="utf-8")

    assert main(["scenario", "run", "--database-url", "sqlite:///books.db", str(path)]) == 1
    assert "--database-url: expected an address like postgresql://" in capsys.readouterr().err


def test_the_company_of_the_environment_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(scenario(), encoding="utf-8")
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'books.db'}")
    monkeypatch.chdir(tmp_path)

    assert main(["scenario", "run", str(path)]) == 0
    assert capsys.readouterr().out.endswith("1 passed, 0 failed\n")
    assert list(tmp_path.iterdir()) == [path]
