"""What a scenario sets up and does: frozen records of a file that was understood.

Quantities are positive, the kind of step decides the direction; codes are "" where there is none. A name
stands for the item ledger entries that a step makes: its ref, or its ref with .out, .in, .output, .c1 …
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.scenarios.checkpoints import Checkpoint

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioItem:
    """An item card. `shares`: material, capacity, capacity overhead, manufacturing overhead; all 0 or in sum
    the standard cost.
    """

    no: str
    costing_method: str
    unit_cost: Decimal
    standard_cost: Decimal
    shares: tuple[Decimal, Decimal, Decimal, Decimal]
    overhead_rate: Decimal
    indirect_cost_pct: Decimal
    tracking: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The company's set-up; the words are those of its columns."""

    automatic_cost_adjustment: str
    average_cost_period: str
    average_cost_calc_type: str
    expected_cost_posting: bool
    automatic_cost_posting: bool
    rounding_precision: Decimal
    allow_posting_from: date | None
    user_allow_posting_from: date | None
    inventory_periods: tuple[date, ...]
    work_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is there before the first step; `locations` without the blank one."""

    items: Mapping[str, ScenarioItem]
    locations: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that is done. `expect_error`: the kind of refusal that it must meet, "" for none."""

    ref: str
    do: str
    expect_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Step):
    """A step with a posting date, which may lie before those of the steps before it."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement(Dated):
    """A receipt or an issue of one item."""

    item: str
    variant: str
    location: str
    lot: str
    quantity: Decimal
    unit_cost: Decimal | None
    applies_to: str
    applies_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Dated):
    """Invoices a part of what the step `of` received or shipped."""

    of: str
    quantity: Decimal
    unit_cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Dated):
    """Takes an item from one location to another, or into an in-transit location."""

    item: str
    variant: str
    lot: str
    quantity: Decimal
    from_location: str
    to_location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceipt(Dated):
    """Takes all that was shipped out of transit."""

    shipment: str
    to_location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Dated):
    """Amounts on item entries, by their names."""

    assign: tuple[tuple[str, Decimal], ...]
    is_sale: bool
    charge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revaluation(Dated):
    """A new value, per unit or for the quantity that is revalued: one of the two is None."""

    mode: str
    item: str
    applies_to: str
    unit_cost_revalued: Decimal | None
    inventory_value_revalued: Decimal | None
    updates_standard_cost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What an assembly consumes."""

    item: str
    variant: str
    lot: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly(Dated):
    """Consumes components and puts out an item. Resources: direct cost and overhead of each."""

    item: str
    variant: str
    location: str
    lot: str
    quantity: Decimal
    components: tuple[Component, ...]
    resources: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Step):
    """Takes back the receipt or shipment of the step `of`."""

    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Step):
    """adjust_cost or post_to_gl, for everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Step):
    """close_period or reopen_period."""

    ending: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSettings(Step):
    """Other dates in the set-up; None stays as it is."""

    allow_posting_from: date | None
    user_allow_posting_from: date | None
    work_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetItem(Step):
    """Another costing method or cost on an item card; None and "" stay as they are."""

    item: str
    standard_cost: Decimal | None
    unit_cost: Decimal | None
    costing_method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One file."""

    id: str
    title: str
    setup: Setup
    steps: tuple[Step, ...]
    checkpoints: tuple[Checkpoint, ...]
