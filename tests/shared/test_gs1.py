"""What the thin reader of GS1 codes knows so far, held to the label cases that it covers."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.gs1.application_identifiers import APPLICATION_IDENTIFIERS
from shared.gs1.check_digits import check_digit, has_right_check_digit
from shared.gs1.gtin import expand_upc_e, fold
from shared.gs1.label import Label, read_label
from shared.gs1.prefixes import LabelKind, split_prefix, typed

TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "gs1_cases.json").read_text("utf-8"))[
    "cases"
]


def is_covered(case: dict[str, Any]) -> bool:
    """Cases of identifiers in the table, with a separator or symbology that the thin reader knows."""
    ais = {ai for ai, _ in case["expect"].get("ais", [])}
    starts = case["data"][:2] in {"00", "01", "02", "]C", "]d", "]Q", "]e"} or case["data"][0] == "\x1d"
    known = ais <= set(APPLICATION_IDENTIFIERS)
    return case["group"] in {"scan", "symid"} and bool(ais) and known and starts and case["expect"]["valid"]


COVERED = [case for case in CASES if is_covered(case)]


def test_the_thin_reader_covers_a_fair_part_of_the_cases() -> None:
    assert len(COVERED) >= 10


@pytest.mark.parametrize("case", COVERED, ids=lambda case: str(case["id"]))
def test_a_label_case_is_read_as_it_should_be(case: dict[str, Any]) -> None:
    label = read_label(case["data"], TODAY)

    assert [[element.ai, element.value] for element in label.elements] == case["expect"]["ais"]
    assert label.fault == ""
    if "gtin14" in case["expect"]:
        assert label.gtin14 == case["expect"]["gtin14"]
    expiry = case["expect"].get("dates", {}).get("17")
    assert (label.expires_on.isoformat() if label.expires_on else None) == expiry


@given(st.from_regex(r"[0-9]{13}", fullmatch=True))
def test_a_gtin_with_its_check_digit_folds_and_one_wrong_digit_is_found(digits: str) -> None:
    gtin = digits + str(check_digit(digits))

    assert fold(gtin) == gtin
    wrong = gtin[:5] + str((int(gtin[5]) + 1) % 10) + gtin[6:]
    assert not has_right_check_digit(wrong)
    assert fold(wrong) is None


@pytest.mark.parametrize(
    ("text", "gtin14"),
    [
        ("9520000000011", "09520000000011"),
        ("036000291452", "00036000291452"),
        ("0036000291452", "00036000291452"),
        ("19520000000018", "19520000000018"),
        ("96385074", "00000096385074"),
        ("]E05901234123457", "05901234123457"),
        ("]I119520000000018", "19520000000018"),
    ],
)
def test_every_length_becomes_one_gtin14_so_leading_zeros_never_lose_an_item(text: str, gtin14: str) -> None:
    assert read_label(text, TODAY).gtin14 == gtin14


def test_upc_e_is_expanded_only_where_the_reader_names_it() -> None:
    assert expand_upc_e("04252614") == "00042100005264"
    assert expand_upc_e("04252615") is None
    assert expand_upc_e("24252614") is None
    assert read_label("04252614", TODAY, "]X0").gtin14 == "00042100005264"


@pytest.mark.parametrize("prefix", ["", "\x1d", "]C1", "]C1\x1d", "]d2", "]Q3", "]e0"])
def test_fnc1_and_symbology_in_front_do_not_spoil_the_code(prefix: str) -> None:
    label = read_label(f"{prefix}0109520000000011" + "10A7\x1d17270331" + "3724", TODAY)

    assert (label.gtin14, label.lot_no, label.quantity) == ("09520000000011", "A7", Decimal(24))
    assert label.expires_on == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("]C10109520000000012", "check_digit"),
        ("]C101095200000000", "length"),
        ("]C10109520000000011" + "17271331", "date"),
        ("]C10109520000000011" + "17AA0101", "charset"),
        ("]C10109520000000011" + "10", "empty"),
        ("]C10109520000000011" + "10a€", "charset"),
        ("]C19999", "unknown_ai"),
        ("]C1", ""),
        ("]E0590123412345X", "check_digit"),
    ],
)
def test_a_broken_label_says_what_is_wrong_and_keeps_its_text(text: str, fault: str) -> None:
    label = read_label(text, TODAY)

    assert label.fault == fault
    assert label.gtin14 == ""
    assert label.text == (text[3:] if len(text) > 3 else text)


@pytest.mark.parametrize("text", ["A-01-01-1", "85123A", "10002", "]", "", "12345678", "0123", "BIN:A"])
def test_what_is_not_gs1_is_handed_on_unchanged(text: str) -> None:
    assert read_label(text, TODAY) == Label(text=text)


@given(st.text(max_size=60))
def test_no_text_at_all_makes_the_reader_fail(text: str) -> None:
    assert isinstance(read_label(text, TODAY), Label)


def test_day_00_is_the_last_of_the_month_and_the_century_is_the_nearest() -> None:
    for value, expected in (("260600", "2026-06-30"), ("280200", "2028-02-29"), ("770101", "1977-01-01")):
        label = read_label("]C10109520000000011" + f"17{value}", TODAY)
        assert label.expires_on is not None
        assert label.expires_on.isoformat() == expected


@pytest.mark.parametrize("kind", LabelKind)
def test_our_own_labels_say_what_they_are(kind: LabelKind) -> None:
    assert split_prefix(typed(kind, "A:01")) == (kind, "A:01")
    assert split_prefix(typed(kind, "X").lower().replace("x", "X")) == (kind, "X")


@pytest.mark.parametrize("text", ["A-01", "BIN:", ":A", "HTTP://X", "BINA", ""])
def test_everything_else_has_no_prefix(text: str) -> None:
    assert split_prefix(text) == (None, text)
