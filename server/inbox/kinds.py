"""What the inbox knows of a transaction kind: how to turn its body into journal lines.

The registry is filled by `server.registries` and handed over, so the inbox knows no capability.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from flask import Flask, current_app

from server.errors import ItemUnknown, StatedDateNotAllowed, UnitFactorChanged, Unreadable
from server.ledger.lines import JournalLine
from server.masterdata.facts import Facts, ItemFacts
from shared.quantity import QuantityError, quantity_text, to_base
from shared.wire.journals import Goods
from shared.wire.lines import BinLine, MoveLine


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a kind may ask about when it makes its lines."""

    facts: Facts
    location_code: str
    # Reason codes that a second person has waved through.
    approved: frozenset[str]
    # Offices, the API and imports may state costs and dates; a handheld never does.
    may_state: bool


JournalLines = Callable[[Any, Circumstances], tuple[JournalLine, ...]]
Transactions = Mapping[str, JournalLines]


def hand_over(app: Flask, transactions: Transactions) -> None:
    """Give an application its transaction kinds."""
    app.extensions["scanledger_transactions"] = transactions


def transactions() -> Transactions:
    """The kinds of the current application."""
    return cast(Transactions, current_app.extensions["scanledger_transactions"])


@dataclass(frozen=True, slots=True)
class Measured:
    """A line's quantity as the ledger wants it; `quantity_base` keeps the line's sign."""

    quantity_base: Decimal
    quantity_per_unit: Decimal


def measure(circumstances: Circumstances, line: BinLine | MoveLine | Goods, place: int | str) -> Measured:
    """Check a line's quantities against the item's unit as it is now; never convert silently.

    `place` is the line's number, or where it stands under "/body/lines/".
    Raises ItemUnknown; Unreadable for a unit that the item does not have or a quantity that it cannot
    hold; UnitFactorChanged where the device reckoned otherwise and nobody has approved that.
    """
    item = _item(circumstances, line)
    unit = item.units.get(line.unit_of_measure_code)
    pointer = f"/body/lines/{place}"
    if unit is None:
        known = ", ".join(sorted(item.units))
        raise Unreadable(
            f"{pointer}/unit_of_measure_code: expected one of {known}, found {line.unit_of_measure_code}"
        )
    try:
        expected = to_base(line.quantity, unit.quantity_per_unit, unit.rounding_precision)
    except QuantityError as error:
        raise Unreadable(f"{pointer}/quantity: {error}") from error
    if expected != line.quantity_base and UnitFactorChanged.code not in circumstances.approved:
        raise UnitFactorChanged(
            f"{line.item_no}: {quantity_text(line.quantity)} {line.unit_of_measure_code} = "
            f"{quantity_text(expected)}, {quantity_text(line.quantity_base)}"
        )
    return Measured(line.quantity_base, unit.quantity_per_unit)


def stated_cost(circumstances: Circumstances, line: BinLine) -> Decimal | None:
    """The unit cost that a line states, if its source may state one (else StatedDateNotAllowed)."""
    if line.unit_cost is not None and not circumstances.may_state:
        raise StatedDateNotAllowed(f"unit_cost {line.unit_cost}")
    return line.unit_cost


def _item(circumstances: Circumstances, line: BinLine | MoveLine | Goods) -> ItemFacts:
    item = circumstances.facts.items.get(line.item_no)
    if item is None:
        raise ItemUnknown(line.item_no)
    return item
