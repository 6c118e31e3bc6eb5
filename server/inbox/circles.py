"""Parked transactions that the books allow only all at once: finds them, and posts them so.

Always holds: all of them are posted in one database transaction, each once and under its own id, or none
is; when they are, no bin but an adjustment bin is below 0. In between a bin is lent what they take from it.
Raises NotFitting where they do not fit (any more), and NotWaiting as decisions do.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.database import db, write
from server.errors import InsufficientAtBin
from server.inbox.decisions import NotWaiting, moment_of_decision, remember
from server.inbox.outcomes import load_outcomes
from server.inbox.pending import Pending, lock_some, read_parked, waiting_devices
from server.inbox.planning import Batch, Decided, Prepared, decide_in_order, prepare_batch
from server.inbox.posting import post_device, write_decided
from server.inbox.rules import Moves, fitting_together, sum_moves
from server.inbox.tables import InboxTransaction
from server.ledger.lines import BinKey, EntryType, ItemJournalLine, bin_key
from server.ledger.load import BIN_KEY, load_working_set
from server.ledger.movements import is_particular
from server.ledger.tables import BinBalance
from server.ledger.working_set import WorkingSet
from server.masterdata.facts import Facts
from shared.wire.outcomes import Outcome, Status

# The oldest parked ones of a location among which companions are looked for, and the most posted at once.
MOST = 200
_ZERO = Decimal(0)


class NotFitting(Exception):
    """The books do not allow them at once; `code` and `hint` of the first that is in the way."""

    def __init__(self, transaction_id: str, code: str, hint: str) -> None:
        self.transaction_id, self.code, self.hint = transaction_id, code, hint
        super().__init__(f"{transaction_id}: {code} {hint}")


def find_companions(transaction_id: str) -> dict[str, int]:
    """The parked transactions that this one has to be posted together with, itself first, by revision.

    Empty where it does not lack goods in a bin, can be posted alone, or is helped by no other.
    """
    connection = db.session.connection()
    inbox = InboxTransaction.__table__
    location_code = connection.execute(
        sa.select(inbox.c.location_code).where(
            inbox.c.transaction_id == transaction_id,
            inbox.c.status == Status.PARKED,
            inbox.c.code == InsufficientAtBin.code,
        )
    ).scalar_one_or_none()
    if location_code is None:
        return {}
    parked = {
        each.transaction_id: each
        for each in read_parked(connection, location_code, InsufficientAtBin.code, MOST)
    }
    batch = prepare_batch(connection, list(parked.values()))
    moves = _moves(batch, list(parked.values()))
    if transaction_id not in moves:
        return {}
    keys = sorted(sum_moves(moves.values()))
    rows = select_given(connection, _balances, BinBalance.__table__, columns=BIN_KEY, rows=keys)
    balances: dict[BinKey, Decimal] = {row[:-1]: row[-1] for row in map(tuple, rows)}
    group = fitting_together(transaction_id, moves, balances, _limitless(batch.facts, keys))
    return {each: parked[each].rev for each in group} if len(group) > 1 else {}


def post_together(revs: Mapping[str, int], person_id: str, reason: str = "") -> dict[str, Outcome]:
    """Post parked transactions at once, all or none; `revs` are the revisions that the person looked at."""

    def send_on(connection: sa.Connection) -> set[str]:
        pending = lock_some(connection, revs)
        _check_still_parked(pending, revs)
        now = moment_of_decision()
        batch = prepare_batch(connection, pending)
        _check_only_move(batch, pending)
        working_set = _lend(connection, batch, pending)
        decided = decide_in_order(connection, batch, pending, working_set, now=now)
        _check_all_post(decided)
        _take_back(working_set, batch, pending)
        write_decided(connection, working_set, decided, now)
        remember(connection, list(revs), decision="posted_together", person_id=person_id, reason=reason)
        return {each.device_id for each in pending}

    devices = write(send_on) | set(waiting_devices(db.session.connection(), list(revs)))
    for device_id in sorted(devices):
        post_device(device_id)
    return load_outcomes(db.session.connection(), set(revs))


def _check_still_parked(pending: Sequence[Pending], revs: Mapping[str, int]) -> None:
    found = {each.transaction_id: each for each in pending}
    for transaction_id, rev in revs.items():
        row = found.get(transaction_id)
        if row is None or (row.status, row.code) != (Status.PARKED, InsufficientAtBin.code):
            raise NotWaiting(transaction_id, "nothing" if row is None else f"{row.status} {row.code}")
        if row.rev != rev:
            raise NotWaiting(transaction_id, f"revision {row.rev}")


def _check_only_move(batch: Batch, pending: Sequence[Pending]) -> None:
    """What does more than move goods has to see what was posted before it: it can only be posted alone."""
    moves = _moves(batch, pending)
    for each in batch.ready(pending):
        if each.pending.transaction_id not in moves:
            raise NotWaiting(each.pending.transaction_id, "more than a movement of goods")


def _check_all_post(decided: Sequence[Decided]) -> None:
    for each in decided:
        if each.posting is None:
            raise NotFitting(each.pending.transaction_id, each.code, each.hint)


def _lend(connection: sa.Connection, batch: Batch, pending: Sequence[Pending]) -> WorkingSet:
    """A working set in which every bin has what all of them take from it, besides what it has."""
    ready = batch.ready(pending)
    lines = [line for each in ready for line in each.lines]
    working_set = load_working_set(connection, batch.facts, lines, len(ready))
    for key, quantity_base in _loan(batch, pending).items():
        working_set.change_bin(key, quantity_base)
    return working_set


def _take_back(working_set: WorkingSet, batch: Batch, pending: Sequence[Pending]) -> None:
    loan = _loan(batch, pending)
    limitless = _limitless(working_set.facts, list(loan))
    for key, quantity_base in loan.items():
        working_set.change_bin(key, -quantity_base)
        left = working_set.bin_balances[key]
        if left < 0 and key not in limitless:
            lacking = InsufficientAtBin(key[2], key[1], asked=-left, on_hand=_ZERO)
            raise NotFitting(pending[0].transaction_id, lacking.code, lacking.hint)


def _loan(batch: Batch, pending: Sequence[Pending]) -> dict[BinKey, Decimal]:
    moves = _moves(batch, pending).values()
    taken = [{key: -quantity for key, quantity in each.items() if quantity < 0} for each in moves]
    return sum_moves(taken)


def _moves(batch: Batch, pending: Sequence[Pending]) -> dict[str, Moves]:
    """What each does to bins; those that do more than move goods are left out."""
    return {
        each.pending.transaction_id: sum_moves(
            _line_moves(line) for line in each.lines if isinstance(line, ItemJournalLine)
        )
        for each in batch.ready(pending)
        if not is_particular(each.lines) and _is_known(batch.facts, each)
    }


def _is_known(facts: Facts, prepared: Prepared) -> bool:
    return all(
        line.location_code in facts.locations and facts.locations[line.location_code].bin_mandatory
        for line in prepared.lines
        if isinstance(line, ItemJournalLine)
    )


def _line_moves(line: ItemJournalLine) -> Moves:
    if line.entry_type != EntryType.MOVEMENT:
        return {bin_key(line, line.bin_code): line.quantity_base}
    return sum_moves(
        (
            {bin_key(line, line.bin_code): -line.quantity_base},
            {bin_key(line, line.new_bin_code): line.quantity_base},
        )
    )


def _limitless(facts: Facts, keys: Sequence[BinKey]) -> set[BinKey]:
    """Of these bins the adjustment bins."""
    return {key for key in keys if key[1] and key[1] == facts.locations[key[0]].adjustment_bin_code}


def _balances(given: sa.FromClause) -> AnySelect:
    table = BinBalance.__table__
    return sa.select(*(table.c[name] for name in BIN_KEY), table.c.quantity_base).join_from(
        given, table, sa.and_(*(table.c[name] == given.c[name] for name in BIN_KEY))
    )
