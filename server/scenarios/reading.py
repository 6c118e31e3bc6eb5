"""Reads a scenario file, all of it or not at all: FORMAT.md as code.

Always holds: what is read names only items, locations and steps that are there. Raises only Unreadable.
"""

from collections.abc import Hashable
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from server.scenarios.fields import AMOUNT_PLACES, Fields, Unreadable, as_day, as_text
from server.scenarios.reading_checkpoints import read_checkpoints
from server.scenarios.reading_steps import METHODS, read_steps
from server.scenarios.steps import ZERO, Scenario, ScenarioItem, Settings, Setup

AVERAGED_BY = {"item": "item", "item-location-variant": "item_location_variant"}
TIMED = ("day", "week", "month")
SHARES = ("material", "capacity", "capacity_overhead", "manufacturing_overhead")
_PLAIN_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_PLAIN_LOADER):  # type: ignore[misc]
    """What safe_load uses, but a key that stands twice is refused: YAML would forget the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        """The mapping of a node."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise Unreadable(f"line {key.start_mark.line + 1}", expected="each key once", found=key.value)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(
            "", expected="a file that can be read", found=error.strerror or str(error)
        ) from error
    except UnicodeDecodeError as error:
        raise Unreadable("", expected="text in UTF-8", found=str(error)) from error
    return parse_scenario(text)


def parse_scenario(text: str) -> Scenario:
    """The scenario in the text of a file."""
    try:
        loaded = yaml.load(text, Loader=_StrictLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(f"line {line}", expected="YAML", found=error.problem or str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable("", expected="YAML", found=str(error)) from error
    fields = Fields(loaded, "")
    name, title = fields.text("id", longest=100), fields.text("title", longest=500)
    for key in ("source", "topic", "notes", "difficulty"):
        fields.text(key, "", longest=5000)
    fields.flag("derived", default=False)
    setup = read_setup(fields.mapping("setup"))
    steps, names = read_steps(fields.items("steps"), setup)
    checkpoints = read_checkpoints(fields.items("expect"), setup, steps, names)
    fields.end()
    return Scenario(id=name, title=title, setup=setup, steps=steps, checkpoints=checkpoints)


def read_setup(fields: Fields) -> Setup:
    """Items, locations and settings."""
    items: dict[str, ScenarioItem] = {}
    for value, at in fields.items("items"):
        item = _read_item(Fields(value, at))
        if item.no in items:
            raise Unreadable(f"{at}.no", expected="each item once", found=item.no)
        items[item.no] = item
    locations = _codes_once(fields, "locations")
    settings = _read_settings(fields.mapping("settings", optional=True))
    fields.end()
    return Setup(items=items, locations=locations, settings=settings)


def _read_item(fields: Fields) -> ScenarioItem:
    method = fields.choice("costing_method", METHODS)
    standard_cost = fields.cost("standard_cost", ZERO)
    unit_cost = fields.cost("unit_cost", ZERO)
    item = ScenarioItem(
        no=fields.text("no"),
        costing_method=method,
        # That of a standard item is always its standard cost.
        unit_cost=standard_cost if method == "Standard" else unit_cost,
        standard_cost=standard_cost,
        shares=_read_shares(fields, standard_cost),
        overhead_rate=fields.cost("overhead_rate", ZERO),
        indirect_cost_pct=fields.cost("indirect_cost_pct", ZERO),
        tracking=fields.choice("tracking", ("lot", "serial"), "none"),
        variants=_codes_once(fields, "variants"),
    )
    fields.end()
    return item


def _read_shares(fields: Fields, standard_cost: Decimal) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    if not fields.has("standard_cost_shares"):
        return (ZERO, ZERO, ZERO, ZERO)
    written = fields.mapping("standard_cost_shares")
    material, capacity, capacity_overhead, overhead = (written.cost(key, ZERO) for key in SHARES)
    written.end()
    total = material + capacity + capacity_overhead + overhead
    if total != standard_cost:
        raise Unreadable(written.at, expected=f"shares that sum to {standard_cost}", found=total)
    return (material, capacity, capacity_overhead, overhead)


def _read_settings(fields: Fields) -> Settings:
    automatic = fields.choice("automatic_cost_adjustment", ("never", *TIMED, "always"), "never")
    precision = fields.number("rounding_precision", Decimal("0.01"), places=AMOUNT_PLACES)
    if precision <= 0:
        raise Unreadable(fields.path("rounding_precision"), expected="a number above 0", found=precision)
    periods = tuple(as_day(value, at) for value, at in fields.items("inventory_periods", optional=True))
    if len(set(periods)) < len(periods):
        raise Unreadable(
            fields.path("inventory_periods"), expected="each ending date once", found=len(periods)
        )
    settings = Settings(
        automatic_cost_adjustment=automatic,
        average_cost_period=fields.choice("average_cost_period", TIMED, "day"),
        average_cost_calc_type=AVERAGED_BY[fields.choice("average_cost_calc", AVERAGED_BY, "item")],
        expected_cost_posting=fields.flag("expected_cost_to_gl", default=False),
        automatic_cost_posting=fields.flag("automatic_cost_posting", default=False),
        rounding_precision=precision,
        allow_posting_from=fields.optional_day("allow_posting_from"),
        user_allow_posting_from=fields.optional_day("user_allow_posting_from"),
        inventory_periods=periods,
        work_date=fields.optional_day("work_date"),
    )
    if automatic in TIMED and settings.work_date is None:
        raise Unreadable(fields.at, expected=f"a work_date, since {automatic} counts from it", found=None)
    fields.end()
    return settings


def _codes_once(fields: Fields, key: str) -> tuple[str, ...]:
    codes = tuple(as_text(value, at) for value, at in fields.items(key, optional=True))
    if len(set(codes)) < len(codes):
        raise Unreadable(fields.path(key), expected="each code once", found=", ".join(codes))
    return codes
