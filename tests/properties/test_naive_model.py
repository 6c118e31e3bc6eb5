"""Holds the naive model against the scenario files, so that it may be held against the engine.

What of the files is not compared, each for its reason (`LEFT_OUT`): the model keeps no adjustment entries, no
general ledger and no posting dates of corrections, and takes a refused step as refused.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.properties.naive.entries import ZERO, Entry, number
from tests.properties.naive.ledger import NaiveLedger
from tests.properties.naive.revaluing import revaluable_layers, value_of

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
LEFT_OUT = {
    "gl": "the model posts nothing to the general ledger",
    "value_entries": "the model knows only sums per type, not the entries that a correction makes",
    "inventory_value": "the model knows no posting dates of corrections, so values only after the last date",
    "expect_error": "the model takes a step that must be refused as refused",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_model_gives_every_figure_of_a_scenario(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    ledger = NaiveLedger(document["setup"])

    found, expected = {}, {}
    for step in document["steps"]:
        ledger.take(step)
        for checkpoint in document["expect"]:
            if checkpoint["after"] == step["ref"]:
                for where, figure, wanted in compared(ledger, checkpoint):
                    found[step["ref"], where], expected[step["ref"], where] = figure, wanted

    assert found == expected


def test_the_files_are_there() -> None:
    assert len(FILES) >= 78


def compared(ledger: NaiveLedger, checkpoint: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Where, what the model has, what the file has; nothing for what LEFT_OUT names."""
    yield from compared_costs(ledger, checkpoint)
    for check in checkpoint.get("inventory_value", []):
        yield from compared_value(ledger, check)
    for check in checkpoint.get("applications", []):
        yield f"{check['inbound']} {check['outbound']}", applied(ledger, check), exact(check["quantity"])
    for check in checkpoint.get("revaluable", []):
        layers = revaluable_layers(ledger.books, check["item"], check["date"])
        quantity = sum((layer.quantity for layer in layers), ZERO)
        yield f"revaluable {check['date']} quantity", quantity, exact(check["quantity"])
        if "value" in check:
            yield f"revaluable {check['date']} value", value_of(layers), exact(check["value"])


def compared_costs(
    ledger: NaiveLedger, checkpoint: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """Entries, what was posted on them by type, and cards."""
    for check in checkpoint.get("item_entries", []):
        figures = figures_of(ledger.entries(check["ref"]))
        for key in check.keys() - {"ref"}:
            yield f"{check['ref']} {key}", figures[key], exact(check[key])
    for check in checkpoint.get("value_entries", []):
        if check.keys() == {"of", "type", "cost_amount"}:
            total = sum((entry.total(check["type"]) for entry in ledger.entries(check["of"])), ZERO)
            yield f"{check['of']} {check['type']}", total, exact(check["cost_amount"])
    for check in checkpoint.get("items", []):
        item = ledger.books.items[check["no"]]
        for key in check.keys() - {"no"}:
            yield f"{check['no']} {key}", getattr(item, key), exact(check[key])


def compared_value(ledger: NaiveLedger, check: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Quantity at any date; values only when nothing is dated later."""
    entries = [
        entry
        for entry in ledger.books.of_item(check["item"])
        if entry.location == check.get("location", entry.location)
    ]
    where = f"{check['item']} {check['date']}"
    quantity = sum((entry.quantity for entry in entries if entry.day <= check["date"]), ZERO)
    yield f"{where} quantity", quantity, exact(check["quantity"])
    if all(last_day(entry) <= check["date"] for entry in entries):
        yield f"{where} value", sum((each.actual for each in entries), ZERO), exact(check["value"])
        if "expected_value" in check:
            total = sum((each.expected for each in entries), ZERO)
            yield f"{where} expected_value", total, exact(check["expected_value"])


def last_day(entry: Entry) -> date:
    """The last day on which anything of an entry was posted."""
    return max([entry.day, *(value.day for value in entry.values), *(each.day for each in entry.documents)])


def figures_of(entries: list[Entry]) -> dict[str, object]:
    """The figures of a name, over all its entries."""
    return {
        "quantity": sum((entry.quantity for entry in entries), ZERO),
        "remaining": sum((entry.remaining for entry in entries), ZERO),
        "invoiced": sum((entry.invoiced for entry in entries), ZERO),
        "open": any(entry.remaining for entry in entries),
        "cost_amount_actual": sum((entry.actual for entry in entries), ZERO),
        "cost_amount_expected": sum((entry.expected for entry in entries), ZERO),
        "valuation_date": max((entry.latest_valuation_date for entry in entries), default=None),
        "valued_by_average": any(entry.is_average_valued for entry in entries),
    }


def applied(ledger: NaiveLedger, check: Mapping[str, Any]) -> Fraction:
    """What an issue has of a receipt; without an issue, the receipt's own quantity."""
    inbound = ledger.entries(check["inbound"])
    if check["outbound"] is None:
        return sum((entry.quantity for entry in inbound), ZERO)
    outbound = ledger.entries(check["outbound"])
    pairs = [each for each in ledger.books.applications if each.inbound in inbound]
    return sum((each.quantity for each in pairs if each.outbound in outbound), ZERO)


def exact(value: object) -> object:
    """What a file says, comparable with what the model has."""
    if isinstance(value, bool | date):
        return value
    return number(value)
