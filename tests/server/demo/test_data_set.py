"""The packaged data set is read as it is, and anything else is refused with a sentence."""

import gzip
from pathlib import Path

import pytest

from server.demo.data_set import (
    PACKAGED,
    DataSetError,
    PostingRow,
    read_bins,
    read_items,
    read_postings,
)


def test_the_packaged_data_set_has_every_item_and_bin() -> None:
    items, bins = read_items(), read_bins()

    assert (len(items), len(bins)) == (3926, 3847)
    assert items[0].item == "10002"
    assert {row.home_bin for row in items} <= {row.bin for row in bins}


def test_the_packaged_data_set_says_where_it_comes_from_and_its_licence() -> None:
    text = (PACKAGED / "README.md").read_text(encoding="utf-8")

    assert "CC0" in text
    assert "10.1057/dbm.2012.17" in text


def test_days_are_calendar_days_from_the_first_row() -> None:
    rows = list(read_postings(days=3))

    assert {row.day for row in rows} == {"2010-11-29", "2010-12-01"}
    assert [int(row.id) for row in rows] == list(range(1, len(rows) + 1))


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"expected items\.csv\.gz"):
        read_items(tmp_path)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "transactions.csv.gz", "wt") as file:
        file.write("id,when\n1,2010-11-29T04:00:00\n")

    with pytest.raises(DataSetError, match="expected the columns id,posted_at"):
        list(read_postings(tmp_path))


def test_a_file_that_is_not_gzipped_is_refused(tmp_path: Path) -> None:
    (tmp_path / "transactions.csv.gz").write_text(",".join(PostingRow._fields))

    with pytest.raises(DataSetError, match="expected a gzipped CSV file"):
        list(read_postings(tmp_path))
