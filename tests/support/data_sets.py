"""Small data sets of the real items and bins, for tests that need not wait for a year of postings."""

import gzip
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from server.demo.data_set import PACKAGED, PostingRow, read_postings


def data_set_of(folder: Path, rows: Iterable[PostingRow]) -> Path:
    """A folder with the packaged items and bins and these postings."""
    folder.mkdir()
    for name in ("items.csv.gz", "locations.csv.gz"):
        (folder / name).symlink_to(PACKAGED / name)
    with gzip.open(folder / "transactions.csv.gz", "wt", encoding="utf-8") as file:
        file.write(",".join(PostingRow._fields) + "\n")
        for row in rows:
            file.write(",".join(row) + "\n")
    return folder


def first_receipts(folder: Path, count: int) -> Path:
    """The first rows of the year, which are receipts: nothing among them can be short."""
    return data_set_of(folder, islice(read_postings(), count))
