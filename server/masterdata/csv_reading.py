"""Reads a CSV file as people have it: whatever spreadsheet wrote it, up to what one import may bring.

UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; comma, semicolon, tab or bar between the
cells. What cannot be read is a fault of its line, and the whole file is refused only where no line can be.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.masterdata.csv_cells import unguarded

MOST_ROWS = 200_000
MOST_COLUMNS = 60
LONGEST_CELL = 4000
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """What is wrong on a line of a file (1 is the head line); `column` "" is the line as a whole."""

    line: int
    column: str = ""
    code: str
    expected: str = ""
    found: str = ""
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line that it begins on, and its cells by column; cells that are not there are left out."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """What a file says, how it was read, and the lines that could not be."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    faults: tuple[LineFault, ...]
    encoding: str
    delimiter: str


def read_csv(content: bytes, known: Sequence[str]) -> CsvFile:
    """Read a file whose columns are some of `known`; names are compared without case and outer spaces."""
    text, encoding = _decode(content)
    delimiter = _delimiter(text.split("\n", 1)[0], known)
    rows = _rows(text, delimiter)
    head_line, head, head_fault = next(rows, (1, [], None))
    columns = tuple(name.strip().lower() for name in head)
    faults = [head_fault] if head_fault else _head_faults(head_line, columns, known)
    lines: list[Line] = []
    if not faults:
        _read_lines(rows, columns, lines, faults)
    return CsvFile(
        columns=columns, lines=tuple(lines), faults=tuple(faults), encoding=encoding, delimiter=delimiter
    )


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace"), "windows-1252"


def _delimiter(head: str, known: Sequence[str]) -> str:
    """The character that parts the head line into the most names that we know; a comma when none does."""

    def recognised(delimiter: str) -> int:
        names = {name.strip().strip('"').lower() for name in head.split(delimiter)}
        return len(names & set(known))

    return max(_DELIMITERS, key=recognised)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str], LineFault | None]]:
    """Rows with the line each begins on; what is quoted wrongly is a fault of that line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader), None
        except StopIteration:
            return
        except csv.Error as error:
            detail = f"The line cannot be read: {error}. Check its quotes."
            yield line, [], LineFault(line=line, code="unreadable_line", found=str(error), detail=detail)


def _head_faults(line: int, columns: tuple[str, ...], known: Sequence[str]) -> list[LineFault]:
    faults = []
    for index, name in enumerate(columns):
        if name not in known:
            detail = f"There is no column {name!r} here. Take it away, or use one of: {', '.join(known)}."
            faults.append(
                LineFault(
                    line=line,
                    column=name,
                    code="unknown_column",
                    expected=", ".join(known),
                    found=name,
                    detail=detail,
                )
            )
        elif name in columns[:index]:
            detail = "The column is there twice. Take one away."
            faults.append(LineFault(line=line, column=name, code="twice", found=name, detail=detail))
    if not columns or columns == ("",):
        faults = [
            LineFault(line=line, code="empty_file", detail="The file is empty. Send one with a head line.")
        ]
    return faults[:MOST_COLUMNS]


def _read_lines(
    rows: Iterator[tuple[int, list[str], LineFault | None]],
    columns: tuple[str, ...],
    lines: list[Line],
    faults: list[LineFault],
) -> None:
    for line, cells, fault in rows:
        if len(lines) + len(faults) >= MOST_ROWS:
            detail = f"At most {MOST_ROWS} rows come at once. Split the file."
            faults.append(LineFault(line=line, code="too_many_rows", expected=str(MOST_ROWS), detail=detail))
            return
        if fault:
            faults.append(fault)
        elif any(cell.strip() for cell in cells):
            found = _cell_fault(line, columns, cells)
            if found:
                faults.append(found)
            else:
                named = zip(columns, cells, strict=False)
                lines.append(Line(line, {name: unguarded(cell.strip()) for name, cell in named}))


def _cell_fault(line: int, columns: tuple[str, ...], cells: list[str]) -> LineFault | None:
    if len(cells) > len(columns):
        return LineFault(
            line=line,
            code="too_many_cells",
            expected=str(len(columns)),
            found=str(len(cells)),
            detail=f"{len(cells)} cells, but {len(columns)} columns. Quote cells that hold the delimiter.",
        )
    for name, cell in zip(columns, cells, strict=False):
        if len(cell) > LONGEST_CELL:
            detail = f"The cell has {len(cell)} characters. Shorten it to {LONGEST_CELL}."
            return LineFault(line=line, column=name, code="cell_too_long", detail=detail)
    return None
