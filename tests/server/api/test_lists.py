"""Lists filter, sort and page by key: every row once, whatever happens between two pages."""

import csv
import io

import pytest
from flask import Flask

from server.database import write
from server.masterdata import changes
from server.masterdata.cards import BinCard
from server.masterdata.kinds import BINS
from tests.server.api.conftest import Caller
from tests.server.api.ledger_rows import day, fill_ledgers


@pytest.fixture
def filled(company: Flask) -> None:
    """250 postings."""
    with company.app_context():
        fill_ledgers(250)


def numbers(caller: Caller, path: str, **query: object) -> list[int]:
    """The entry numbers of all pages."""
    found: list[int] = []
    after: str | None = None
    while True:
        answer = caller.get(path, **query, **({"after": after} if after else {})).json
        assert answer is not None
        found += [row["entry_no"] for row in answer["rows"]]
        after = answer["after"]
        if after is None:
            return found


@pytest.mark.parametrize(
    "path", ["/item-ledger-entries", "/value-entries", "/warehouse-entries", "/item-application-entries"]
)
def test_pages_show_every_entry_once_newest_first(filled: None, caller: Caller, path: str) -> None:
    assert numbers(caller, path, limit=70) == list(range(250, 0, -1))
    assert numbers(caller, path, limit=70, sort="entry_no") == list(range(1, 251))


def test_the_page_before_leads_back_to_where_one_came_from(filled: None, caller: Caller) -> None:
    path = "/item-ledger-entries"
    first = caller.get(path, limit=100, sort="posting_date").json
    second = caller.get(path, limit=100, sort="posting_date", after=first["after"]).json  # type: ignore[index]

    back = caller.get(path, limit=100, sort="posting_date", before=second["before"]).json  # type: ignore[index]

    assert first["before"] is None  # type: ignore[index]
    assert back["rows"] == first["rows"]  # type: ignore[index]
    assert back["before"] is None  # type: ignore[index]
    assert back["after"] == first["after"]  # type: ignore[index]


def test_a_row_that_comes_between_two_pages_moves_no_other(inside: Flask, caller: Caller) -> None:
    first = caller.get("/bins", limit=3).json
    write(lambda connection: changes.create(connection, BINS, BinCard(location_code="DC", code="A0")))

    second = caller.get("/bins", limit=3, after=first["after"]).json  # type: ignore[index]

    codes = [row["code"] for page in (first, second) for row in page["rows"]]  # type: ignore[index]
    assert len(codes) == len(set(codes)) == 6


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"item_no": "GLOBE"}, [number for number in range(250, 0, -1) if number % 4 == 0]),
        ({"lot_no": "L50"}, [50]),
        ({"reason_code": "FOUND"}, [250, 200, 150, 100, 50]),
        ({"document_no": "IR-000007"}, [7]),
        ({"register_no": 7}, [7]),
        ({"is_open": "true", "item_no": "GLOBE", "sort": "entry_no"}, list(range(12, 251, 12))),
        ({"location_code": "YARD"}, []),
        ({"entry_type": "sale"}, []),
        ({"transaction_id": "no id"}, []),
    ],
)
def test_item_ledger_entries_are_filtered(
    filled: None, caller: Caller, query: dict[str, object], expected: list[int]
) -> None:
    assert numbers(caller, "/item-ledger-entries", **query) == expected


def test_entries_are_filtered_by_days_inclusive(filled: None, caller: Caller) -> None:
    assert {day(number).isoformat() for number in (1, 250)} == {"2026-01-01"}
    inclusive = {"posting_date_from": "2026-01-01", "posting_date_to": "2026-01-01"}
    for path in ("/item-ledger-entries", "/value-entries", "/warehouse-entries"):
        assert len(numbers(caller, path, **inclusive)) == 250
        assert numbers(caller, path, posting_date_from="2026-01-02") == []


@pytest.mark.parametrize("path", ["/value-entries", "/warehouse-entries"])
def test_values_and_movements_are_found_by_document_posting_and_lot(
    filled: None, caller: Caller, path: str
) -> None:
    assert numbers(caller, path, document_no="IR-000007") == [7]
    assert numbers(caller, path, register_no=8) == [8]
    assert numbers(caller, path, lot_no="L50") == [50]


def test_movements_are_found_by_bin(filled: None, caller: Caller) -> None:
    assert numbers(caller, "/warehouse-entries", location_code="DC", bin_code="A1", limit=100) == list(
        range(250, 0, -2)
    )


def test_applications_are_found_from_both_ends(filled: None, caller: Caller) -> None:
    assert numbers(caller, "/item-application-entries", entry_no=7) == [7]
    assert numbers(caller, "/item-application-entries", outbound_entry_no=8) == []
    assert numbers(caller, "/item-application-entries", inbound_entry_no=8) == [8]


def test_stored_transactions_are_filtered(filled: None, caller: Caller) -> None:
    assert [row["inbox_no"] for row in caller.rows("/transactions", status="refused")] == [1]
    assert [row["inbox_no"] for row in caller.rows("/transactions", waits="true")] == [2]
    assert [row["inbox_no"] for row in caller.rows("/transactions", code="item_unknown")] == [2, 1]
    assert len(caller.rows("/transactions", kind="receive", limit=1000)) == 250
    early = caller.rows("/transactions", received_before="2026-01-01T09:03:00+01:00")
    assert [row["inbox_no"] for row in early] == [2, 1]


