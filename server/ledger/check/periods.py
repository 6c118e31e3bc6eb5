"""Searches for entries that were posted into a closed inventory period after its closing."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.masterdata.tables import InventoryPeriod, InventoryPeriodEntry

_period = InventoryPeriod.__table__
_log = InventoryPeriodEntry.__table__
_BEGINNING = date(1, 1, 1)
Query = sa.Select[Any]


def _closings() -> sa.Subquery:
    """Closed periods as spans of days, with the earliest register that any closing of such a day names."""
    closed_last = (
        sa.select(_log.c.ending_date, sa.func.max(_log.c.entry_no).label("entry_no"))
        .where(_log.c.action == "close")
        .group_by(_log.c.ending_date)
        .subquery()
    )
    before = sa.func.lag(_period.c.ending_date).over(order_by=_period.c.ending_date)
    bound = sa.func.min(_log.c.register_no).over(order_by=_period.c.ending_date.desc())
    return (
        sa.select(
            sa.type_coerce(sa.func.coalesce(before, sa.literal(_BEGINNING, sa.Date)), sa.Date).label(
                "after_date"
            ),
            _period.c.ending_date,
            bound.label("register_no"),
        )
        .join_from(_period, closed_last, closed_last.c.ending_date == _period.c.ending_date)
        .join(_log, _log.c.entry_no == closed_last.c.entry_no)
        .where(_period.c.is_closed)
        .subquery()
    )


def _posted_into(table: sa.Table) -> Query:
    closing = _closings()
    return sa.select(
        sa.literal(table.name).label("ledger"),
        table.c.entry_no.label("entry"),
        table.c.posting_date,
        closing.c.ending_date.label("closed"),
        closing.c.register_no.label("expected"),
        table.c.register_no.label("found"),
    ).join_from(
        closing,
        table,
        sa.and_(
            table.c.posting_date > closing.c.after_date,
            table.c.posting_date <= closing.c.ending_date,
            table.c.register_no > closing.c.register_no,
        ),
    )


ENTRIES_AFTER_CLOSING = _posted_into(ItemLedgerEntry.__table__)
VALUES_AFTER_CLOSING = _posted_into(ValueEntry.__table__)
