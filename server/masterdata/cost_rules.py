"""The rules of an item's costing fields, pure: a card in, faults out.

Sources: features 1.20 and 13.07, costing rules 5 and 8.
"""

from decimal import Decimal

from server.masterdata.cards import CostingMethod, ItemCard, ItemType, Tracking
from server.masterdata.faults import Fault
from shared.quantity import quantity_text

SHARES = (
    "standard_material_cost",
    "standard_capacity_cost",
    "standard_capacity_overhead",
    "standard_manufacturing_overhead",
)
NEVER_NEGATIVE = ("unit_cost", "standard_cost", *SHARES, "indirect_cost_percent", "overhead_rate")
GROUPS = ("inventory_posting_group", "general_product_posting_group")


def faults_of_costs(card: ItemCard) -> list[Fault]:
    """What is wrong with the costs of a card by itself."""
    faults = [
        Fault(code="below_zero", pointer=f"/{name}", found=quantity_text(getattr(card, name)), expected="0")
        for name in NEVER_NEGATIVE
        if getattr(card, name) < 0
    ]
    faults += [
        Fault(code="code_spaces", pointer=f"/{name}", found=repr(getattr(card, name)))
        for name in GROUPS
        if getattr(card, name) != getattr(card, name).strip()
    ]
    return faults + _method_faults(card) + _share_faults(card)


def _method_faults(card: ItemCard) -> list[Fault]:
    method = card.costing_method
    if card.type is not ItemType.INVENTORY and method is not CostingMethod.FIFO:
        return [Fault(code="no_stock_no_method", pointer="/costing_method", found=method)]
    if method is CostingMethod.SPECIFIC and card.tracking is Tracking.NONE:
        return [Fault(code="specific_needs_tracking", pointer="/costing_method", found=card.no)]
    return []


def _share_faults(card: ItemCard) -> list[Fault]:
    """Shares are all 0 where nothing is assembled; else they sum to the standard cost."""
    shares = sum((getattr(card, name) for name in SHARES), Decimal(0))
    if shares in (0, card.standard_cost):
        return []
    return [
        Fault(
            code="standard_shares",
            pointer="/standard_material_cost",
            # Together they may have more digits than a quantity.
            found=f"{shares.normalize():f}",
            expected=quantity_text(card.standard_cost),
        )
    ]
