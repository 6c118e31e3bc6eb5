"""Rows become transactions: one each, one per put-away pair, always the same ones."""

import time
from typing import Any

import pytest

from server.demo.data_set import DataSetError, PostingRow, read_postings
from server.demo.transactions import Sender, transactions_of
from shared.ids import is_id
from shared.wire import codec
from shared.wire.transactions import Transaction, hash_record, read_body


def row(kind: str, **more: str) -> PostingRow:
    fields = {
        "id": "1",
        "posted_at": "2011-07-01T09:30:00",
        "type": kind,
        "document": "D1",
        "item": "84611B",
        "bin": "A-01-01-1",
        "qty": "6",
        "unit_cost": "1.8750",
        "note": "",
    }
    return PostingRow(**(fields | more))


def made(*rows: PostingRow) -> list[dict[str, Any]]:
    sender = Sender("IMPORT")
    return list(transactions_of(rows, lambda _: sender))


@pytest.mark.parametrize(
    ("kind", "qty", "expected"),
    [
        ("receipt", "6", ("receive", "6", "1.875", None)),
        ("sale", "-6", ("pick", "6", None, None)),
        ("return", "6", ("return", "6", "1.875", None)),
        ("damage", "-6", ("adjust", "-6", None, "DAMAGE")),
        ("count_adjust", "-6", ("adjust", "-6", None, "COUNT")),
        ("count_adjust", "6", ("adjust", "6", "1.875", "COUNT")),
        ("receipt_free", "6", ("adjust", "6", "1.875", "FREE")),
    ],
)
def test_a_row_becomes_a_transaction_of_its_kind(
    kind: str, qty: str, expected: tuple[str, str, str | None, str | None]
) -> None:
    (record,) = made(row(kind, qty=qty))

    (line,) = record["body"]["lines"]
    found = (record["kind"], line["quantity_base"], line.get("unit_cost"), record["body"].get("reason_code"))
    assert found == expected


def test_a_put_away_pair_becomes_one_transaction() -> None:
    records = made(
        row("putaway_out", id="1", item="A", bin="DOCK-IN", qty="-6"),
        row("putaway_out", id="2", item="B", bin="DOCK-IN", qty="-4"),
        row("putaway_in", id="3", item="A", bin="A-01-01-1", qty="6"),
        row("putaway_in", id="4", item="B", bin="A-01-01-2", qty="4"),
    )

    moves = [
        (line["item_no"], line["quantity"], line["from_bin_code"], line["to_bin_code"])
        for record in records
        for line in record["body"]["lines"]
    ]
    assert moves == [("A", "6", "DOCK-IN", "A-01-01-1"), ("B", "4", "DOCK-IN", "A-01-01-2")]
    assert [record["kind"] for record in records] == ["put_away", "put_away"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row("putaway_in")], "expected a putaway_out before it"),
        ([row("putaway_out", qty="-6")], "expected a putaway_in after it"),
        ([row("putaway_out", qty="-6"), row("putaway_in", qty="5")], "expected 6, found 5"),
        ([row("gift")], "expected a type of the data set, found 'gift'"),
    ],
)
def test_what_does_not_fit_together_is_refused(rows: list[PostingRow], message: str) -> None:
    with pytest.raises(DataSetError, match=message):
        made(*rows)


def test_the_local_time_of_the_warehouse_is_stated_in_utc_with_its_own_day() -> None:
    (summer,) = made(row("sale", qty="-1", posted_at="2011-07-01T00:30:00"))

    assert (summer["occurred_at"], summer["posting_date"]) == ("2011-06-30T23:30:00Z", "2011-07-01")


def test_the_same_rows_give_the_same_ids_and_hashes() -> None:
    rows = [*list(read_postings(days=1))[:500], *list(read_postings(days=3))[-500:]]

    assert made(*rows) == made(*rows)


def test_every_transaction_is_read_strictly_and_has_an_id_of_its_own() -> None:
    records = made(*read_postings(days=3))

    for record in records:
        read_body(codec.read(Transaction, record, strict=True), strict=True)
        assert record["hash"] == hash_record(record)
        assert is_id(record["transaction_id"])
    assert len({record["transaction_id"] for record in records}) == len(records) == 8539
    assert [record["seq"] for record in records] == list(range(1, 8540))


def test_rows_become_transactions_faster_than_any_server_takes_them() -> None:
    rows = list(read_postings(days=2))

    started = time.process_time()
    count = len(made(*rows))

    # 15,000 a second on the machine it was written on; a fifth of that leaves room for any other.
    assert count / (time.process_time() - started) > 3_000
