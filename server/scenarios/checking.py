"""Looks up in the books what a checkpoint asks for, and compares it exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.general_ledger.tables import GlEntry
from server.ledger.revaluation import revaluable
from server.ledger.tables import ItemApplicationEntry, ItemLedgerEntry, ValueEntry
from server.masterdata.tables import Item
from server.scenarios.checkpoints import (
    ApplicationCheck,
    Check,
    Checkpoint,
    EntryCheck,
    Figure,
    Figures,
    GlCheck,
    InventoryValueCheck,
    ItemCheck,
    RevaluableCheck,
    ValueCheck,
)
from server.scenarios.journals import Made

Entries = Mapping[str, tuple[Made, ...]]
ZERO = Decimal(0)
# Accounts of the format that are several roles in the ledger; every other one is the role of its name.
ROLES = {
    "assembly_variance": (
        "material_variance",
        "capacity_variance",
        "capacity_overhead_variance",
        "manufacturing_overhead_variance",
    )
}
_item_entry = ItemLedgerEntry.__table__.c
_application = ItemApplicationEntry.__table__.c
_value = ValueEntry.__table__.c
_gl = GlEntry.__table__.c
_is_charge = _value.item_charge_no != ""
# A rounding value corrects nothing that was there before.
_is_adjustment = sa.and_(_value.is_adjustment, _value.entry_type != "rounding")
FILTERS: dict[str, Callable[[Any], "sa.ColumnElement[bool]"]] = {
    "type": lambda value: _value.entry_type == value,
    "expected": lambda value: _value.is_expected_cost == value,
    "adjustment": lambda value: _is_adjustment if value else sa.not_(_is_adjustment),
    "charge": lambda value: _is_charge if value else sa.not_(_is_charge),
    "date": lambda value: _value.posting_date == value,
    "valuation_date": lambda value: _value.valuation_date == value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as the file says; the texts are for a person."""

    where: str
    expected: str
    found: str


def compare(connection: sa.Connection, checkpoint: Checkpoint, made: Entries) -> Iterator[Difference]:
    """What differs at a checkpoint; `made` holds the entries of every name so far."""
    for check in checkpoint.checks:
        figures = FIGURES[type(check)](connection, check, made)
        for key, expected in check.expected.items():
            if figures[key] != expected:
                yield Difference(
                    where=f"after {checkpoint.after}: {check.where}, {key}",
                    expected=text_of(expected),
                    found=text_of(figures[key]),
                )


def text_of(figure: Figure) -> str:
    """A figure without needless zeros."""
    if figure is None:
        return "none"
    if isinstance(figure, bool):
        return "true" if figure else "false"
    if isinstance(figure, date):
        return figure.isoformat()
    text = f"{figure:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def entry_figures(connection: sa.Connection, check: EntryCheck, made: Entries) -> Figures:
    """Sums over the item ledger entries of a name and their value entries."""
    entry_nos = _entry_nos(made, check.name)
    if not entry_nos:
        return dict.fromkeys(check.expected)
    quantities = connection.execute(
        sa.select(
            sa.func.sum(_item_entry.quantity_base),
            sa.func.sum(_item_entry.remaining_quantity),
            sa.func.sum(_item_entry.invoiced_quantity),
            sa.func.sum(sa.cast(_item_entry.is_open, sa.Integer)),
        ).where(_item_entry.entry_no.in_(entry_nos))
    ).one()
    costs = connection.execute(
        sa.select(
            sa.func.sum(_value.cost_amount_actual),
            sa.func.sum(_value.cost_amount_expected),
            sa.func.max(_value.valuation_date),
            sa.func.sum(sa.cast(_value.valued_by_average_cost, sa.Integer)),
        ).where(_value.item_ledger_entry_no.in_(entry_nos))
    ).one()
    return {
        "quantity": quantities[0],
        "remaining": quantities[1],
        "invoiced": quantities[2],
        "open": bool(quantities[3]),
        "cost_amount_actual": costs[0] or ZERO,
        "cost_amount_expected": costs[1] or ZERO,
        "valuation_date": costs[2],
        "valued_by_average": bool(costs[3]),
    }


