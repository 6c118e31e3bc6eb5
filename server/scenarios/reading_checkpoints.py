"""Reads what a scenario expects: every section, filter and figure that FORMAT.md names, and no other."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from server.scenarios.checkpoints import (
    ApplicationCheck,
    Check,
    Checkpoint,
    EntryCheck,
    Figure,
    GlCheck,
    InventoryValueCheck,
    ItemCheck,
    RevaluableCheck,
    ValueCheck,
)
from server.scenarios.fields import Fields, Unreadable, as_day, as_flag, listed
from server.scenarios.known import LONGEST_REF, Name
from server.scenarios.steps import Setup, Step

ACCOUNTS = (
    "inventory",
    "inventory_interim",
    "invt_accrual_interim",
    "cogs",
    "cogs_interim",
    "direct_cost_applied",
    "overhead_applied",
    "purchase_variance",
    "inventory_adjmt",
    "assembly_variance",
)
VALUE_TYPES = ("direct_cost", "indirect_cost", "variance", "revaluation", "rounding")
Reader = Callable[[object, str], Figure]


def as_figure(value: object, at: str) -> Decimal:
    """A number, however many decimals: what the books cannot say they will differ from."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(at, expected="a number", found=value)
    number = Decimal(str(value))
    if not number.is_finite():
        raise Unreadable(at, expected="a number", found=value)
    return number


ENTRY_FIGURES: dict[str, Reader] = {
    "quantity": as_figure,
    "remaining": as_figure,
    "invoiced": as_figure,
    "open": as_flag,
    "cost_amount_actual": as_figure,
    "cost_amount_expected": as_figure,
    "valuation_date": as_day,
    "valued_by_average": as_flag,
}
VALUE_FIGURES: dict[str, Reader] = dict.fromkeys(("cost_amount", "cost_amount_expected", "count"), as_figure)
ITEM_FIGURES: dict[str, Reader] = dict.fromkeys(("unit_cost", "standard_cost"), as_figure)
INVENTORY_FIGURES: dict[str, Reader] = dict.fromkeys(("quantity", "value", "expected_value"), as_figure)
REVALUABLE_FIGURES: dict[str, Reader] = dict.fromkeys(("quantity", "value"), as_figure)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check may name: everything of the set-up, and what was made up to its step (`place`)."""

    setup: Setup
    names: dict[str, Name]
    place: int

    def name(self, fields: Fields, key: str) -> str:
        """A name of item entries that are there by then."""
        name = fields.text(key, longest=2 * LONGEST_REF)
        known = [each for each, made in self.names.items() if made.place <= self.place]
        if name not in known:
            raise Unreadable(
                fields.path(key), expected=f"an item entry made by then ({listed(known)})", found=name
            )
        return name


def read_checkpoints(
    values: list[tuple[Any, str]], setup: Setup, steps: tuple[Step, ...], names: dict[str, Name]
) -> tuple[Checkpoint, ...]:
    """The checkpoints in the order of the file; at least one."""
    if not values:
        raise Unreadable("expect", expected="at least one checkpoint", found=None)
    places = {step.ref: place for place, step in enumerate(steps)}
    checkpoints = []
    for value, at in values:
        fields = Fields(value, at)
        after = fields.choice("after", places)
        scope = Scope(setup, names, places[after])
        checks = [
            _read_check(SECTIONS[section], Fields(each, where), scope)
            for section in SECTIONS
            for each, where in fields.items(section, optional=True)
        ]
        fields.end()
        checkpoints.append(Checkpoint(after=after, checks=tuple(checks)))
    return tuple(checkpoints)


def _read_check(read: Callable[[Fields, Scope], Check], fields: Fields, scope: Scope) -> Check:
    check = read(fields, scope)
    fields.end()
    return check


def _figures(fields: Fields, readers: dict[str, Reader]) -> dict[str, Figure]:
    """The figures that are written there, at least one."""
    found = {key: read(fields.raw(key), fields.path(key)) for key, read in readers.items() if fields.has(key)}
    if not found:
        raise Unreadable(fields.at, expected=f"a figure to check ({listed(readers)})", found=None)
    return found


def _entry(fields: Fields, scope: Scope) -> EntryCheck:
    name = scope.name(fields, "ref")
    return EntryCheck(where=f"item entry {name}", name=name, expected=_figures(fields, ENTRY_FIGURES))


def _value(fields: Fields, scope: Scope) -> ValueCheck:
    name = scope.name(fields, "of")
    filters: dict[str, Any] = {}
    if fields.has("type"):
        filters["type"] = fields.choice("type", VALUE_TYPES)
    filters |= {key: fields.flag(key) for key in ("expected", "adjustment", "charge") if fields.has(key)}
    filters |= {key: fields.day(key) for key in ("date", "valuation_date") if fields.has(key)}
    said = "".join(f", {key} {_plain(value)}" for key, value in filters.items())
    expected = _figures(fields, VALUE_FIGURES)
    return ValueCheck(where=f"value entries of {name}{said}", name=name, filters=filters, expected=expected)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _item(fields: Fields, scope: Scope) -> ItemCheck:
    no = fields.choice("no", scope.setup.items)
    return ItemCheck(where=f"item {no}", item=no, expected=_figures(fields, ITEM_FIGURES))


def _gl(fields: Fields, _scope: Scope) -> GlCheck:
    account, day = fields.choice("account", ACCOUNTS), fields.optional_day("date")
    where = f"account {account}" + (f" on {day}" if day else "")
    return GlCheck(where=where, account=account, day=day, expected=_figures(fields, {"amount": as_figure}))


def _inventory_value(fields: Fields, scope: Scope) -> InventoryValueCheck:
    item, day = fields.choice("item", scope.setup.items), fields.day("date")
    location = fields.code("location") if fields.has("location") else None
    if location and location not in scope.setup.locations:
        expected = f"one of the locations {listed(scope.setup.locations)}"
        raise Unreadable(fields.path("location"), expected=expected, found=location)
    place = "" if location is None else f" at {location or 'the blank location'}"
    return InventoryValueCheck(
        where=f"stock of {item}{place} on {day}",
        item=item,
        location=location,
        day=day,
        expected=_figures(fields, INVENTORY_FIGURES),
    )


def _application(fields: Fields, scope: Scope) -> ApplicationCheck:
    inbound = scope.name(fields, "inbound")
    outbound = None if fields.is_null("outbound") else scope.name(fields, "outbound")
    return ApplicationCheck(
        where=f"application of {outbound or 'nothing'} to {inbound}",
        inbound=inbound,
        outbound=outbound,
        expected=_figures(fields, {"quantity": as_figure}),
    )


def _revaluable(fields: Fields, scope: Scope) -> RevaluableCheck:
    item, day = fields.choice("item", scope.setup.items), fields.day("date")
    where = f"revaluable stock of {item} on {day}"
    return RevaluableCheck(where=where, item=item, day=day, expected=_figures(fields, REVALUABLE_FIGURES))


SECTIONS: dict[str, Callable[[Fields, Scope], Check]] = {
    "item_entries": _entry,
    "value_entries": _value,
    "items": _item,
    "gl": _gl,
    "inventory_value": _inventory_value,
    "applications": _application,
    "revaluable": _revaluable,
}
