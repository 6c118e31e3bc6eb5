"""Scenario documents as text, and what the naive model expects of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml

from tests.properties.naive.entries import ZERO
from tests.properties.naive.ledger import NaiveLedger
from tests.properties.test_naive_model import figures_of

AFTER_ALL = date(2026, 12, 31)


class _Dumper(yaml.SafeDumper):
    """Writes decimals as the plain numbers that they are."""

    def ignore_aliases(self, data: Any) -> bool:
        """No value refers to another."""
        return True


def _write_decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = f"{value.normalize():f}"
    tag = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", text)


_Dumper.add_representer(Decimal, _write_decimal)


def text_of(document: dict[str, Any]) -> str:
    """A document as a scenario file."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=200)


def with_expectations(document: dict[str, Any], after: Iterable[str] = ("last",)) -> dict[str, Any]:
    """The same document, with every figure that the model finds after the steps named."""
    ledger = NaiveLedger(document["setup"])
    expect = []
    for step in document["steps"]:
        ledger.take(step)
        if step["ref"] in after:
            expect.append(checkpoint(ledger, step["ref"]))
    return document | {"expect": expect}


def checkpoint(ledger: NaiveLedger, ref: str) -> dict[str, Any]:
    """All figures at this point."""
    books = ledger.books
    return {
        "after": ref,
        "item_entries": [
            {"ref": name} | {key: _plain(figure) for key, figure in figures_of(entries).items()}
            for name, entries in ledger.named.items()
        ],
        "items": [{"no": item.no, "unit_cost": _plain(item.unit_cost)} for item in books.items.values()],
        "inventory_value": [
            {
                "date": AFTER_ALL,
                "item": item,
                "quantity": _plain(sum((each.quantity for each in books.of_item(item)), ZERO)),
                "value": _plain(sum((each.actual for each in books.of_item(item)), ZERO)),
                "expected_value": _plain(sum((each.expected for each in books.of_item(item)), ZERO)),
            }
            for item in books.items
        ],
    }


def _plain(figure: object) -> object:
    if isinstance(figure, Fraction):
        return Decimal(figure.numerator) / Decimal(figure.denominator)
    return figure