def test_on_hand_adds_up_on_every_level(filled: None, caller: Caller) -> None:
    by_item = caller.rows("/on-hand/by-item")
    by_bin = caller.rows("/on-hand/by-bin", limit=1000)
    by_lot = caller.rows("/on-hand/by-lot")
    (location,) = caller.rows("/on-hand/by-location")

    assert [row["quantity_base"] for row in by_item] == ["10"] * 4
    assert sum(int(row["quantity_base"]) for row in by_bin) == 40
    assert (location["quantity_base"], location["item_count"]) == ("40", 4)
    assert [(row["lot_no"], row["quantity_base"]) for row in by_lot] == [("L1", "6")] * 4
    assert len(by_bin) == 12


def test_on_hand_is_paged_and_drilled_into(filled: None, caller: Caller) -> None:
    first = caller.get("/on-hand/by-item", limit=3).json
    second = caller.get("/on-hand/by-item", limit=3, after=first["after"]).json  # type: ignore[index]

    assert [row["item_no"] for page in (first, second) for row in page["rows"]] == [  # type: ignore[index]
        "BLOCKED",
        "BUNTING",
        "GLOBE",
        "LOOSE",
    ]
    bins = caller.rows("/on-hand/by-bin", item_no="GLOBE", location_code="DC")
    assert [(row["bin_code"], row["lot_no"], row["quantity_base"]) for row in bins] == [
        ("A1", "", "4"),
        ("A2", "L1", "5"),
        ("DOCK", "L1", "1"),
    ]
    assert [row["item_no"] for row in caller.rows("/on-hand/by-item", text="bunt")] == ["BUNTING"]


def test_items_are_found_by_any_part_of_what_is_known_of_them(caller: Caller) -> None:
    caller.send(
        "POST",
        "/items",
        {"no": "X-1%", "base_unit_of_measure_code": "PCS", "gtin": "9520000000011", "description": "Été"},
    )

    def found(**query: object) -> list[str]:
        return [row["no"] for row in caller.rows("/items", **query)]

    assert found(text="9520000000011") == ["X-1%"]
    assert found(text="1%") == ["X-1%"]
    assert found(text="glo") == ["GLOBE"]
    assert found(no="B") == ["BLOCKED", "BUNTING"]
    assert found(is_blocked="true") == ["BLOCKED"]
    assert found(updated_from="2000-01-01T00:00:00Z", limit=2, sort="-no") == ["X-1%", "LOOSE"]
    assert found(updated_from="2999-01-01T00:00:00Z") == []


def test_an_export_has_every_row_and_runs_no_formula(filled: None, caller: Caller) -> None:
    caller.send("PATCH", "/items/GLOBE", {"description": "=HYPERLINK(1)"})

    entries = caller.get("/item-ledger-entries.csv", sort="entry_no", item_no="GLOBE")
    items = caller.get("/items.csv")

    assert entries.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(entries.text.removeprefix("\ufeff"))))
    assert [int(line["entry_no"]) for line in lines] == list(range(4, 251, 4))
    assert lines[0]["quantity_base"] == "5"
    by_no = {line["no"]: line for line in csv.DictReader(io.StringIO(items.text.removeprefix("\ufeff")))}
    assert by_no["GLOBE"]["description"] == "'=HYPERLINK(1)"
    assert by_no["GLOBE"]["units"] == "PCS=1|CASE=12"


def test_what_was_exported_is_imported_without_a_change(caller: Caller) -> None:
    caller.send("PATCH", "/items/GLOBE", {"description": "=HYPERLINK(1)"})
    caller.send("POST", "/zones", {"location_code": "DC", "code": "Z", "description": "@home"})
    for path in ("items", "bins", "zones", "locations", "reason-codes", "units-of-measure", "identifiers"):
        exported = caller.get(f"/{path}.csv").text

        report = caller.upload(f"/imports/{path}", exported).json

        assert report["fault_count"] == 0, report  # type: ignore[index]
        assert report["unchanged_count"] == report["row_count"]  # type: ignore[index]


def test_a_bad_file_is_answered_by_its_faults_and_a_good_one_by_counts(caller: Caller) -> None:
    bad = caller.upload("/imports/items", "no,gtin\nA,123\nB,\n")
    dry = caller.upload("/imports/items", "no\nA\n", dry_run="true")
    skipped = caller.upload("/imports/items", "no,gtin\nA,123\nB,\n", skip_bad_rows="true")

    assert (bad.status_code, bad.json["code"]) == (422, "file_refused")  # type: ignore[index]
    assert [(error["line"], error["column"]) for error in bad.json["errors"]] == [(2, "gtin")]  # type: ignore[index]
    assert (dry.json["created_count"], dry.json["is_written"]) == (1, False)  # type: ignore[index]
    assert (skipped.status_code, skipped.json["created_count"]) == (200, 1)  # type: ignore[index]
    assert caller.get("/items/A").status_code == 404
    assert caller.get("/items/B").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "ten"},
        {"sort": "quantity_base"},
        {"after": "x"},
        {"after": "W10"},
        {"before": "WyJlbnRyeV9ubyIsIngiXQ"},
        {"item": "GLOBE"},
        {"is_open": "1"},
        {"posting_date_from": "yesterday"},
        {"register_no": "1e3"},
        {"item_no": "\x00"},
    ],
)
def test_a_parameter_that_means_nothing_is_named(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get("/item-ledger-entries", **query)

    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == list(query)  # type: ignore[index]


def test_a_cursor_of_another_order_is_refused(filled: None, caller: Caller) -> None:
    after = caller.get("/item-ledger-entries", limit=10).json["after"]  # type: ignore[index]

    answer = caller.get("/item-ledger-entries", limit=10, sort="posting_date", after=after)

    assert answer.status_code == 422


def test_what_is_not_there_is_a_problem(caller: Caller) -> None:
    for path in ("/registers/7", "/item-ledger-entries/7", "/transactions/x", "/devices/none", "/nothing"):
        answer = caller.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert caller.send("POST", "/registers").status_code == 405
