"""A preview shows what posting would write, writes nothing itself, and says why where it would be refused."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.server.api.conftest import Caller
from tests.server.journals.conftest import goods, journal, rows_in_ledgers, stored

OF_ROWS = ("item_ledger_entries", "application_entries", "value_entries", "warehouse_entries")


def preview(caller: Caller, *lines: dict[str, Any], **more: object) -> dict[str, Any]:
    """The answer to what these lines would post."""
    asked = {"location_code": "YARD", "body": {"lines": list(lines)}, **more}
    answer = caller.send("POST", "/journal-previews", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def post(caller: Caller, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The outcome of these lines as a transaction."""
    answer = caller.send("POST", "/transactions", journal(*lines, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_preview_shows_the_rows_and_writes_nothing(inside: Flask, caller: Caller) -> None:
    before = rows_in_ledgers()

    shown = preview(caller, goods("purchase", unit_cost="2.5"), goods("sale", 4))

    assert (shown["status"], shown["code"]) == ("posted", "")
    entries = [(row["entry_type"], row["quantity_base"]) for row in shown["item_ledger_entries"]]
    assert entries == [("purchase", "10"), ("sale", "-4")]
    assert [row["cost_amount_actual"] for row in shown["value_entries"]] == ["25", "-10"]
    assert (shown["quantity_base"], shown["cost_amount_actual"]) == ("6", "15")
    assert rows_in_ledgers() == before
    assert stored() == 0


def test_posting_writes_what_the_preview_showed(inside: Flask, caller: Caller) -> None:
    lines = (goods("purchase", unit_cost="2.5"), goods("sale", 4))
    shown = preview(caller, *lines)

    outcome = post(caller, *lines)

    assert outcome["status"] == "posted"
    assert outcome["entries"] == sum(len(shown[name]) for name in OF_ROWS)
    columns = ("item_no", "entry_type", "quantity_base", "posting_date")
    written = caller.rows("/item-ledger-entries", transaction_id=outcome["transaction_id"], sort="entry_no")
    assert [[row[name] for name in columns] for row in written] == [
        [row[name] for name in columns] for row in shown["item_ledger_entries"]
    ]
    values = caller.rows("/value-entries", transaction_id=outcome["transaction_id"], sort="entry_no")
    costs = ("entry_type", "cost_per_unit", "cost_amount_actual", "cost_amount_expected", "valuation_date")
    assert [[row[name] for name in costs] for row in values] == [
        [row[name] for name in costs] for row in shown["value_entries"]
    ]


def test_a_movement_at_a_location_with_bins_shows_its_bin(inside: Flask, caller: Caller) -> None:
    shown = preview(caller, goods("purchase", 3, "GLOBE", bin_code="A1"), location_code="DC")

    assert [(row["bin_code"], row["quantity_base"]) for row in shown["warehouse_entries"]] == [("A1", "3")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (goods("sale", 11, "GLOBE"), "refused insufficient_stock"),
        (goods("sale", 1, "NOBODY"), "refused item_unknown"),
        (goods("purchase", 1, "BLOCKED"), "refused item_blocked"),
        (goods("purchase", bin_code="A1"), "refused bin_not_used"),
        (goods("purchase", 0), "refused quantity_not_positive"),
        (goods("negative_adjustment", 51, reason_code="LOST"), "awaiting_approval over_limit"),
        ({"type": "undo", "entry_no": 4711}, "refused entry_unknown"),
        ({"type": "invoice", "entry_no": 4711, "quantity_base": "1"}, "refused entry_unknown"),
        ({"type": "item_charge", "entry_no": 4711, "amount": "1"}, "refused entry_unknown"),
    ],
)
def test_a_preview_and_posting_say_the_same_no(
    inside: Flask, caller: Caller, line: dict[str, Any], said: str
) -> None:
    status, code = said.split()
    shown = preview(caller, line)
    outcome = post(caller, line)

    assert (shown["status"], shown["code"]) == (status, code)
    assert (outcome["status"], outcome["code"], outcome["hint"]) == (status, code, shown["hint"])
    assert all(shown[name] == [] for name in OF_ROWS)
    assert sum(rows_in_ledgers()) == 0


def test_one_line_that_is_refused_refuses_the_whole_journal(inside: Flask, caller: Caller) -> None:
    outcome = post(caller, goods("purchase"), goods("purchase", 1, "NOBODY"))

    assert (outcome["status"], outcome["code"]) == ("refused", "item_unknown")
    assert sum(rows_in_ledgers()) == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/body/lines"),
        ({"lines": [{"type": "gift"}]}, "/body/lines/0/type"),
        ({"lines": [goods("sale", unit_cost="1")]}, "/body/lines/0/unit_cost"),
        (
            {"lines": [{"type": "revaluation", "mode": "item", "unit_cost_revalued": "1"}]},
            "/body/lines/0/item_no",
        ),
    ],
)
def test_a_journal_that_breaks_its_type_is_pointed_at(
    inside: Flask, caller: Caller, change: dict[str, Any], pointer: str
) -> None:
    asked = caller.send("POST", "/journal-previews", {"location_code": "YARD", "body": change})
    sent = caller.send("POST", "/transactions", journal(body=change))

    for answer in (asked, sent):
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]  # type: ignore[index]
    assert stored() == 0


