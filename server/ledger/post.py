"""Posts journals: load, plan, write, then what the set-up asks for at once (adjustment, general ledger).

Everything happens in the caller's database transaction. A refusal has written nothing.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from server.ledger.adjust import adjust_after_posting
from server.ledger.gl_posting import post_to_gl
from server.ledger.lines import Journal
from server.ledger.load import load_working_set
from server.ledger.plan import plan_journal
from server.ledger.rows import Posting
from server.ledger.working_set import WorkingSet
from server.ledger.write import write_postings
from server.masterdata.load import load_facts


def post_journal(connection: sa.Connection, journal: Journal, posted_at: datetime) -> Posting:
    """Post one journal. Raises the Refusal of any of its lines."""
    working_set, posting = _plan(connection, journal, posted_at)
    write_postings(connection, working_set, [posting])
    after_posting(connection, working_set, [posting], user_id=journal.user_id, now=posted_at)
    return posting


def preview_journal(connection: sa.Connection, journal: Journal, posted_at: datetime) -> Posting:
    """What posting would write. The caller rolls back: on PostgreSQL balances were locked for it."""
    return _plan(connection, journal, posted_at)[1]


def _plan(connection: sa.Connection, journal: Journal, posted_at: datetime) -> tuple[WorkingSet, Posting]:
    facts = load_facts(
        connection,
        item_nos=(),
        location_codes=(),
        bins=(),
        reason_codes=(),
        person_ids=(journal.user_id,),
    )
    working_set = load_working_set(connection, facts, journal.lines, 1)
    return working_set, plan_journal(working_set, journal, posted_at)


def after_posting(
    connection: sa.Connection,
    working_set: WorkingSet,
    postings: Sequence[Posting],
    *,
    user_id: str,
    now: datetime,
) -> None:
    """Adjust costs and post to the general ledger as far as the set-up wants it at every posting."""
    setup = working_set.facts.setup
    values = [row for posting in postings for row in posting.values]
    if not values:
        return
    numbers = [row.entry_no for row in values]
    if setup.automatic_cost_adjustment != "never":
        numbers += adjust_after_posting(connection, setup, values, user_id=user_id, now=now)
    if setup.automatic_cost_posting:
        post_to_gl(connection, user_id=user_id, now=now, only_value_entry_nos=numbers)
