"""Outcomes as they stand in the inbox, for answers, the feed and the API."""

from collections.abc import Collection

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.inbox.tables import InboxTransaction
from shared.wire.outcomes import Outcome, Status


def load_outcomes(connection: sa.Connection, transaction_ids: Collection[str]) -> dict[str, Outcome]:
    """Outcome per transaction id; ids that the inbox does not know are left out."""
    if not transaction_ids:
        return {}
    inbox = InboxTransaction.__table__
    wanted = [(each,) for each in sorted(transaction_ids)]
    rows = select_given(connection, _outcomes, inbox, columns=("transaction_id",), rows=wanted)
    return {
        row.transaction_id: Outcome(
            transaction_id=row.transaction_id,
            status=Status(row.status),
            rev=row.rev,
            code=row.code,
            hint=row.hint,
            document_no=row.document_no,
            entries=row.entries,
            need=row.need,
            decided_by=row.decided_by,
        )
        for row in rows
    }


def _outcomes(given: sa.FromClause) -> AnySelect:
    inbox = InboxTransaction.__table__
    return sa.select(
        inbox.c.transaction_id,
        inbox.c.status,
        inbox.c.rev,
        inbox.c.code,
        inbox.c.hint,
        inbox.c.document_no,
        inbox.c.entries,
        inbox.c.need,
        inbox.c.decided_by,
    ).join_from(given, inbox, inbox.c.transaction_id == given.c.transaction_id)
