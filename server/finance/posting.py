"""Posts to the general ledger for a person or a program who waits, and says what was done.

A big backlog takes several requests: each posts for `AT_MOST_S` and then says that there is more. A preview
looks at so many value entries that it answers soon.
"""

import time
from datetime import datetime

from server.database import db, write
from server.finance.rows import AccountLine, Per, PostingAnswer, SkippedLine
from server.general_ledger.posted import GlPosted
from server.ledger.gl_posting import post_all_to_gl, preview_gl

AT_MOST_S = 20.0
PREVIEWED = 100_000


def preview(per: Per) -> PostingAnswer:
    """What a posting would do now, of the first PREVIEWED value entries."""
    posted = preview_gl(db.session.connection(), per=per.value, most=PREVIEWED)
    return _answer(posted, is_complete=not posted.is_cut)


def post(per: Per, *, user_id: str, now: datetime, at_most_s: float = AT_MOST_S) -> PostingAnswer:
    """Post until everything is posted or the time is over."""
    posted, until = GlPosted(), time.monotonic() + at_most_s
    for part in post_all_to_gl(write, db.engine, user_id=user_id, now=now, per=per.value):
        posted.add(part)
        if time.monotonic() > until:
            return _answer(posted, is_complete=False)
    return _answer(posted, is_complete=True)


def _answer(posted: GlPosted, *, is_complete: bool) -> PostingAnswer:
    accounts = sorted(posted.accounts, key=lambda each: (each.account_no, each.category))
    return PostingAnswer(
        is_complete=is_complete,
        gl_entries=posted.entries,
        value_entries=posted.value_entries,
        amount=posted.amount,
        accounts=tuple(
            AccountLine(
                account_no=each.account_no,
                category=each.category,
                entries=each.entries,
                debit=each.debit,
                credit=each.credit,
            )
            for each in accounts
        ),
        skipped=tuple(
            SkippedLine(
                reason=each.where.reason.value,
                role=str(each.where.role),
                account_no=each.where.account_no,
                groups=each.where.groups,
                values=each.values,
                amount=each.amount,
                first_date=each.first_date,
                last_date=each.last_date,
                value_entry_nos=tuple(each.entry_nos),
            )
            for each in posted.skipped
        ),
    )
