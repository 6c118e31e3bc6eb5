"""Random histories as scenario documents, valid by construction: the naive model tells what can be done next.

Always holds: a document has the shape of tests/scenarios/FORMAT.md, numbers are decimals, no step must be
refused, and the last step is an adjustment.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.properties.choices import Choices
from tests.properties.naive.ledger import NaiveLedger

FIRST_DAY = date(2026, 1, 5)
METHODS = ("FIFO", "LIFO", "Average", "Standard", "Specific")
PRICES = ("10", "3.33333", "7.07", "0.01", "12.345", "1", "100", "0.33", "5.5")
QUANTITIES = ("1", "2", "3", "5", "7", "10", "0.5", "1.33333")
LOCATIONS = ("", "BLUE", "RED")
TRANSIT = "TRANSIT"
Step = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What histories may hold.

    `negative`: issues beyond stock; `card_returns`: returns that take the card's unit cost, which depends on
    when was adjusted; `steals`: fixed applications to receipts that other issues used.
    """

    methods: tuple[str, ...] = METHODS
    most_steps: int = 18
    negative: bool = True
    card_returns: bool = True
    steals: bool = True
    revaluations: bool = True
    assemblies: bool = True
    transfers: bool = True
    adjusts: bool = True
    days: int = 45
    settings: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("average_cost_period", ("day", "week", "month")),
        ("average_cost_calc", ("item", "item-location-variant")),
    )


@st.composite
def histories(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    """Scenario documents without expectations."""
    setup = draw(setups(shape))
    ledger = NaiveLedger(setup)
    choices = Choices(draw, shape, ledger, setup)
    steps: list[Step] = []
    for place in range(draw(st.integers(shape.most_steps // 3, shape.most_steps))):
        for step in choices.next_steps(f"e{place}"):
            ledger.take(step)
            steps.append(step)
    steps.append({"ref": "last", "do": "adjust_cost"})
    return {"id": "random", "title": "A random history", "setup": setup, "steps": steps, "expect": []}


@st.composite
def setups(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    """One to three items, and the settings of a shape."""
    items = [draw(cards(f"I{place}", shape)) for place in range(draw(st.integers(1, 3)))]
    settings: dict[str, Any] = {name: draw(st.sampled_from(values)) for name, values in shape.settings}
    locations = [*LOCATIONS[1:], TRANSIT] if shape.transfers else []
    return {"items": items, "locations": locations, "settings": settings}


@st.composite
def cards(draw: st.DrawFn, no: str, shape: Shape) -> dict[str, Any]:
    """An item."""
    method = draw(st.sampled_from(shape.methods))
    card: dict[str, Any] = {"no": no, "costing_method": method}
    if method == "Standard":
        card["standard_cost"] = Decimal(draw(st.sampled_from(PRICES)))
    else:
        card["unit_cost"] = Decimal(draw(st.sampled_from(("0", *PRICES))))
    if draw(st.integers(0, 3)) == 3:
        card["overhead_rate"] = Decimal("0.77")
        card["indirect_cost_pct"] = Decimal(3)
    if method == "Specific" or draw(st.integers(0, 5)) == 5:
        card["tracking"] = "lot"
    return card


def day_after(days: int) -> date:
    """A day of the histories."""
    return FIRST_DAY + timedelta(days=days)
