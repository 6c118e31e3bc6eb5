"""The rows of a file as fields of cards, and what is wrong with their cells."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from server.masterdata.cards import ItemUnit
from server.masterdata.csv_columns import CASE_UNIT, ITEMS, FileKind, cell_readers, choice_fields, is_required
from server.masterdata.csv_reading import CsvFile, Line, LineFault
from server.masterdata.faults import Fault
from shared.quantity import QuantityError, parse_quantity
from shared.wire import codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row whose cells could be read: the fields that it gives, and what else it says."""

    line: int
    given: Mapping[str, Any]
    home_bin: str = ""
    case: ItemUnit | None = None
    case_code: str = ""


def read_rows(kind: FileKind, file: CsvFile, location_code: str) -> tuple[list[Row], list[LineFault]]:
    readers = cell_readers(kind, comma_decimals=file.delimiter == ";")
    kept_when_blank = choice_fields(kind) | {
        name for name in readers if is_required(kind, name) and name not in kind.keys
    }
    rows: list[Row] = []
    faults: list[LineFault] = []
    for line in file.lines:
        given: dict[str, Any] = {}
        found = []
        for column, cell in line.cells.items():
            name = kind.aliases.get(column, column)
            if name not in readers or (not cell and name in kept_when_blank):
                continue
            try:
                given[name] = readers[name](cell)
            except codec.WireError as error:
                found.append(_cell_fault(line.line, column, error))
        if location_code and "location_code" in readers:
            given.setdefault("location_code", location_code)
        found += [
            missing_value(line.line, name)
            for name in kind.keys
            if name not in given and is_required(kind, name) and not found
        ]
        faults += found
        row = Row(line=line.line, given=given)
        if kind is ITEMS:
            row = _with_case(row, line, faults, comma_decimals=file.delimiter == ";")
        if not found:
            rows.append(row)
    return rows, faults


def missing_value(line: int, column: str) -> LineFault:
    return LineFault(
        line=line,
        column=column,
        code="missing_value",
        expected="a value",
        detail=f"A new row needs a {column}. Fill it in.",
    )


def line_fault(line: int, fault: Fault) -> LineFault:
    """A fault of a card as a fault of the line that it came from."""
    return LineFault(
        line=line,
        column=fault.pointer.strip("/").split("/", maxsplit=1)[0],
        code=fault.code,
        expected=fault.expected,
        found=fault.found,
        detail=fault.sentence("en"),
    )


def _cell_fault(line: int, column: str, error: codec.WireError) -> LineFault:
    found = codec.describe(error.found)
    fault = Fault(code="value", expected=error.expected, found=found)
    return LineFault(
        line=line,
        column=column,
        code="value",
        expected=error.expected,
        found=found,
        detail=fault.sentence("en"),
    )


def _with_case(row: Row, line: Line, faults: list[LineFault], *, comma_decimals: bool) -> Row:
    """The row with its case unit and home bin, from the columns that a price list has for them."""
    cell = line.cells.get("case_qty", "") or "0"
    try:
        quantity = parse_quantity(cell.replace(",", ".") if comma_decimals else cell)
    except QuantityError:
        faults.append(_cell_fault(line.line, "case_qty", codec.WireError("a decimal", cell, ())))
        quantity = Decimal(0)
    case = ItemUnit(code=CASE_UNIT, quantity_per_unit=quantity) if quantity > 1 else None
    home_bin = line.cells.get("home_bin", "")
    given = {**row.given, "shelf_no": home_bin} if home_bin and "shelf_no" not in row.given else row.given
    case_code = line.cells.get("case_gtin14", "") if case else ""
    return replace(row, given=given, home_bin=home_bin, case=case, case_code=case_code)
