"""The general ledger over the API: posting, entries, what is behind them, accounts and set-up."""

import csv
import io
from typing import Any

import pytest
from flask import Flask

from tests.server.api.conftest import Caller
from tests.support.people import browser_of


def post(caller: Caller, **body: object) -> dict[str, Any]:
    answer = caller.send("POST", "/gl-postings", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json  # type: ignore[assignment]
    return found


def test_a_preview_writes_nothing_and_the_posting_does_what_it_said(caller: Caller) -> None:
    preview = post(caller, is_preview=True)
    assert caller.rows("/gl-entries") == []

    posted = post(caller)

    assert preview == posted
    assert (posted["value_entries"], posted["gl_entries"], posted["amount"]) == (3, 6, "17.75")
    assert posted["is_complete"] is True
    assert {each["account_no"]: (each["debit"], each["credit"]) for each in posted["accounts"]} == {
        "1410": ("13.5", "4.25"),
        "5110": ("4.25", "0"),
        "5210": ("0", "13.5"),
    }
    assert post(caller)["value_entries"] == 0


def test_entries_are_filtered_paged_and_exported(caller: Caller) -> None:
    post(caller)

    stock = caller.rows("/gl-entries", account_no="1410")
    assert [row["amount"] for row in stock] == ["-4.25", "3", "10.5"]
    assert (stock[0]["account_name"], stock[0]["account_name_fr"]) == ("Inventory", "Stocks")
    assert [row["amount"] for row in caller.rows("/gl-entries", item_no="BUNTING")] == ["-3", "3"]
    assert [row["amount"] for row in caller.rows("/gl-entries", document_no="DOC-2")] == ["-3", "3"]
    assert [row["amount"] for row in caller.rows("/gl-entries", value_entry_no=2)] == ["4.25", "-4.25"]
    days = {"posting_date_from": "2026-03-03", "posting_date_to": "2026-03-05"}
    assert len(caller.rows("/gl-entries", **days)) == 2
    assert caller.rows("/gl-entries", is_by_others="true") == []
    batch = stock[0]["batch_no"]
    assert len(caller.rows("/gl-entries", batch_no=batch, is_by_others="false")) == 6

    first = caller.get("/gl-entries", limit=4).json
    assert first is not None
    assert len(caller.rows("/gl-entries", limit=4, after=first["after"])) == 2
    numbers = [row["entry_no"] for row in caller.rows("/gl-entries", sort="entry_no")]
    assert numbers == sorted(numbers)
    text = caller.get("/gl-entries.csv", sort="posting_date").get_data(as_text=True).removeprefix("\ufeff")
    assert [row["posting_date"] for row in csv.DictReader(io.StringIO(text))] == 4 * ["2026-03-02"] + 2 * [
        "2026-03-05"
    ]


def test_an_entry_leads_to_the_values_that_it_sums_up(caller: Caller) -> None:
    post(caller, per="group")
    (entry,) = caller.rows("/gl-entries", account_no="1410", posting_date_to="2026-03-02")
    assert (entry["amount"], entry["item_no"]) == ("13.5", "")

    behind = caller.rows("/gl-item-relations", gl_entry_no=entry["entry_no"])

    assert [(row["value_entry_no"], row["amount"], row["item_no"]) for row in behind] == [
        (1, "10.5", "GLOBE"),
        (3, "3", "BUNTING"),
    ]
    assert len(caller.rows("/gl-item-relations", value_entry_no=1)) == 2
    assert caller.get(f"/gl-entries/{entry['entry_no']}").json == entry
    assert caller.get("/gl-entries/999").status_code == 404
    assert caller.get(f"/gl-entries/{2**64}").status_code == 404


def test_the_reconciliation_has_a_row_per_role(caller: Caller) -> None:
    post(caller)

    answer = caller.get("/gl-reconciliation", item_no="GLOBE")

    assert answer.json is not None
    rows = {row["role"]: row for row in answer.json["rows"]}
    assert list(rows) == ["inventory", "cogs", "direct_cost_applied"]
    assert rows["inventory"]["gl_amount"] == rows["inventory"]["posted_amount"] == "6.25"
    assert (rows["inventory"]["difference"], rows["inventory"]["reasons"]) == ("0", [])


def test_what_cannot_be_posted_is_answered_with_its_reason(caller: Caller) -> None:
    assert caller.send("PATCH", "/gl-accounts/5110", {"is_blocked": True}).status_code == 200

    posted = post(caller)

    assert posted["value_entries"] == 2
    assert posted["skipped"] == [
        {
            "reason": "account_blocked",
            "role": "cogs",
            "account_no": "5110",
            "groups": ["", ""],
            "values": 1,
            "amount": "-4.25",
            "first_date": "2026-03-05",
            "last_date": "2026-03-05",
            "value_entry_nos": [2],
        }
    ]


def test_an_account_goes_the_whole_way(caller: Caller) -> None:
    made = caller.send("POST", "/gl-accounts", {"no": "1499", "name": "Goods in transit"})
    assert made.status_code == 201
    assert caller.send("POST", "/gl-accounts", {"no": "1499"}).status_code == 409
    wrong = caller.send("PATCH", "/gl-accounts/1499", {"category": "petty cash"})
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert wrong.json["errors"][0]["pointer"] == "/category"
    changed = caller.send("PATCH", "/gl-accounts/1499", {"category": "inventory"})
    assert changed.json == {
        "no": "1499",
        "name": "Goods in transit",
        "name_fr": "",
        "category": "inventory",
        "is_blocked": False,
    }
    assert caller.send("DELETE", "/gl-accounts/1499").status_code == 204
    assert caller.get("/gl-accounts/1499").status_code == 404


def test_an_account_in_use_stays(caller: Caller) -> None:
    assert caller.send("DELETE", "/gl-accounts/5350").status_code == 409
    freed = caller.send(
        "PATCH", "/inventory-posting-setups/*/*", {"manufacturing_overhead_variance_account": ""}
    )
    assert freed.status_code == 200
    assert caller.send("DELETE", "/gl-accounts/5350").status_code == 204

    post(caller)
    answer = caller.send("DELETE", "/gl-accounts/1410")

    assert answer.status_code == 409
    assert answer.json is not None
    assert {each["code"] for each in answer.json["errors"]} == {"has_entries", "in_use"}


@pytest.mark.parametrize(
    ("path", "row", "changed"),
    [
        (
            "/inventory-posting-setups",
            {"location_code": "DC", "inventory_posting_group": "RAW"},
            {"inventory_account": "1410"},
        ),
        (
            "/general-posting-setups",
            {"general_business_posting_group": "", "general_product_posting_group": "RAW"},
            {"cogs_account": "5110"},
        ),
    ],
)
def test_a_set_up_row_goes_the_whole_way(
    caller: Caller, path: str, row: dict[str, str], changed: dict[str, str]
) -> None:
    made = caller.send("POST", path, row)
    assert made.status_code == 201, made.text
    place = made.headers["Location"].removeprefix("/api/v1")
    assert place == path + "/" + "/".join(code or "*" for code in row.values()).replace("*", "%2A")

    answer = caller.send("PATCH", place, changed)

    assert answer.json is not None
    assert answer.json | changed == answer.json
    assert caller.get(place).json == answer.json
    assert caller.send("PATCH", place, dict.fromkeys(changed, "9999")).status_code == 422
    assert len(caller.rows(path)) == 2
    assert caller.send("DELETE", place).status_code == 204
    assert len(caller.rows(path)) == 1


def test_a_set_up_row_names_a_location_that_is_there(caller: Caller) -> None:
    answer = caller.send("POST", "/inventory-posting-setups", {"location_code": "NOWHERE"})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "/location_code"


@pytest.mark.parametrize("role", ["supervisor", "administrator", "worker"])
def test_only_the_back_office_posts_and_sets_up(books: Flask, role: str) -> None:
    other = Caller(browser_of(books, role))

    assert other.send("POST", "/gl-postings", {"is_preview": True}).status_code == 403
    assert other.send("PATCH", "/gl-accounts/1410", {"is_blocked": True}).status_code == 403
    assert other.get("/gl-entries").status_code == (403 if role == "worker" else 200)
