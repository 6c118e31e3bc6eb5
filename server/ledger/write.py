"""Writes what a batch planned: one bulk statement per table, in the caller's database transaction.

Nothing here decides anything. The unique (transaction_id, transaction_line) of the ledgers and the checks of
the balances hold even if the plan was wrong: then the whole write fails and nothing of it stays.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from server.bulk import insert_rows, update_rows, upsert_rows
from server.feed.marks import Mark, mark_dirty, site_scope
from server.ledger.lines import BinKey
from server.ledger.load import BIN_KEY, ITEM_KEY, NUMBER_KEY
from server.ledger.rows import ApplicationRow, ItemLedgerRow, Posting, RegisterRow, ValueRow, WarehouseRow
from server.ledger.tables import (
    BinBalance,
    ItemApplicationEntry,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.ledger.working_set import WorkingSet
from server.ledger.write_costs import write_costs
from server.tracking.tables import TrackingNumber
from shared.wire.reference import stock_key


def write_postings(connection: sa.Connection, working_set: WorkingSet, postings: Sequence[Posting]) -> None:
    """Store the planned rows, what remains of every entry touched, the balances and the feed marks."""
    item_ledger = [row for posting in postings for row in posting.item_ledger]
    insert_rows(
        connection, ItemRegister.__table__, RegisterRow._fields, [posting.register for posting in postings]
    )
    insert_rows(
        connection,
        ItemLedgerEntry.__table__,
        (*ItemLedgerRow._fields, "remaining_quantity", "is_open", "applied_entry_to_adjust"),
        [
            (*row, (left := working_set.remaining[row.entry_no]), left != 0, _is_to_adjust(working_set, row))
            for row in item_ledger
        ],
    )
    for table, fields, rows in (
        (
            ItemApplicationEntry.__table__,
            ApplicationRow._fields,
            [row for posting in postings for row in posting.applications],
        ),
        (ValueEntry.__table__, ValueRow._fields, [row for posting in postings for row in posting.values]),
        (
            WarehouseEntry.__table__,
            WarehouseRow._fields,
            [row for posting in postings for row in posting.warehouse],
        ),
    ):
        insert_rows(connection, table, fields, rows)
    _write_remaining(connection, working_set, {row.entry_no for row in item_ledger})
    _write_balances(connection, working_set)
    write_costs(connection, working_set)
    mark_dirty(connection, [_stock_mark(key) for key in working_set.changed_bins])


def _is_to_adjust(working_set: WorkingSet, row: ItemLedgerRow) -> bool:
    return row.entry_no in working_set.entries_to_adjust


def _write_remaining(connection: sa.Connection, working_set: WorkingSet, new: set[int]) -> None:
    """Store what remains of entries that were there before this batch."""
    update_rows(
        connection,
        ItemLedgerEntry.__table__,
        keys=("entry_no",),
        values=("remaining_quantity", "is_open"),
        rows=[(no, left, left != 0) for no, left in sorted(working_set.remaining.items()) if no not in new],
    )
    update_rows(
        connection,
        ItemLedgerEntry.__table__,
        keys=("entry_no",),
        values=("applied_entry_to_adjust",),
        rows=[(no, True) for no in sorted(working_set.entries_to_adjust - new)],
    )


def _write_balances(connection: sa.Connection, working_set: WorkingSet) -> None:
    upsert_rows(
        connection,
        ItemBalance.__table__,
        keys=ITEM_KEY,
        values=("quantity_base",),
        rows=[(*key, working_set.item_balances[key]) for key in sorted(working_set.changed_items)],
    )
    upsert_rows(
        connection,
        BinBalance.__table__,
        keys=BIN_KEY,
        values=("quantity_base", "may_be_negative"),
        rows=[
            (*key, working_set.bin_balances[key], _may_be_negative(working_set, key))
            for key in sorted(working_set.changed_bins)
        ],
    )
    update_rows(
        connection,
        TrackingNumber.__table__,
        keys=NUMBER_KEY,
        values=("expiration_date",),
        rows=[(*key, day) for key, day in sorted(working_set.expiry_dates.items()) if day is not None],
    )


def _may_be_negative(working_set: WorkingSet, key: BinKey) -> bool:
    location = working_set.facts.locations[key[0]]
    return not location.bin_mandatory or (bool(key[1]) and key[1] == location.adjustment_bin_code)


def _stock_mark(key: BinKey) -> Mark:
    location_code, *rest = key
    return (site_scope(location_code), "stock", stock_key(*rest))
