"""Reads the steps of a scenario, in order: each knows what was set up and what the steps before it made."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from server.masterdata.cards import CostingMethod
from server.scenarios.fields import AMOUNT_PLACES, Fields, Unreadable, listed
from server.scenarios.known import LONGEST_REF, Known, Name
from server.scenarios.steps import (
    ZERO,
    Assembly,
    Charge,
    Component,
    Invoice,
    Movement,
    Period,
    Revaluation,
    Run,
    SetItem,
    SetSettings,
    Setup,
    Step,
    Transfer,
    TransferReceipt,
    Undo,
)

# Kinds of refusal that a step may have to meet.
ERRORS = (
    "posting-date-not-allowed",
    "inventory-period-closed",
    "insufficient-remaining-quantity",
    "already-applied",
    "already-invoiced",
    "item-has-entries",
    "tracking-required",
    "not-end-of-average-cost-period",
    "unadjusted-entries",
    "negative-inventory",
)
METHODS = tuple(method.value for method in CostingMethod)


class MovementKind(NamedTuple):
    """What a receipt or issue may say beside what all of them say."""

    is_receipt: bool
    needs_unit_cost: bool | None = None
    applies: str = ""


# `needs_unit_cost` None: it may not stand there.
MOVEMENTS: dict[str, MovementKind] = {
    "positive_adjustment": MovementKind(True, needs_unit_cost=False, applies="applies_from"),
    "negative_adjustment": MovementKind(False, applies="applies_to"),
    "purchase": MovementKind(True, needs_unit_cost=True),
    "purchase_receipt": MovementKind(True, needs_unit_cost=True),
    "purchase_return": MovementKind(False, needs_unit_cost=False, applies="applies_to"),
    "sale": MovementKind(False, applies="applies_to"),
    "sales_shipment": MovementKind(False, applies="applies_to"),
    "sales_return": MovementKind(True, applies="applies_from"),
    "sales_return_receipt": MovementKind(True, applies="applies_from"),
}
# Key that names what is invoiced, and the kind of step that is.
INVOICES = {
    "purchase_invoice": ("receipt", "purchase_receipt"),
    "sales_invoice": ("shipment", "sales_shipment"),
    "sales_return_invoice": ("receipt", "sales_return_receipt"),
}


def read_steps(values: list[tuple[Any, str]], setup: Setup) -> tuple[tuple[Step, ...], dict[str, Name]]:
    """The steps in order, and the names that they make."""
    known = Known(setup)
    for place, (value, at) in enumerate(values):
        fields = Fields(value, at)
        ref = fields.text("ref", longest=LONGEST_REF)
        if ref in known.steps:
            raise Unreadable(fields.path("ref"), expected="each ref once", found=ref)
        do = fields.choice("do", READERS)
        error = fields.choice("expect_error", ERRORS, "")
        step = READERS[do](fields, known, {"ref": ref, "do": do, "expect_error": error})
        fields.end()
        known.steps[ref] = step
        if not error:
            known.names |= {
                name: Name(item, is_receipt, ref, place) for name, item, is_receipt in made(step, known)
            }
    return tuple(known.steps.values()), known.names


def made(step: Step, known: Known) -> list[tuple[str, str, bool]]:
    """The names that a step makes, each with its item and whether it is a receipt."""
    if isinstance(step, Movement):
        return [(step.ref, step.item, MOVEMENTS[step.do].is_receipt)]
    if isinstance(step, Transfer | TransferReceipt):
        shipment = step if isinstance(step, Transfer) else known.steps[step.shipment]
        assert isinstance(shipment, Transfer)
        return [(f"{step.ref}.out", shipment.item, False), (f"{step.ref}.in", shipment.item, True)]
    if isinstance(step, Assembly):
        consumed = [
            (f"{step.ref}.c{number}", component.item, False)
            for number, component in enumerate(step.components, 1)
        ]
        return [(f"{step.ref}.output", step.item, True), *consumed]
    if isinstance(step, Undo):
        undone = known.names[step.of]
        return [(step.ref, undone.item, not undone.is_receipt)]
    return []


Head = dict[str, str]


def _movement(fields: Fields, known: Known, head: Head) -> Movement:
    kind = MOVEMENTS[head["do"]]
    item = known.item(fields)
    takes_cost = kind.needs_unit_cost is not None
    unit_cost = fields.optional_cost("unit_cost") if takes_cost else None
    if kind.needs_unit_cost and unit_cost is None:
        fields.cost("unit_cost")
    applied = known.entries(fields, kind.applies, is_receipt=not kind.is_receipt) if kind.applies else ""
    return Movement(
        **head,
        day=fields.day("date"),
        item=item,
        variant=known.variant(fields, item),
        location=known.location(fields),
        lot=known.lot(fields, item),
        quantity=fields.quantity(),
        unit_cost=unit_cost,
        applies_to=applied if kind.applies == "applies_to" else "",
        applies_from=applied if kind.applies == "applies_from" else "",
    )


def _invoice(fields: Fields, known: Known, head: Head) -> Invoice:
    key, invoiced = INVOICES[head["do"]]
    return Invoice(
        **head,
        day=fields.day("date"),
        of=known.step(fields, key, [invoiced]),
        quantity=fields.quantity(),
        unit_cost=fields.cost("unit_cost") if head["do"] == "purchase_invoice" else None,
    )


def _transfer(fields: Fields, known: Known, head: Head) -> Transfer:
    item = known.item(fields)
    to = "to" if head["do"] == "transfer" else "in_transit"
    from_location, to_location = known.location(fields, "from"), known.location(fields, to)
    if from_location == to_location:
        raise Unreadable(fields.path(to), expected="another location than from", found=to_location)
    return Transfer(
        **head,
        day=fields.day("date"),
        item=item,
        variant=known.variant(fields, item),
        lot=known.lot(fields, item),
        quantity=fields.quantity(),
        from_location=from_location,
        to_location=to_location,
    )


def _transfer_receipt(fields: Fields, known: Known, head: Head) -> TransferReceipt:
    return TransferReceipt(
        **head,
        day=fields.day("date"),
        shipment=known.step(fields, "shipment", ["transfer_shipment"]),
        to_location=known.location(fields, "to"),
    )


def _charge(fields: Fields, known: Known, head: Head) -> Charge:
    assign = []
    for value, at in fields.items("assign"):
        part = Fields(value, at)
        to = known.needed_entries(part, "to")
        assign.append((to, part.number("amount", places=AMOUNT_PLACES)))
        part.end()
    if not assign:
        raise Unreadable(fields.path("assign"), expected="at least one item entry", found=None)
    return Charge(
        **head,
        day=fields.day("date"),
        assign=tuple(assign),
        is_sale=fields.choice("kind", ("purchase", "sale"), "purchase") == "sale",
        charge=fields.text("charge", "CHARGE"),
    )


def _revaluation(fields: Fields, known: Known, head: Head) -> Revaluation:
    mode = fields.choice("mode", ("item", "remaining", "entry"))
    applies_to = "" if mode == "item" else known.needed_entries(fields, "applies_to", is_receipt=True)
    item = known.item(fields) if mode == "item" or fields.has("item") else known.names[applies_to].item
    if applies_to and item != known.names[applies_to].item:
        raise Unreadable(fields.path("item"), expected=f"the item of {applies_to}", found=item)
    unit_cost = fields.optional_cost("unit_cost_revalued")
    value = fields.optional_number("inventory_value_revalued", places=AMOUNT_PLACES)
    if (unit_cost is None) == (value is None):
        expected = "one of unit_cost_revalued and inventory_value_revalued"
        raise Unreadable(fields.at, expected=expected, found=None if value is None else "both")
    return Revaluation(
        **head,
        day=fields.day("date"),
        mode=mode,
        item=item,
        applies_to=applies_to,
        unit_cost_revalued=unit_cost,
        inventory_value_revalued=value,
        updates_standard_cost=fields.flag("update_standard_cost", default=False),
    )


def _assembly(fields: Fields, known: Known, head: Head) -> Assembly:
    item = known.item(fields)
    components = tuple(
        _component(Fields(value, at), known) for value, at in fields.items("components", optional=True)
    )
    resources = tuple(_resource(Fields(value, at)) for value, at in fields.items("resources", optional=True))
    if not components and not resources:
        raise Unreadable(fields.at, expected="components or resources", found=None)
    return Assembly(
        **head,
        day=fields.day("date"),
        item=item,
        variant=known.variant(fields, item),
        location=known.location(fields),
        lot=known.lot(fields, item),
        quantity=fields.quantity(),
        components=components,
        resources=resources,
    )


def _component(fields: Fields, known: Known) -> Component:
    item = known.item(fields)
    component = Component(
        item=item,
        variant=known.variant(fields, item),
        lot=known.lot(fields, item),
        quantity=fields.quantity(),
    )
    fields.end()
    return component


def _resource(fields: Fields) -> tuple[Decimal, Decimal]:
    direct_cost = fields.number("direct_cost", places=AMOUNT_PLACES)
    overhead = fields.number("overhead", ZERO, places=AMOUNT_PLACES)
    fields.end()
    return direct_cost, overhead


def _undo(fields: Fields, known: Known, head: Head) -> Undo:
    name = known.needed_entries(fields, "of", is_receipt=head["do"] == "undo_receipt")
    if not isinstance(known.steps[known.names[name].ref], Movement):
        raise Unreadable(fields.path("of"), expected="a receipt or shipment of goods", found=name)
    return Undo(**head, of=name)


def _run(_fields: Fields, _known: Known, head: Head) -> Run:
    return Run(**head)


def _period(fields: Fields, known: Known, head: Head) -> Period:
    ending, periods = fields.day("ending"), known.setup.settings.inventory_periods
    if ending not in periods:
        expected = f"one of the inventory_periods {listed(map(str, periods))}"
        raise Unreadable(fields.path("ending"), expected=expected, found=ending)
    return Period(**head, ending=ending)


def _set(fields: Fields, _known: Known, head: Head) -> SetSettings:
    keys = ("allow_posting_from", "user_allow_posting_from", "work_date")
    step = SetSettings(
        **head,
        allow_posting_from=fields.optional_day("allow_posting_from"),
        user_allow_posting_from=fields.optional_day("user_allow_posting_from"),
        work_date=fields.optional_day("work_date"),
    )
    _check_any(fields, keys)
    return step


def _set_item(fields: Fields, known: Known, head: Head) -> SetItem:
    step = SetItem(
        **head,
        item=known.item(fields),
        standard_cost=fields.optional_cost("standard_cost"),
        unit_cost=fields.optional_cost("unit_cost"),
        costing_method=fields.choice("costing_method", METHODS, ""),
    )
    _check_any(fields, ("standard_cost", "unit_cost", "costing_method"))
    return step


def _check_any(fields: Fields, keys: tuple[str, ...]) -> None:
    if not any(fields.has(key) for key in keys):
        raise Unreadable(fields.at, expected=f"at least one of {listed(keys)}", found=None)


READERS: dict[str, Callable[[Fields, Known, Head], Step]] = {
    **dict.fromkeys(MOVEMENTS, _movement),
    **dict.fromkeys(INVOICES, _invoice),
    "transfer": _transfer,
    "transfer_shipment": _transfer,
    "transfer_receipt": _transfer_receipt,
    "item_charge": _charge,
    "revaluation": _revaluation,
    "assembly": _assembly,
    "undo_receipt": _undo,
    "undo_shipment": _undo,
    "adjust_cost": _run,
    "post_to_gl": _run,
    "close_period": _period,
    "reopen_period": _period,
    "set": _set,
    "set_item": _set_item,
}
