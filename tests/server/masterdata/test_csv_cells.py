"""What stands in the cells of a CSV file, and how files are cut into them."""

from decimal import Decimal

import pytest

from server.masterdata.cards import ItemCode, ItemVariantCard
from server.masterdata.csv_cells import cell_of, guarded, unguarded
from server.masterdata.csv_columns import ITEMS, cell_readers, codes_cell, variants_cell
from server.masterdata.csv_reading import MOST_ROWS, read_csv

HOSTILE = ["=1+1", "+A", "-B", "@C", "'=x", "''@", "'quoted'", "plain", "", "-5", "a=b"]


def test_a_file_brings_so_many_rows_and_no_more() -> None:
    file = read_csv(b"no\n" + b"A\n" * (MOST_ROWS + 5), ["no"])

    assert len(file.lines) == MOST_ROWS
    assert [(fault.line, fault.code) for fault in file.faults] == [(MOST_ROWS + 2, "too_many_rows")]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_guarded_cell_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "@"))


def test_numbers_keep_their_sign_and_have_no_exponent() -> None:
    assert [cell_of(value) for value in (Decimal("-5.00000"), Decimal("1E+3"), True, None, "-5")] == [
        "-5",
        "1000",
        "true",
        "",
        "-5",
    ]


def test_variants_and_codes_with_odd_characters_survive_their_cell() -> None:
    readers = cell_readers(ITEMS, comma_decimals=False)
    codes = (ItemCode(code="A|B=C:D/E%", variant_code="R:D", unit_of_measure_code="P/1"), ItemCode(code="X"))
    variants = (
        ItemVariantCard(code="A|B", description="50% red/blue", is_blocked=True),
        ItemVariantCard(code="C"),
    )

    assert readers["codes"](codes_cell(codes)) == codes
    assert readers["variants"](variants_cell(variants)) == variants
