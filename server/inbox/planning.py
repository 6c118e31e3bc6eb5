"""Plans a batch: reads bodies, checks who and when, makes journal lines, plans them in order.

Every transaction ends with a status; a Refusal is caught here and becomes an outcome. Nothing is written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from server.errors import (
    DependsOnRefused,
    DoubtfulTime,
    KindNotAllowed,
    NeedsNewerServer,
    Refusal,
    StatedDateNotAllowed,
    Unreadable,
)
from server.inbox.arrivals import STATING_KINDS, read_again
from server.inbox.kinds import Circumstances, transactions
from server.inbox.mentions import Mentions
from server.inbox.pending import Pending, load_raw, predecessor_states
from server.inbox.previewing import status_at_desk
from server.inbox.times import is_doubtful
from server.inbox.workers import Workers, check_worker, load_workers
from server.ledger.lines import Journal, JournalLine
from server.ledger.load import load_working_set
from server.ledger.movements import is_particular
from server.ledger.plan import plan_journal
from server.ledger.rows import Posting
from server.ledger.working_set import WorkingSet
from server.masterdata.facts import Facts
from shared.moments import business_day
from shared.wire.codec import WireError
from shared.wire.outcomes import Status
from shared.wire.transactions import OFFICE_KINDS, AnyBody, Transaction, UnknownKind

# An office is told no at once; a scan that the books cannot follow is a fact and waits for a person.
_DESKS = frozenset({"office", "api"})
# An import states history: limits and clocks of handhelds mean nothing to it.
_IMPORT_MAY = frozenset({"over_limit", "doubtful_time"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A transaction and its body, read."""

    transaction: Transaction
    body: AnyBody


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of one transaction; `posting` is what it writes, if it is posted."""

    pending: Pending
    status: Status
    code: str = ""
    hint: str = ""
    need: str = ""
    posting: Posting | None = None

    @property
    def is_news(self) -> bool:
        """Whether the outcome differs from the stored one."""
        return self.status != self.pending.status or self.code != self.pending.code

    @property
    def document_no(self) -> str:
        """Number of the register that the posting wrote."""
        return self.posting.register.document_no if self.posting else ""

    @property
    def entries(self) -> int:
        """How many ledger rows the posting wrote."""
        return self.posting.entries if self.posting else 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction that passed its first checks, with its journal lines."""

    pending: Pending
    parsed: Parsed
    lines: tuple[JournalLine, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Transactions by their ids, read and checked, and the ids of those that name others in `after`."""

    facts: Facts
    prepared: Mapping[str, Prepared | Decided]
    followers: Sequence[str]

    def ready(self, pending: Sequence[Pending]) -> list[Prepared]:
        """Those of them whose lines can be planned."""
        prepared = (self.prepared[each.transaction_id] for each in pending)
        return [each for each in prepared if isinstance(each, Prepared)]


def plan_batch(
    connection: sa.Connection, pending: Sequence[Pending], known: Mapping[str, Parsed], now: datetime
) -> tuple[WorkingSet | None, list[Decided]]:
    """Decide the transactions of the batch in their order, up to one that has to be planned by itself."""
    batch = prepare_batch(connection, pending, known)
    pending = _planned_together(pending, batch.prepared)
    ready = batch.ready(pending)
    lines = [line for each in ready for line in each.lines]
    working_set = load_working_set(connection, batch.facts, lines, len(ready)) if ready else None
    return working_set, decide_in_order(connection, batch, pending, working_set, now=now)


def prepare_batch(
    connection: sa.Connection, pending: Sequence[Pending], known: Mapping[str, Parsed] = MappingProxyType({})
) -> Batch:
    """Read the transactions, but for those that are known already, and check what needs no stock."""
    unread = [each.inbox_no for each in pending if each.transaction_id not in known]
    raw = load_raw(connection, unread)
    read = {
        each.transaction_id: known.get(each.transaction_id) or _read(raw[each.inbox_no]) for each in pending
    }
    people = {each.worker_id for each in pending}
    facts = _load_facts(connection, [each for each in read.values() if isinstance(each, Parsed)], people)
    workers = load_workers(connection, people)
    return Batch(
        facts,
        {
            each.transaction_id: _check_first(each, read[each.transaction_id], facts, workers)
            for each in pending
        },
        [no for no, each in read.items() if isinstance(each, Parsed) and each.transaction.after],
    )


def decide_in_order(
    connection: sa.Connection,
    batch: Batch,
    pending: Sequence[Pending],
    working_set: WorkingSet | None,
    *,
    now: datetime,
) -> list[Decided]:
    """Plan one after the other in the working set, each only after what it names in `after`."""
    states = predecessor_states(connection, batch.followers)
    decided: dict[str, Decided] = {}
    for each in pending:
        decided[each.transaction_id] = _decide(
            batch.prepared[each.transaction_id],
            working_set,
            _ahead(states.get(each.transaction_id, ()), decided),
            now,
        )
    return list(decided.values())


def _planned_together(
    pending: Sequence[Pending], prepared: Mapping[str, Prepared | Decided]
) -> Sequence[Pending]:
    """A journal that names entries is planned alone: it must see what the ones before it wrote."""
    for index, each in enumerate(pending):
        ready = prepared[each.transaction_id]
        if isinstance(ready, Prepared) and is_particular(ready.lines):
            return pending[: index or 1]
    return pending


def _read(raw: str) -> Parsed | Refusal:
    """A stored transaction; a person may have sent on one that still cannot be read."""
    try:
        return Parsed(*read_again(raw))
    except UnknownKind as error:
        return NeedsNewerServer(str(error))
    except WireError as error:
        return Unreadable(str(error))


def _load_facts(connection: sa.Connection, read: Sequence[Parsed], people: Collection[str]) -> Facts:
    mentions = Mentions()
    for each in read:
        mentions.add(each.transaction.location_code, each.body)
    return mentions.load(connection, people)


def _check_first(
    pending: Pending, parsed: Parsed | Refusal, facts: Facts, workers: Workers
) -> Prepared | Decided:
    """Check who and when, and turn the body into journal lines; a Refusal decides at once."""
    if isinstance(parsed, Refusal):
        return _refused(pending, parsed)
    transaction = parsed.transaction
    may_state = pending.device_kind in STATING_KINDS
    approved = pending.approved_codes | (_IMPORT_MAY if pending.device_kind == "import" else frozenset())
    try:
        if not may_state and transaction.kind in OFFICE_KINDS:
            raise KindNotAllowed(transaction.kind)
        if not may_state and (transaction.occurred_at or transaction.posting_date):
            raise StatedDateNotAllowed(str(transaction.posting_date or transaction.occurred_at))
        _check_time(pending, approved, may_state=may_state)
        check_worker(workers, pending, approved)
        circumstances = Circumstances(facts, transaction.location_code, approved, may_state)
        lines = transactions()[transaction.kind](parsed.body, circumstances)
    except Refusal as refusal:
        return _refused(pending, refusal, transaction.kind)
    return Prepared(pending, parsed, lines)


def _check_time(pending: Pending, approved: frozenset[str], *, may_state: bool) -> None:
    if may_state or DoubtfulTime.code in approved:
        return
    if is_doubtful(pending.occurred_at, pending.uncertainty, pending.received_at):
        raise DoubtfulTime(pending.occurred_at.isoformat(timespec="minutes"))


def _ahead(
    states: Sequence[tuple[str, Status | None]], decided: Mapping[str, Decided]
) -> list[tuple[str, Status | None]]:
    """Where the predecessors stand, those of this very batch included."""
    return [(each, decided[each].status if each in decided else status) for each, status in states]


def _decide(
    prepared: Prepared | Decided,
    working_set: WorkingSet | None,
    ahead: Sequence[tuple[str, Status | None]],
    now: datetime,
) -> Decided:
    if any(status == Status.REFUSED for _, status in ahead):
        return _refused(prepared.pending, DependsOnRefused(", ".join(each for each, _ in ahead)[:200]))
    unmet = [each for each, status in ahead if status != Status.POSTED]
    if unmet:
        return Decided(prepared.pending, Status.WAITING, "predecessor_open", ", ".join(unmet)[:200])
    if isinstance(prepared, Decided):
        return prepared
    assert working_set is not None
    try:
        posting = plan_journal(working_set, _journal(prepared, working_set.facts), now)
    except Refusal as refusal:
        return _refused(prepared.pending, refusal, prepared.parsed.transaction.kind)
    return Decided(prepared.pending, Status.POSTED, posting=posting)


def _journal(prepared: Prepared, facts: Facts) -> Journal:
    pending, transaction = prepared.pending, prepared.parsed.transaction
    location = facts.locations.get(transaction.location_code)
    day = pending.posting_date or business_day(pending.occurred_at, location.time_zone if location else "UTC")
    return Journal(
        transaction_id=pending.transaction_id,
        source_code=transaction.kind,
        document_no=prepared.parsed.body.document_no,
        posting_date=day,
        document_date=day,
        occurred_at=pending.occurred_at,
        user_id=pending.worker_id,
        device_id=pending.device_id,
        lines=prepared.lines,
        requires_numbers=pending.device_kind != "import",
    )


def _refused(pending: Pending, refusal: Refusal, kind: str = "") -> Decided:
    status = status_at_desk(refusal, kind) if pending.device_kind in _DESKS else refusal.status
    return Decided(pending, status, refusal.code, refusal.hint, refusal.need)
