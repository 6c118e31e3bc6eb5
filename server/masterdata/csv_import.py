"""Takes master data from CSV files: every row judged, then all of them written in one commit, or none.

A row whose key is there changes the columns that the file has and nothing else; so the same file twice
changes nothing. Each fault names its line and column, what was expected and found, and what to do. A dry run
does all of it and takes it back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from server.bulk import upsert_rows
from server.database import write
from server.masterdata import changes
from server.masterdata.cards import BinContentCard, ItemCard, ItemCode, ItemUnit
from server.masterdata.csv_columns import (
    BASE_UNIT,
    CASE_UNIT,
    FILE_KINDS,
    ITEMS,
    FileKind,
    is_required,
)
from server.masterdata.csv_reading import CsvFile, LineFault, read_csv
from server.masterdata.csv_rows import Row, line_fault, missing_value, read_rows
from server.masterdata.item_changes import item_with, judge_items, write_items
from server.masterdata.kinds import BIN_CONTENTS, KINDS, Kind
from server.masterdata.reading import load_items
from server.masterdata.rules import normal_code
from server.masterdata.tables import UnitOfMeasure

MOST_FAULTS = 1000
_TABLES = {
    "identifiers": "item_identifier",
    "units_of_measure": "unit_of_measure",
    "reason_codes": "reason_code",
    "locations": "location",
    "zones": "zone",
    "bins": "bin",
    "bin_contents": "bin_content",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How a file is taken. `location_code` is where bins without one and home bins are."""

    is_dry_run: bool = False
    skips_bad_rows: bool = False
    location_code: str = ""
    base_unit_of_measure_code: str = BASE_UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. `faults` are the first MOST_FAULTS of `fault_count`."""

    row_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    bad_row_count: int
    is_written: bool
    is_dry_run: bool
    encoding: str
    delimiter: str
    fault_count: int
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What came of the rows: how many were new and changed, and the faults by line."""

    created: int
    changed: int
    faults: list[LineFault]


Tell = Callable[[sa.Connection, int, int], None]


def _tell_nobody(_connection: sa.Connection, _created: int, _changed: int) -> None:
    """Nobody hears of the import."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be done with the rows of one file."""

    kind: FileKind
    options: ImportOptions
    now: datetime
    tell: Tell


class _TakeBack(Exception):
    """Ends a write that must leave nothing behind; carries what came of it."""

    def __init__(self, taken: _Taken) -> None:
        self.taken = taken
        super().__init__()


def import_file(
    kind_name: str, content: bytes, options: ImportOptions, *, now: datetime, tell: Tell = _tell_nobody
) -> ImportReport:
    """Take a file of this kind (one of FILE_KINDS) in one write of its own.

    `tell` hears in that write how many cards were new and how many changed, if anything is kept.
    """
    kind = FILE_KINDS[kind_name]
    file = read_csv(content, kind.columns)
    faults = [*file.faults, *_missing_columns(kind, file, options)]
    if any(fault.line == 1 for fault in faults):
        return _report(file, _Taken(0, 0, faults), options, is_written=False)
    rows, cell_faults = read_rows(kind, file, options.location_code)
    faults += cell_faults
    taken = _take(_Job(kind, options, now, tell), rows, faults)
    is_written = not options.is_dry_run and (options.skips_bad_rows or not taken.faults)
    return _report(file, taken, options, is_written=is_written)


def _take(job: _Job, rows: Sequence[Row], faults: Sequence[LineFault]) -> _Taken:
    def work(connection: sa.Connection) -> _Taken:
        take = _take_items if job.kind is ITEMS else _take_cards
        found = take(connection, job, rows)
        ordered = sorted([*faults, *found.faults], key=lambda fault: (fault.line, fault.column))
        taken = _Taken(found.created, found.changed, ordered)
        if job.options.is_dry_run or (taken.faults and not job.options.skips_bad_rows):
            raise _TakeBack(taken)
        job.tell(connection, taken.created, taken.changed)
        return taken

    try:
        return write(work)
    except _TakeBack as back:
        return back.taken


def _report(file: CsvFile, taken: _Taken, options: ImportOptions, *, is_written: bool) -> ImportReport:
    bad = len({fault.line for fault in taken.faults if fault.line > 1})
    row_count = len(file.lines) + len({fault.line for fault in file.faults if fault.line > 1})
    return ImportReport(
        row_count=row_count,
        created_count=taken.created,
        changed_count=taken.changed,
        unchanged_count=max(0, row_count - bad - taken.created - taken.changed),
        bad_row_count=bad,
        is_written=is_written,
        is_dry_run=options.is_dry_run,
        encoding=file.encoding,
        delimiter=file.delimiter,
        fault_count=len(taken.faults),
        faults=tuple(taken.faults[:MOST_FAULTS]),
    )


def _missing_columns(kind: FileKind, file: CsvFile, options: ImportOptions) -> list[LineFault]:
    has = {kind.aliases.get(name, name) for name in file.columns}
    if options.location_code:
        has.add("location_code")
    missing = [name for name in kind.keys if name not in has and is_required(kind, name)]
    return [
        LineFault(
            line=1,
            column=name,
            code="missing_column",
            expected=name,
            detail=f"The file has no column {name}, which tells the rows apart. Add it.",
        )
        for name in missing
        if file.columns and file.columns != ("",)
    ]


