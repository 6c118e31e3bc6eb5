"""What a transaction from a desk would post if it were handed in now: the same plan, and nothing is written.

Entry numbers are those that it would get at this moment; another posting may take them first. Costs that a
later adjustment would change are not among it.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from server.database import write
from server.errors import Refusal
from server.inbox.kinds import Circumstances, transactions
from server.inbox.mentions import Mentions
from server.ledger.lines import Journal
from server.ledger.post import preview_journal
from server.ledger.rows import Posting
from shared.moments import business_day
from shared.wire.outcomes import Status
from shared.wire.transactions import OFFICE_KINDS, AnyBody

_REFUSED_AT_THE_DESK = frozenset({"insufficient_at_bin", "insufficient_stock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A transaction that nobody has handed in yet."""

    kind: str
    body: AnyBody
    location_code: str
    posting_date: date | None
    person_id: str
    device_id: str


class _Planned(Exception):
    """Carries a posting out of the database transaction, which is thereby rolled back."""

    def __init__(self, posting: Posting) -> None:
        self.posting = posting
        super().__init__("planned")


def preview(wish: Wish, now: datetime) -> Posting:
    """What would be written. Raises the Refusal that the transaction would get."""

    def work(connection: sa.Connection) -> None:
        raise _Planned(preview_journal(connection, _journal(connection, wish, now), now))

    try:
        write(work)
    except _Planned as planned:
        return planned.posting
    raise AssertionError("unreachable")


def status_at_desk(refusal: Refusal, kind: str) -> Status:
    """Where a refusal leaves a transaction of an office or a program.

    A journal is a wish, not a fact: nobody at a desk would look for it among what is parked.
    """
    is_wish = kind in OFFICE_KINDS and refusal.status is Status.PARKED
    return Status.REFUSED if is_wish or refusal.code in _REFUSED_AT_THE_DESK else refusal.status


def _journal(connection: sa.Connection, wish: Wish, now: datetime) -> Journal:
    mentions = Mentions()
    mentions.add(wish.location_code, wish.body)
    facts = mentions.load(connection, (wish.person_id,))
    circumstances = Circumstances(facts, wish.location_code, frozenset(), may_state=True)
    location = facts.locations.get(wish.location_code)
    day = wish.posting_date or business_day(now, location.time_zone if location else "UTC")
    return Journal(
        transaction_id="",
        source_code=wish.kind,
        document_no=wish.body.document_no,
        posting_date=day,
        document_date=day,
        occurred_at=now,
        user_id=wish.person_id,
        device_id=wish.device_id,
        lines=transactions()[wish.kind](wish.body, circumstances),
    )
