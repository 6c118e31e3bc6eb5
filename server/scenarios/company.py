"""Makes the company that a scenario starts from, and changes its set-up and cards in between.

Always holds: stock may be negative, locations have no bins, and an issue is first posted at the unit cost on
its item card.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server.bulk import upsert_rows
from server.masterdata.cards import CostingMethod
from server.masterdata.changes import change_item
from server.masterdata.tables import (
    InventoryPeriod,
    InventorySetup,
    Item,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    PostingDateRange,
    UnitOfMeasure,
)
from server.scenarios.steps import ZERO, Scenario, ScenarioItem, SetItem, SetSettings, Settings, Transfer

UNIT = "PCS"
# Whoever posts in a scenario.
PERSON = "scenario"
SHARE_COLUMNS = (
    "standard_material_cost",
    "standard_capacity_cost",
    "standard_capacity_overhead",
    "standard_manufacturing_overhead",
)


def set_up(connection: sa.Connection, scenario: Scenario) -> None:
    """Everything but entries."""
    setup = scenario.setup
    _set_settings(connection, setup.settings)
    connection.execute(sa.insert(UnitOfMeasure), [{"code": UNIT}])
    in_transit = {
        step.to_location
        for step in scenario.steps
        if isinstance(step, Transfer) and step.do == "transfer_shipment"
    }
    connection.execute(
        sa.insert(Location),
        [
            {"code": code, "bin_mandatory": False, "use_as_in_transit": code in in_transit}
            for code in ("", *setup.locations)
        ],
    )
    items = setup.items.values()
    _insert(connection, Item, [_item_row(item) for item in items])
    _insert(connection, ItemUnitOfMeasure, [{"item_no": item.no, "code": UNIT} for item in items])
    variants = [{"item_no": item.no, "code": code} for item in items for code in item.variants]
    _insert(connection, ItemVariant, variants)


def change_settings(connection: sa.Connection, step: SetSettings) -> None:
    """Other dates; what is not named stays."""
    dates = {"allow_posting_from": step.allow_posting_from, "work_date": step.work_date}
    changed = {name: day for name, day in dates.items() if day is not None}
    if changed:
        connection.execute(sa.update(InventorySetup).values(changed))
    if step.user_allow_posting_from is not None:
        _set_dates_of_person(connection, step.user_allow_posting_from)


def change_card(connection: sa.Connection, step: SetItem, now: datetime) -> None:
    """Change an item's card as a person would; raises ChangeRefused for what the card's page refuses too."""
    kept = connection.execute(
        sa.select(Item.costing_method, Item.standard_cost).where(Item.no == step.item)
    ).one()
    fields: dict[str, object] = {}
    if step.costing_method:
        fields["costing_method"] = CostingMethod(step.costing_method)
    if step.standard_cost is not None:
        # How the old standard cost was made up says nothing about the new one.
        fields |= {"standard_cost": step.standard_cost} | dict.fromkeys(SHARE_COLUMNS, ZERO)
    if (step.costing_method or kept.costing_method) == "Standard":
        fields["unit_cost"] = kept.standard_cost if step.standard_cost is None else step.standard_cost
    elif step.unit_cost is not None:
        fields["unit_cost"] = step.unit_cost
    change_item(connection, step.item, fields, now)


def _set_settings(connection: sa.Connection, settings: Settings) -> None:
    connection.execute(
        sa.insert(InventorySetup).values(
            id=1,
            server_epoch="scenario",
            prevent_negative_inventory=False,
            negative_inventory="any_issue",
            cost_at_posting="card",
            amount_rounding_precision=settings.rounding_precision,
            automatic_cost_adjustment=settings.automatic_cost_adjustment,
            average_cost_period=settings.average_cost_period,
            average_cost_calc_type=settings.average_cost_calc_type,
            automatic_cost_posting=settings.automatic_cost_posting,
            expected_cost_posting=settings.expected_cost_posting,
            allow_posting_from=settings.allow_posting_from,
            work_date=settings.work_date,
        )
    )
    _insert(connection, InventoryPeriod, [{"ending_date": ending} for ending in settings.inventory_periods])
    if settings.user_allow_posting_from is not None:
        _set_dates_of_person(connection, settings.user_allow_posting_from)


def _set_dates_of_person(connection: sa.Connection, allow_from: date) -> None:
    upsert_rows(
        connection,
        PostingDateRange.__table__,
        keys=("person_id",),
        values=("allow_posting_from",),
        rows=[(PERSON, allow_from)],
    )


def _item_row(item: ScenarioItem) -> dict[str, Any]:
    return {
        "no": item.no,
        "description": item.no,
        "base_unit_of_measure_code": UNIT,
        "costing_method": item.costing_method,
        "unit_cost": item.unit_cost,
        "standard_cost": item.standard_cost,
        "indirect_cost_percent": item.indirect_cost_pct,
        "overhead_rate": item.overhead_rate,
        "tracking": item.tracking,
        **dict(zip(SHARE_COLUMNS, item.shares, strict=True)),
    }


def _insert(connection: sa.Connection, model: type, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(model), rows)
