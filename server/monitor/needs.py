"""Reads what needs a person: parked, awaiting approval, quarantined; and refusals of the last days.

A refusal by a rule wants somebody too, who does it otherwise under a new id; one that a person decided does
not. Both kinds are found by what their indexes hold, never by walking the inbox.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from server.database import db
from server.inbox.tables import InboxTransaction
from server.monitor.queries import (
    TRANSACTION_ORDERS,
    UNFINISHED,
    TransactionRow,
    row_maker,
    select_transactions,
)
from server.web.keyset import Page, PageAsked, read_page
from shared.wire.outcomes import NEEDS_A_PERSON, Status

REFUSALS_FOR = timedelta(days=7)
_DECIDED = "decided"


def list_needs(now: datetime, asked: PageAsked) -> Page[TransactionRow]:
    """What needs a person, in the order asked for; `-inbox_no` is the newest first."""
    statement = select_transactions().where(InboxTransaction.inbox_no.in_(_needing(now)))
    return read_page(statement, TRANSACTION_ORDERS, asked, row_maker(TransactionRow))


def count_needs(now: datetime) -> dict[str, int]:
    """How many need a person, by state."""
    inbox = InboxTransaction.__table__
    rows = db.session.execute(
        sa.select(inbox.c.status, sa.func.count())
        .where(inbox.c.inbox_no.in_(_needing(now)))
        .group_by(inbox.c.status)
    )
    return dict(rows.all())


def _needing(now: datetime) -> sa.CompoundSelect[int]:
    inbox = InboxTransaction.__table__
    with_a_person = sa.select(inbox.c.inbox_no).where(
        UNFINISHED, inbox.c.status.in_(sorted(map(str, NEEDS_A_PERSON)))
    )
    refused_by_a_rule = sa.select(inbox.c.inbox_no).where(
        inbox.c.status == Status.REFUSED,
        inbox.c.code != _DECIDED,
        # Written out as the index of refusals has it.
        sa.text("inbox.status = 'refused'"),
        # Not by the index of arrivals: that would walk everything of a week for a few refusals.
        sa.func.coalesce(inbox.c.received_at, inbox.c.changed_at) >= now - REFUSALS_FOR,
    )
    return sa.union_all(with_a_person, refused_by_a_rule)
