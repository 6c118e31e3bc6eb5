"""The rules of an item's costing fields."""

from decimal import Decimal
from typing import Any

import pytest

from server.masterdata.cards import CostingMethod, ItemCard, ItemType, Tracking
from server.masterdata.cost_rules import NEVER_NEGATIVE, SHARES, faults_of_costs
from server.masterdata.rules import normal_item


def card(**fields: Any) -> ItemCard:
    return ItemCard(**{"no": "GLOBE", "base_unit_of_measure_code": "PCS", **fields})


def faults(**fields: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.pointer) for fault in faults_of_costs(card(**fields))]


@pytest.mark.parametrize("name", NEVER_NEGATIVE)
def test_no_cost_is_below_zero(name: str) -> None:
    assert ("below_zero", f"/{name}") in faults(**{name: Decimal("-0.01")})


@pytest.mark.parametrize("method", CostingMethod)
def test_items_without_stock_have_no_method_but_fifo(method: CostingMethod) -> None:
    found = faults(type=ItemType.SERVICE, costing_method=method)

    assert found == ([] if method is CostingMethod.FIFO else [("no_stock_no_method", "/costing_method")])


@pytest.mark.parametrize("tracking", Tracking)
def test_specific_costing_needs_lots_or_serials(tracking: Tracking) -> None:
    found = faults(costing_method=CostingMethod.SPECIFIC, tracking=tracking)

    assert found == ([("specific_needs_tracking", "/costing_method")] if tracking is Tracking.NONE else [])


def test_shares_sum_to_the_standard_cost_or_are_all_zero() -> None:
    quarter = dict.fromkeys(SHARES, Decimal("2.5"))

    assert faults(standard_cost=Decimal(10), **quarter) == []
    assert faults(standard_cost=Decimal(10)) == []
    assert faults(standard_cost=Decimal(11), **quarter) == [("standard_shares", "/standard_material_cost")]


def test_shares_of_any_size_are_judged() -> None:
    largest = dict.fromkeys(SHARES, Decimal("9999999999999.99999"))

    assert faults(standard_cost=Decimal(1), **largest) == [("standard_shares", "/standard_material_cost")]


def test_posting_groups_have_no_spaces_around_them() -> None:
    assert faults(inventory_posting_group="TRADE ") == [("code_spaces", "/inventory_posting_group")]


def test_the_unit_cost_of_a_standard_item_is_its_standard_cost() -> None:
    costs = {"unit_cost": Decimal(3), "standard_cost": Decimal(8)}

    assert normal_item(card(costing_method=CostingMethod.STANDARD, **costs)).unit_cost == 8
    assert normal_item(card(costing_method=CostingMethod.AVERAGE, **costs)).unit_cost == 3
