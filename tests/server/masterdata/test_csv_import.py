"""CSV files are taken whole or not at all, and every fault is named by line and column."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask

from server.database import db
from server.masterdata.cards import ItemCode, Tracking
from server.masterdata.csv_import import ImportOptions, ImportReport, import_file
from server.masterdata.kinds import BINS, ZONES
from server.masterdata.reading import load_items
from server.masterdata.tables import BinContent, Item, ItemIdentifier
from tests.server.masterdata.cards import (
    CASE_GTIN,
    EAN,
    GTIN,
    NOW,
    clear_marks,
    count,
    create,
    marks,
    with_units,
)

PRICE_LIST = f"""item,name,ean13,case_gtin14,case_qty,abc,home_bin,unit_price,unit_cost,tracking,sale_lines
10002,INFLATABLE POLITICAL GLOBE,{EAN},{CASE_GTIN},12,B,A-1,0.85,0.3940,none,71
10120,DOGGY RUBBER,9520000000035,,1,C,A-1,0.21,0.1008,lot,30
"""


@pytest.fixture(autouse=True)
def company(app: Flask) -> Iterator[None]:
    with app.app_context():
        with_units()
        yield


def take(kind: str, text: str | bytes, **options: object) -> ImportReport:
    content = text if isinstance(text, bytes) else text.encode()
    return import_file(kind, content, ImportOptions(**options), now=NOW)  # type: ignore[arg-type]


def faults(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.code) for fault in report.faults]


def test_a_price_list_becomes_items_with_cases_bar_codes_and_home_bins() -> None:
    take("bins", "location_code,code\nMAIN,A-1\n")

    report = take("items", PRICE_LIST, location_code="MAIN")

    assert (report.created_count, report.changed_count, report.fault_count) == (2, 0, 0)
    cards = load_items(db.session.connection(), ["10002", "10120"])
    globe, rubber = cards["10002"], cards["10120"]
    assert (globe.description, globe.unit_price, globe.unit_cost) == (
        "INFLATABLE POLITICAL GLOBE",
        Decimal("0.85"),
        Decimal("0.394"),
    )
    assert [(unit.code, unit.quantity_per_unit) for unit in globe.units] == [
        ("PCS", Decimal(1)),
        ("CASE", Decimal(12)),
    ]
    assert globe.codes == (
        ItemCode(code=GTIN, unit_of_measure_code="PCS"),
        ItemCode(code=CASE_GTIN, unit_of_measure_code="CASE"),
    )
    assert [unit.code for unit in rubber.units] == ["PCS"]
    assert rubber.tracking is Tracking.LOT
    assert count(BinContent.__table__) == 2


def test_the_same_file_twice_changes_nothing_and_nobody_hears() -> None:
    take("items", PRICE_LIST)
    clear_marks()

    report = take("items", PRICE_LIST)

    assert (report.created_count, report.changed_count, report.unchanged_count) == (0, 0, 2)
    assert marks() == []


def test_a_file_changes_the_columns_that_it_has_and_no_others() -> None:
    take("items", PRICE_LIST)

    report = take("items", "no,unit_price\n10002,0.95\n")

    card = load_items(db.session.connection(), ["10002"])["10002"]
    assert (report.changed_count, card.unit_price, card.abc_class) == (1, Decimal("0.95"), "B")


def test_one_bad_row_keeps_all_rows_out_and_says_where() -> None:
    text = (
        "no,description,gtin,unit_price\n"
        "A,Good,9520000000011,1\n"
        "B,Bad digit,9520000000012,1\n"
        'C,"Two\nlines",9520000000028,one\n'
        " ,No number,,1\n"
    )

    report = take("items", text)

    assert faults(report) == [
        (3, "gtin", "check_digit"),
        (4, "description", "value"),
        (4, "unit_price", "value"),
        (6, "no", "value"),
    ]
    assert report.faults[2].found == "'one'"
    assert (report.is_written, report.row_count, report.bad_row_count) == (False, 4, 3)
    assert count(Item.__table__) == 0
    assert marks() == []


def test_bad_rows_are_passed_over_when_asked() -> None:
    report = take("items", "no,gtin\nA,\nB,123\nC,\n", skips_bad_rows=True)

    assert (report.is_written, report.created_count, report.bad_row_count) == (True, 2, 1)
    assert set(load_items(db.session.connection(), ["A", "B", "C"])) == {"A", "C"}


def test_a_dry_run_says_what_would_be_and_keeps_nothing() -> None:
    report = take("items", PRICE_LIST, is_dry_run=True)

    assert (report.created_count, report.is_dry_run, report.is_written) == (2, True, False)
    assert count(Item.__table__) == 0
    assert count(ItemIdentifier.__table__) == 0
    assert marks() == []


def test_a_bar_code_that_two_rows_claim_belongs_to_the_first() -> None:
    report = take("items", f"no,gtin\nA,{EAN}\nB,{EAN}\n", skips_bad_rows=True)

    assert faults(report) == [(3, "gtin", "code_taken")]
    assert set(load_items(db.session.connection(), ["A", "B"])) == {"A"}


def test_the_same_number_twice_in_a_file_is_a_fault_of_both_rows() -> None:
    assert faults(take("items", "no,description\nA,one\nA,two\n")) == [(2, "no", "twice"), (3, "no", "twice")]


def test_a_home_bin_that_is_not_there_is_a_fault_of_its_row() -> None:
    assert faults(take("items", PRICE_LIST, location_code="MAIN")) == [
        (2, "home_bin", "unknown"),
        (3, "home_bin", "unknown"),
    ]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("no;description;unit_price\nA;Ballon gonflé;0,85\n".encode("windows-1252"), "windows-1252", ";"),
        ("no\tdescription\tunit_price\nA\tBallon gonflé\t0.85\n".encode("utf-16"), "utf-16", "\t"),
        ("\ufeffno,description,unit_price\r\nA,Ballon gonflé,0.85\r\n".encode(), "utf-8-sig", ","),
        ("NO, Description ,unit_price\nA,Ballon gonflé,0.85".encode(), "utf-8", ","),
    ],
)
def test_a_file_is_read_as_its_spreadsheet_wrote_it(content: bytes, encoding: str, delimiter: str) -> None:
    report = take("items", content)

    assert (report.encoding, report.delimiter, report.fault_count) == (encoding, delimiter, 0)
    card = load_items(db.session.connection(), ["A"])["A"]
    assert (card.description, card.unit_price) == ("Ballon gonflé", Decimal("0.85"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, "", "empty_file")]),
        ("no,colour\nA,red\n", [(1, "colour", "unknown_column")]),
        ("no,no\nA,B\n", [(1, "no", "twice")]),
        ("description\nA\n", [(1, "no", "missing_column")]),
        ("no,description\nA,one,two\n", [(2, "", "too_many_cells")]),
        ('no,description\nA,"one\n', [(2, "", "unreadable_line")]),
        ("no,is_blocked\nA,perhaps\n", [(2, "is_blocked", "value")]),
        ("no,unit_price\nA,1e5\n", [(2, "unit_price", "value")]),
        ("no,unit_price\nA,99999999999999999999\n", [(2, "unit_price", "value")]),
        ("no,units\nA,CASE=twelve\n", [(2, "units", "value")]),
        ("no,base_unit_of_measure_code\nA,BOX\n", [(2, "base_unit_of_measure_code", "unknown")]),
        ("no,description\nA," + "x" * 300 + "\n", [(2, "description", "value")]),
        ("no,description\nA," + "x" * 5000 + "\n", [(2, "description", "cell_too_long")]),
    ],
)
def test_what_is_wrong_with_a_file_is_named(text: str, found: list[tuple[int, str, str]]) -> None:
    report = take("items", text)

    assert faults(report) == found
    assert all(fault.detail for fault in report.faults)
    assert count(Item.__table__) == 0


def test_bins_and_zones_and_identifiers_come_from_files_too() -> None:
    assert take("zones", "location_code,code,description\nMAIN,A,Fast\n").created_count == 1
    bins = (
        "bin,type,zone,aisle,bay,level,gln_extension\n"
        "A-01-01-1,pick,A,1,1,1,A-01-01-1\n"
        "DOCK-IN,receiving,,,,,D\n"
    )
    assert take("bins", bins, location_code="MAIN").created_count == 2
    assert take("bins", bins, location_code="MAIN").unchanged_count == 2
    take("items", "no\n10002\n")
    report = take("identifiers", f"code,item_no,unit_of_measure_code\n{EAN},10002,PCS\nX,NONE,\n")

    assert faults(report) == [(3, "item_no", "unknown")]
    assert take("identifiers", f"code,item_no\n{EAN},10002\n").created_count == 1
    assert take("identifiers", f"code,item_no\n{GTIN},10002\n").unchanged_count == 1


def test_a_new_row_needs_what_has_no_default() -> None:
    assert faults(take("identifiers", f"code\n{EAN}\n")) == [(2, "item_no", "missing_value")]


def test_reasons_and_locations_come_from_files_too() -> None:
    assert (
        take("reason_codes", "code,direction,limit_quantity\nLOST,Decrease,50\nFREE,,\n").created_count == 2
    )
    report = take("locations", "code,time_zone\nDC,Europe/London\nMOON,Moon/Base\n")

    assert faults(report) == [(3, "time_zone", "time_zone")]


def test_a_wide_file_of_bins_is_judged_in_one_go() -> None:
    from server.masterdata.cards import BinCard, ZoneCard

    create(ZONES, ZoneCard(location_code="MAIN", code="A"))
    create(BINS, BinCard(location_code="MAIN", code="B-00001", zone_code="A"))
    text = "code,zone_code\n" + "".join(f"B-{number:05d},A\n" for number in range(500))

    report = take("bins", text, location_code="MAIN")

    assert (report.created_count, report.unchanged_count) == (499, 1)
