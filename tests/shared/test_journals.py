"""The lines of an item journal on the wire: told apart by type, and what their fields ask of each other."""

import dataclasses
from typing import Any

import pytest

from shared.wire import codec, journals
from shared.wire.codec import WireError
from shared.wire.journals import LINE_TYPES, ItemJournal, check_journal
from shared.wire.transactions import Transaction, read_body
from tests.shared.wire_values import smallest

GOODS = {"item_no": "GLOBE", "quantity": "2", "quantity_base": "24", "unit_of_measure_code": "CASE"}
REVALUATION = {"type": "revaluation", "mode": "item", "item_no": "GLOBE", "unit_cost_revalued": "2"}


def journal_of(*lines: dict[str, Any]) -> ItemJournal:
    return codec.read(ItemJournal, {"lines": list(lines)}, strict=True)


def refused(*lines: dict[str, Any]) -> WireError:
    """Why a transaction with these lines cannot be read; the pointer starts at the transaction."""
    transaction = dataclasses.replace(
        smallest(Transaction), kind="journal", kind_version=1, body={"lines": list(lines)}
    )
    with pytest.raises(WireError) as error:
        read_body(transaction, strict=True)
    return error.value


@pytest.mark.parametrize(("tag", "line_type"), LINE_TYPES)
def test_each_type_is_written_under_its_name_and_read_back(tag: str, line_type: type) -> None:
    journal = ItemJournal(lines=(smallest(line_type),))

    written = codec.write(journal)

    assert written["lines"][0]["type"] == tag
    again = codec.read(ItemJournal, written, strict=True)
    assert again == journal
    assert type(again.lines[0]) is line_type


@pytest.mark.parametrize("value", [None, 7, "", "gift", ["sale"], {"a": 1}])
def test_a_type_that_nobody_knows_is_pointed_at(value: object) -> None:
    error = refused({"type": "sale", **GOODS}, {"type": value, **GOODS})

    assert error.pointer == "/body/lines/1/type"
    assert "purchase" in error.expected


def test_a_line_without_a_type_is_refused() -> None:
    error = refused(dict(GOODS))

    assert error.pointer == "/body/lines/0/type"
    assert str(error).endswith("found nothing")


@pytest.mark.parametrize("value", [None, 1, "sale", [], True])
def test_a_line_that_is_no_object_is_refused(value: Any) -> None:
    assert refused(value).pointer == "/body/lines/0"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"type": "sale", "unit_cost": "1", **GOODS}, "unit_cost"),
        ({"type": "purchase", "applies_from_entry_no": 7, **GOODS}, "applies_from_entry_no"),
        ({"type": "negative_adjustment", "is_invoiced": False, **GOODS}, "is_invoiced"),
        ({"type": "undo", "entry_no": 7, "quantity_base": "1"}, "quantity_base"),
        ({"type": "item_charge", "entry_no": 7, "amount": "1", "item_no": "GLOBE"}, "item_no"),
    ],
)
def test_a_field_of_another_type_is_refused(line: dict[str, Any], field: str) -> None:
    assert refused(line).pointer == f"/body/lines/0/{field}"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"type": "transfer", **GOODS}, "to_location_code"),
        ({"type": "invoice", "entry_no": 7}, "quantity_base"),
        ({"type": "item_charge", "entry_no": 7}, "amount"),
        ({"type": "undo"}, "entry_no"),
        ({"type": "assembly", "order_no": "A1", "output": GOODS}, "components"),
    ],
)
def test_a_field_that_the_type_needs_is_named(line: dict[str, Any], field: str) -> None:
    assert refused(line).pointer == f"/body/lines/0/{field}"


@pytest.mark.parametrize("entry_no", [0, -1, 2**53, "7", True])
def test_a_line_names_an_entry_by_a_number_above_0(entry_no: object) -> None:
    assert refused({"type": "undo", "entry_no": entry_no}).pointer == "/body/lines/0/entry_no"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"item_no": ""}, "item_no"),
        ({"applies_to_entry_no": 7}, "applies_to_entry_no"),
        ({"mode": "entry", "item_no": ""}, "applies_to_entry_no"),
        ({"mode": "remaining"}, "applies_to_entry_no"),
        ({"unit_cost_revalued": None}, "unit_cost_revalued"),
        ({"inventory_value_revalued": "10"}, "inventory_value_revalued"),
    ],
)
def test_a_revaluation_says_what_gets_which_one_new_value(changes: dict[str, Any], field: str) -> None:
    check_journal(journal_of(REVALUATION))

    assert refused(REVALUATION | changes).pointer == f"/body/lines/0/{field}"


def test_a_transfer_goes_into_transit_or_comes_out_of_it() -> None:
    line = {"type": "transfer", "to_location_code": "YARD", "order_no": "T1", **GOODS}
    check_journal(journal_of(line))

    assert refused({**line, "from_order_no": "T1"}).pointer == "/body/lines/0/from_order_no"


def test_what_lies_deep_in_an_assembly_is_pointed_at() -> None:
    component = {**GOODS, "quantity": "1e3"}

    error = refused({"type": "assembly", "order_no": "A1", "output": GOODS, "components": [GOODS, component]})

    assert error.pointer == "/body/lines/0/components/1/quantity"


def test_goods_of_an_assembly_have_no_type() -> None:
    error = refused(
        {"type": "assembly", "order_no": "A1", "output": GOODS, "components": [{"type": "sale", **GOODS}]}
    )

    assert error.pointer == "/body/lines/0/components/0/type"


def test_a_line_that_is_not_strictly_read_keeps_its_type() -> None:
    value = {"lines": [{"type": "undo", "entry_no": 7, "from_the_future": 1}]}

    journal = codec.read(ItemJournal, value, strict=False)

    assert journal.lines == (journals.Undo(entry_no=7),)