def test_a_stated_day_is_the_posting_date_of_every_row(caller: Caller) -> None:
    shown = preview(caller, goods("purchase"), posting_date="2026-02-27")

    rows = shown["item_ledger_entries"] + shown["value_entries"]
    assert {row["posting_date"] for row in rows} == {"2026-02-27"}


def test_a_receipt_at_expected_cost_is_invoiced_by_a_line_that_names_it(
    inside: Flask, caller: Caller
) -> None:
    post(caller, goods("purchase", 10, unit_cost="2", is_invoiced=False))
    (receipt,) = caller.rows("/item-ledger-entries")
    line = {"type": "invoice", "entry_no": receipt["entry_no"], "quantity_base": "10", "unit_cost": "2.2"}

    shown = preview(caller, line)
    outcome = post(caller, line)

    assert outcome["status"] == "posted"
    assert shown["item_ledger_entries"] == []
    amounts = [(row["cost_amount_actual"], row["cost_amount_expected"]) for row in shown["value_entries"]]
    assert amounts == [("22", "-20")]
    values = caller.rows("/value-entries", item_ledger_entry_no=receipt["entry_no"])
    assert sum(Decimal(row["cost_amount_actual"]) for row in values) == 22
    assert sum(Decimal(row["cost_amount_expected"]) for row in values) == 0


def test_a_charge_a_revaluation_and_an_undo_name_an_entry(inside: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, unit_cost="2"), goods("purchase", 5, "BUNTING", is_invoiced=False))
    invoiced, open_ = (row["entry_no"] for row in caller.rows("/item-ledger-entries", sort="entry_no"))
    charge = {"type": "item_charge", "entry_no": invoiced, "amount": "5", "item_charge_no": "FREIGHT"}
    entry = {"type": "revaluation", "mode": "entry", "applies_to_entry_no": invoiced}

    outcomes = [
        post(caller, charge),
        post(caller, {**entry, "unit_cost_revalued": "3"}),
        post(caller, {"type": "undo", "entry_no": open_}),
        post(caller, {"type": "undo", "entry_no": invoiced}),
    ]

    assert [each["code"] or each["status"] for each in outcomes] == ["posted"] * 3 + ["already_invoiced"]
    values = caller.rows("/value-entries", item_ledger_entry_no=invoiced)
    assert sum(Decimal(row["cost_amount_actual"]) for row in values) == 30
    corrections = caller.rows("/item-ledger-entries", item_no="BUNTING")
    assert sum(Decimal(row["quantity_base"]) for row in corrections) == 0


def test_goods_are_transferred_and_assembled(inside: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, unit_cost="2"))
    moved = goods("transfer", 4, to_location_code="DC", to_bin_code="A1")
    part, whole = goods("", 3), goods("", 1, "GLOBE")
    del part["type"], whole["type"]

    outcomes = [
        post(caller, moved),
        post(
            caller,
            {
                "type": "assembly",
                "order_no": "A1",
                "output": whole,
                "components": [part],
                "resources": [{"direct_cost": "4"}],
            },
        ),
    ]

    assert [each["code"] or each["status"] for each in outcomes] == ["posted", "posted"]
    assert [row["quantity_base"] for row in caller.rows("/on-hand/by-bin", bin_code="A1")] == ["4"]
    (made,) = caller.rows("/item-ledger-entries", item_no="GLOBE")
    values = caller.rows("/value-entries", item_ledger_entry_no=made["entry_no"])
    assert sum(Decimal(row["cost_amount_actual"]) for row in values) == 10


def test_a_journal_from_a_handheld_is_refused(inside: Flask) -> None:
    from shared.wire import codec
    from shared.wire.journals import ItemJournal
    from shared.wire.transactions import Transaction, seal
    from tests.support.warehouse import MORNING, Source

    source = Source("handheld")
    body = codec.write(codec.read(ItemJournal, {"lines": [goods("purchase")]}, strict=True))
    source.seq += 1
    record = seal(
        Transaction(
            transaction_id="01890000-0000-7000-8000-000000000001",
            device_id="handheld",
            epoch=1,
            seq=1,
            kind="journal",
            location_code="DC",
            body=body,
            worker_id="marek",
            occurred_wall=MORNING,
            boot_id="boot",
            occurred_boot_ms=1000,
        )
    )

    outcome = source.push(record).results[0]

    assert (outcome.status, outcome.code) == ("refused", "kind_not_allowed")
    assert sum(rows_in_ledgers()) == 0
