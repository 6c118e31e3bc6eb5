"""Reads the wholesaler's year from its three gzipped CSV files, row by row, as text.

Always holds: rows come in the order of the file; a file whose columns are not the expected ones, or that is
missing, is refused (DataSetError) before anything is loaded from it.
"""

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

PACKAGED = Path(__file__).with_name("wholesaler")


class DataSetError(ValueError):
    """A folder that is not the data set; says which file and what was expected of it."""


class ItemRow(NamedTuple):
    """A line of items.csv.gz."""

    item: str
    name: str
    ean13: str
    case_gtin14: str
    case_qty: str
    abc: str
    home_bin: str
    unit_price: str
    unit_cost: str
    tracking: str
    sale_lines: str


class BinRow(NamedTuple):
    """A line of locations.csv.gz."""

    bin: str
    type: str
    zone: str
    aisle: str
    bay: str
    level: str
    gln_extension: str


class PostingRow(NamedTuple):
    """A line of transactions.csv.gz; `posted_at` is local time without a zone, `qty` is signed."""

    id: str
    posted_at: str
    type: str
    document: str
    item: str
    bin: str
    qty: str
    unit_cost: str
    note: str

    @property
    def day(self) -> str:
        """The calendar day, YYYY-MM-DD."""
        return self.posted_at[:10]


def read_items(folder: Path = PACKAGED) -> list[ItemRow]:
    """Every item."""
    with _rows(folder / "items.csv.gz", ItemRow._fields) as rows:
        return [ItemRow._make(row) for row in rows]


def read_bins(folder: Path = PACKAGED) -> list[BinRow]:
    """Every bin, the docks and other special ones at the end."""
    with _rows(folder / "locations.csv.gz", BinRow._fields) as rows:
        return [BinRow._make(row) for row in rows]


def read_postings(folder: Path = PACKAGED, *, days: int | None = None) -> Iterator[PostingRow]:
    """Postings in the order in which they happened; with `days`, those of the first calendar days only."""
    with _rows(folder / "transactions.csv.gz", PostingRow._fields) as rows:
        postings = map(PostingRow._make, rows)
        if days is None:
            yield from postings
            return
        first = next(postings, None)
        if first is None:
            return
        end = (date.fromisoformat(first.day) + timedelta(days=days)).isoformat()
        if first.day < end:
            yield first
        yield from takewhile(lambda posting: posting.day < end, postings)


@contextmanager
def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Iterator[list[str]]]:
    """The lines of a gzipped CSV file without its header, each as long as the header."""
    try:
        file = gzip.open(path, "rt", encoding="utf-8", newline="")  # noqa: SIM115
    except FileNotFoundError:
        raise DataSetError(f"expected {path.name} in {path.parent}, found none") from None
    with file:
        reader = csv.reader(file)
        try:
            header = tuple(next(reader, ()))
        except (gzip.BadGzipFile, UnicodeDecodeError) as error:
            raise DataSetError(f"{path}: expected a gzipped CSV file ({error})") from error
        if header != columns:
            raise DataSetError(f"{path}: expected the columns {','.join(columns)}, found {','.join(header)}")
        yield reader