def _take_items(connection: sa.Connection, job: _Job, rows: Sequence[Row]) -> _Taken:
    options = job.options
    if any(row.case for row in rows):
        _ensure_units(connection, (options.base_unit_of_measure_code, CASE_UNIT))
    old = load_items(connection, [str(row.given["no"]) for row in rows])
    cards = [_item_of(row, old, options) for row in rows]
    judged = judge_items(connection, cards)
    created, changed = write_items(connection, judged, job.now)
    faults = [
        line_fault(rows[index].line, fault) for index, found in judged.faults.items() for fault in found
    ]
    accepted = [row for index, row in enumerate(rows) if index not in judged.faults]
    faults += _take_homes(connection, accepted, options)
    return _Taken(created, changed, faults)


def _item_of(row: Row, old: Mapping[str, ItemCard], options: ImportOptions) -> ItemCard:
    given = dict(row.given)
    known = old.get(given["no"])
    if known is None:
        given.setdefault("base_unit_of_measure_code", options.base_unit_of_measure_code)
    card = item_with(known, given) if known is not None else ItemCard(**given)
    if row.case is None:
        return card
    code = normal_code(row.case_code) if row.case_code else ""
    units = tuple(unit for unit in card.units if unit.code != CASE_UNIT)
    codes = tuple(each for each in card.codes if code not in ("", each.code))
    if code:
        codes = (*codes, ItemCode(code=code, unit_of_measure_code=CASE_UNIT))
    return replace(card, units=(*units, _kept_case(card, row.case)), codes=codes if code else card.codes)


def _kept_case(card: ItemCard, case: ItemUnit) -> ItemUnit:
    """The case as the file has it, with the precision that the card has for it."""
    for unit in card.units:
        if unit.code == CASE_UNIT:
            return replace(unit, quantity_per_unit=case.quantity_per_unit)
    return case


def _ensure_units(connection: sa.Connection, codes: tuple[str, ...]) -> None:
    """A price list counts in pieces and cases without saying so; both are made where they are missing."""
    rows = [(code, code.title(), "") for code in dict.fromkeys(codes)]
    known = set(connection.scalars(sa.select(UnitOfMeasure.code)))
    upsert_rows(
        connection,
        UnitOfMeasure.__table__,
        keys=("code",),
        values=("description", "description_fr"),
        rows=[row for row in rows if row[0] not in known],
    )


def _take_homes(connection: sa.Connection, rows: Sequence[Row], options: ImportOptions) -> list[LineFault]:
    """Make each home bin the item's default bin at the location of the import."""
    homed = [row for row in rows if row.home_bin and options.location_code]
    cards = [
        BinContentCard(
            location_code=options.location_code,
            bin_code=row.home_bin,
            item_no=row.given["no"],
            is_default=True,
            is_fixed=True,
        )
        for row in homed
    ]
    judged = changes.judge(connection, BIN_CONTENTS, cards)
    changes.keep(connection, BIN_CONTENTS, judged)
    return [
        replace(line_fault(homed[index].line, fault), column="home_bin")
        for index, found in judged.faults.items()
        for fault in found
    ]


def _take_cards(connection: sa.Connection, job: _Job, rows: Sequence[Row]) -> _Taken:
    kind: Kind[Any] = KINDS[_TABLES[job.kind.name]]
    old = changes.load_cards(connection, kind, [_key_of(kind, row) for row in rows])
    complete = [row for row in rows if _key_of(kind, row) in old or not _lacking(job.kind, row)]
    cards = [
        replace(old[_key_of(kind, row)], **_normal(kind, row))
        if _key_of(kind, row) in old
        else kind.card_type(**row.given)
        for row in complete
    ]
    judged = changes.judge(connection, kind, cards)
    created, changed = changes.keep(connection, kind, judged)
    faults = [
        line_fault(complete[index].line, fault) for index, found in judged.faults.items() for fault in found
    ]
    faults += [
        missing_value(row.line, name)
        for row in rows
        if _key_of(kind, row) not in old
        for name in _lacking(job.kind, row)
    ]
    return _Taken(created, changed, faults)


def _lacking(kind: FileKind, row: Row) -> list[str]:
    """The fields without which there is no new card."""
    return [
        each.name
        for each in fields(cast(Any, kind.card_type))
        if each.name not in row.given and is_required(kind, each.name)
    ]


def _normal(kind: Kind[Any], row: Row) -> dict[str, Any]:
    """What the row gives but the key, which may be spelled otherwise than it is kept."""
    return {name: value for name, value in row.given.items() if name not in kind.keys}


def _key_of(kind: Kind[Any], row: Row) -> tuple[str, ...]:
    defaults = {each.name: each.default for each in fields(cast(Any, kind.card_type))}
    key = tuple(str(row.given.get(name, defaults[name])) for name in kind.keys)
    return (normal_code(key[0]),) if kind.name == "item_identifier" else key