def value_figures(connection: sa.Connection, check: ValueCheck, made: Entries) -> Figures:
    """Sums over the value entries of a name that pass the filters."""
    entry_nos = _entry_nos(made, check.name)
    if not entry_nos:
        return dict.fromkeys(check.expected)
    row = connection.execute(
        sa.select(
            sa.func.sum(_value.cost_amount_actual), sa.func.sum(_value.cost_amount_expected), sa.func.count()
        ).where(
            _value.item_ledger_entry_no.in_(entry_nos),
            *(FILTERS[key](value) for key, value in check.filters.items()),
        )
    ).one()
    return {"cost_amount": row[0] or ZERO, "cost_amount_expected": row[1] or ZERO, "count": Decimal(row[2])}


def item_figures(connection: sa.Connection, check: ItemCheck, _made: Entries) -> Figures:
    """What stands on the card."""
    row = connection.execute(sa.select(Item.unit_cost, Item.standard_cost).where(Item.no == check.item)).one()
    return {"unit_cost": row.unit_cost, "standard_cost": row.standard_cost}


def gl_figures(connection: sa.Connection, check: GlCheck, _made: Entries) -> Figures:
    """Balance or movement of an account."""
    roles = ROLES.get(check.account, (check.account,))
    statement = sa.select(sa.func.sum(_gl.amount)).where(_gl.category.in_(roles))
    if check.day is not None:
        statement = statement.where(_gl.posting_date == check.day)
    return {"amount": connection.scalar(statement) or ZERO}


def inventory_figures(connection: sa.Connection, check: InventoryValueCheck, _made: Entries) -> Figures:
    """Stock and value by posting dates; what a resource costs belongs to no stock."""
    entries = [_item_entry.item_no == check.item, _item_entry.posting_date <= check.day]
    values = [
        _value.item_no == check.item,
        _value.posting_date <= check.day,
        _value.item_ledger_entry_no != 0,
    ]
    if check.location is not None:
        entries.append(_item_entry.location_code == check.location)
        values.append(_value.location_code == check.location)
    quantity = connection.scalar(sa.select(sa.func.sum(_item_entry.quantity_base)).where(*entries))
    value, expected_value = connection.execute(
        sa.select(sa.func.sum(_value.cost_amount_actual), sa.func.sum(_value.cost_amount_expected)).where(
            *values
        )
    ).one()
    return {"quantity": quantity or ZERO, "value": value or ZERO, "expected_value": expected_value or ZERO}


def application_figures(connection: sa.Connection, check: ApplicationCheck, made: Entries) -> Figures:
    """What is applied now: applications are never changed, so it is the sum of those of the pair."""
    inbound_nos = _entry_nos(made, check.inbound)
    of_pair: list[sa.ColumnElement[bool]] = [_application.inbound_entry_no.in_(inbound_nos)]
    if check.outbound is None:
        # A receipt that copies an issue's cost names that issue in its own row.
        of_pair += [
            _application.item_ledger_entry_no == _application.inbound_entry_no,
            _application.quantity_base > 0,
        ]
    else:
        of_pair.append(_application.outbound_entry_no.in_(_entry_nos(made, check.outbound)))
    quantity = connection.scalar(sa.select(sa.func.sum(_application.quantity_base)).where(*of_pair))
    return {"quantity": abs(quantity or ZERO)}


def revaluable_figures(connection: sa.Connection, check: RevaluableCheck, _made: Entries) -> Figures:
    """What a revaluation of the whole item would propose."""
    quantity, value = revaluable(connection, check.item, check.day)
    return {"quantity": quantity, "value": value}


def _entry_nos(made: Entries, name: str) -> list[int]:
    return [each.entry_no for each in made.get(name, ())]


FIGURES: dict[type[Check], Callable[[sa.Connection, Any, Entries], Figures]] = {
    EntryCheck: entry_figures,
    ValueCheck: value_figures,
    ItemCheck: item_figures,
    GlCheck: gl_figures,
    InventoryValueCheck: inventory_figures,
    ApplicationCheck: application_figures,
    RevaluableCheck: revaluable_figures,
}
