"""Each type of line of a journal becomes what the ledger knows it by, with the sign of its direction."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from server.errors import (
    ItemUnknown,
    OverLimit,
    QuantityNotPositive,
    ReasonDirection,
    ReasonUnknown,
    Refusal,
    UnitFactorChanged,
    Unreadable,
)
from server.inbox.kinds import Circumstances
from server.journals.post import post
from server.ledger import lines as ledger
from server.masterdata.facts import Facts, ItemFacts, ReasonFacts, SetupFacts, UnitFacts
from shared.wire import codec
from shared.wire.journals import ItemJournal

ONE = Decimal(1)
GLOBE = ItemFacts(
    no="GLOBE",
    item_type="inventory",
    base_unit_of_measure_code="PCS",
    is_blocked=False,
    costing_method="FIFO",
    unit_cost=ONE,
    prevents_negative=True,
    units={"PCS": UnitFacts(ONE, ONE), "CASE": UnitFacts(Decimal(12), ONE)},
    variants={},
)
CIRCUMSTANCES = Circumstances(
    facts=Facts(
        setup=SetupFacts(Decimal("0.01"), prevent_negative_inventory=True, server_epoch=""),
        items={"GLOBE": GLOBE, "LAMP": replace(GLOBE, no="LAMP")},
        reasons={
            "LOST": ReasonFacts("decrease", Decimal(50)),
            "FOUND": ReasonFacts("increase", None),
        },
    ),
    location_code="DC",
    approved=frozenset(),
    may_state=True,
)
CASES = {"item_no": "GLOBE", "quantity": "2", "quantity_base": "24", "unit_of_measure_code": "CASE"}
WHERE: dict[str, Any] = {"variant_code": "RED", "bin_code": "A1", "lot_no": "L1", "serial_no": "S1"}


def posted(line: dict[str, Any], circumstances: Circumstances = CIRCUMSTANCES) -> ledger.JournalLine:
    (only,) = post(codec.read(ItemJournal, {"lines": [line]}, strict=True), circumstances)
    return only


def item_line(**fields: Any) -> ledger.ItemJournalLine:
    return ledger.ItemJournalLine(
        **{
            "item_no": "GLOBE",
            "location_code": "DC",
            "unit_of_measure_code": "CASE",
            "quantity_per_unit": Decimal(12),
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("kind", "entry_type", "quantity_base"),
    [
        ("purchase", "purchase", 24),
        ("purchase_return", "purchase", -24),
        ("sale", "sale", -24),
        ("sales_return", "sale", 24),
        ("positive_adjustment", "positive_adjmt", 24),
        ("negative_adjustment", "negative_adjmt", -24),
    ],
)
def test_a_movement_has_its_entry_type_and_sign(kind: str, entry_type: str, quantity_base: int) -> None:
    found = posted({"type": kind, **CASES, **WHERE})

    assert found == item_line(
        entry_type=ledger.EntryType(entry_type), quantity_base=Decimal(quantity_base), **WHERE
    )


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("purchase", {"unit_cost": "2.5", "is_invoiced": False, "general_business_posting_group": "EU"}),
        ("purchase_return", {"applies_to_entry_no": 7, "is_invoiced": False}),
        ("sale", {"applies_to_entry_no": 7, "is_invoiced": False}),
        ("sales_return", {"applies_from_entry_no": 7, "is_invoiced": False, "unit_cost": "2.5"}),
        ("positive_adjustment", {"applies_from_entry_no": 7, "unit_cost": "2.5", "reason_code": "FOUND"}),
        ("negative_adjustment", {"applies_to_entry_no": 7, "reason_code": "LOST"}),
    ],
)
def test_what_a_movement_says_more_goes_along(kind: str, fields: dict[str, Any]) -> None:
    found = posted({"type": kind, **CASES, **fields})

    expected = {name: Decimal(each) if name == "unit_cost" else each for name, each in fields.items()}
    assert {name: getattr(found, name) for name in fields} == expected


def test_an_invoice_a_charge_and_an_undo_name_their_entry() -> None:
    assert posted({"type": "invoice", "entry_no": 7, "quantity_base": "3", "unit_cost": "2"}) == (
        ledger.InvoiceLine(entry_no=7, quantity_base=Decimal(3), unit_cost=Decimal(2))
    )
    charge = {"type": "item_charge", "entry_no": 7, "amount": "-4.5", "item_charge_no": "FREIGHT"}
    assert posted({**charge, "is_sale": True}) == ledger.ItemChargeLine(
        entry_no=7, amount=Decimal("-4.5"), item_charge_no="FREIGHT", is_sale=True
    )
    assert posted({"type": "undo", "entry_no": 7}) == ledger.UndoLine(entry_no=7)


def test_a_transfer_goes_from_the_transactions_location_to_the_lines() -> None:
    line = {"type": "transfer", **CASES, **WHERE, "to_location_code": "YARD", "to_bin_code": "B1"}

    assert posted({**line, "order_no": "T1"}) == ledger.TransferLine(
        item_no="GLOBE",
        location_code="DC",
        new_location_code="YARD",
        new_bin_code="B1",
        quantity_base=Decimal(24),
        unit_of_measure_code="CASE",
        quantity_per_unit=Decimal(12),
        order_no="T1",
        **WHERE,
    )


def test_a_revaluation_keeps_its_mode_and_its_one_new_value() -> None:
    item = {"type": "revaluation", "mode": "item", "item_no": "GLOBE", "unit_cost_revalued": "2"}
    entry = {"type": "revaluation", "mode": "entry", "applies_to_entry_no": 7}

    assert posted({**item, "updates_standard_cost": True}) == ledger.RevaluationLine(
        mode=ledger.RevaluationMode.ITEM,
        item_no="GLOBE",
        unit_cost_revalued=Decimal(2),
        updates_standard_cost=True,
    )
    assert posted({**entry, "inventory_value_revalued": "9.99"}) == ledger.RevaluationLine(
        mode=ledger.RevaluationMode.ENTRY, applies_to_entry_no=7, inventory_value_revalued=Decimal("9.99")
    )


def test_an_assembly_consumes_its_components_and_puts_out_its_item() -> None:
    line = {
        "type": "assembly",
        "order_no": "A1",
        "output": {**CASES, "item_no": "LAMP"},
        "components": [CASES, {**CASES, "bin_code": "A2"}],
        "resources": [{"direct_cost": "5", "overhead": "1"}, {"direct_cost": "2"}],
    }
    used = item_line(
        entry_type=ledger.EntryType.ASSEMBLY_CONSUMPTION, quantity_base=Decimal(-24), order_no="A1"
    )

    assert posted(line) == ledger.AssemblyLine(
        order_no="A1",
        output=item_line(
            item_no="LAMP",
            entry_type=ledger.EntryType.ASSEMBLY_OUTPUT,
            quantity_base=Decimal(24),
            order_no="A1",
        ),
        components=(used, replace(used, bin_code="A2")),
        resources=(
            ledger.Resource(direct_cost=Decimal(5), overhead=Decimal(1)),
            ledger.Resource(direct_cost=Decimal(2)),
        ),
    )


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"type": "sale", **CASES, "item_no": "NOBODY"}, ItemUnknown),
        ({"type": "sale", **CASES, "quantity": "0", "quantity_base": "0"}, QuantityNotPositive),
        ({"type": "purchase", **CASES, "quantity": "-2", "quantity_base": "-24"}, QuantityNotPositive),
        ({"type": "invoice", "entry_no": 7, "quantity_base": "0"}, QuantityNotPositive),
        ({"type": "sale", **CASES, "quantity_base": "20"}, UnitFactorChanged),
        ({"type": "negative_adjustment", **CASES, "reason_code": "WHY"}, ReasonUnknown),
        ({"type": "negative_adjustment", **CASES, "reason_code": "FOUND"}, ReasonDirection),
        (
            {
                "type": "negative_adjustment",
                **CASES,
                "quantity": "5",
                "quantity_base": "60",
                "reason_code": "LOST",
            },
            OverLimit,
        ),
        ({"type": "purchase", **CASES, "unit_cost": "9999999999999"}, Unreadable),
    ],
)
def test_what_the_line_itself_shows_to_be_wrong_is_refused(
    line: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        posted(line)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"type": "sale", **CASES, "unit_of_measure_code": "TON"}, "0/unit_of_measure_code"),
        (
            {
                "type": "assembly",
                "order_no": "A1",
                "output": CASES,
                "components": [CASES, {**CASES, "unit_of_measure_code": "TON"}],
            },
            "0/components/1/unit_of_measure_code",
        ),
    ],
)
def test_a_unit_that_the_item_lacks_is_pointed_at(line: dict[str, Any], place: str) -> None:
    with pytest.raises(Unreadable) as refused:
        posted(line)

    assert refused.value.hint.startswith(f"/body/lines/{place}:")
