"""Proves that inbox and ledger agree: exactly the posted transactions have ledger rows, each exactly its own.

Kept apart from the ledger's own invariants because the ledger does not know the inbox.
"""

from typing import Any

import sqlalchemy as sa

from server.inbox.tables import InboxTransaction
from server.ledger.adjust_write import SOURCE_CODE
from server.ledger.check.findings import rows_of
from server.ledger.check.invariants import Invariant
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from shared.wire.outcomes import Status

_inbox = InboxTransaction.__table__
_register = ItemRegister.__table__


def _posted_without_register() -> sa.Select[Any]:
    """Both sides together, one negated: a posted row and a register of the same id sum to 0."""
    one = sa.literal(1)
    posted = sa.select(_inbox.c.transaction_id, one.label("posted")).where(_inbox.c.status == Status.POSTED)
    # A cost adjustment has a register of its own and comes from no transaction.
    registers = sa.select(_register.c.transaction_id, (-one).label("posted")).where(
        _register.c.source_code != SOURCE_CODE
    )
    both = sa.union_all(posted, registers).subquery("both")
    count = sa.func.sum(both.c.posted)
    return (
        sa.select(
            both.c.transaction_id,
            sa.literal("posted, with one register").label("expected"),
            sa.case((count > 0, "posted without a register"), else_="a register, not posted").label("found"),
        )
        .group_by(both.c.transaction_id)
        .having(count != 0)
    )


def _other_number_of_entries() -> sa.Select[Any]:
    """The number that an outcome states against the rows that there are, over all four ledgers."""
    entry, value = ItemLedgerEntry.__table__, ValueEntry.__table__
    application, warehouse = ItemApplicationEntry.__table__, WarehouseEntry.__table__
    one = sa.literal(1)
    rows = sa.union_all(
        sa.select(entry.c.transaction_id, one.label("rows")),
        sa.select(warehouse.c.transaction_id, one),
        sa.select(_register.c.transaction_id, one).join_from(
            value, _register, _register.c.no == value.c.register_no
        ),
        sa.select(_register.c.transaction_id, one).join_from(
            application, _register, _register.c.no == application.c.register_no
        ),
        # Rows that do not name their posting: the one that covers an earlier issue is the receipt's.
        sa.select(entry.c.transaction_id, one)
        .join_from(
            application,
            entry,
            entry.c.entry_no == _later(application.c.inbound_entry_no, application.c.outbound_entry_no),
        )
        .where(application.c.register_no == 0),
    ).subquery("rows")
    found = (
        sa.select(rows.c.transaction_id, sa.func.count().label("entries"))
        .group_by(rows.c.transaction_id)
        .subquery("found")
    )
    entries = sa.func.coalesce(found.c.entries, 0)
    return (
        sa.select(_inbox.c.transaction_id, _inbox.c.entries.label("expected"), entries.label("found"))
        .join_from(_inbox, found, found.c.transaction_id == _inbox.c.transaction_id, isouter=True)
        .where(_inbox.c.entries != entries)
    )


def _later(one: sa.ColumnElement[int], other: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.case((one > other, one), else_=other)


def _taken_twice() -> sa.Select[Any]:
    return (
        sa.select(
            _inbox.c.transaction_id,
            sa.literal("stored once").label("expected"),
            sa.func.count().label("found"),
        )
        .group_by(_inbox.c.transaction_id)
        .having(sa.func.count() > 1)
    )


INBOX_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "I20",
        "A transaction is stored once; exactly the posted ones have ledger rows, as many as they say.",
        (
            rows_of(_taken_twice()),
            rows_of(_posted_without_register()),
            rows_of(_other_number_of_entries()),
        ),
    ),
)
