"""A run of the cost adjustment over many items: one database transaction per item, each result kept.

Two runs never work at once; the second is told so (AdjustmentUnderWay). What an item's transaction did and
what the run says of it are one commit, so a run that is killed loses nothing: the next one goes on with what
is still to be adjusted, and marks the dead one stopped. One item's failure stops no other, except a posting
date that nobody may post on, which ends the run: it would be the same for every item.
Source: costing rules 6 and 6.4; features 13.10 and 13.19.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from server.bulk import given_rows, upsert_rows
from server.database import db, write
from server.errors import PostingDateNotAllowed, Refusal
from server.ledger.adjust import adjust_item, items_to_adjust
from server.ledger.run_lock import one_run_at_once
from server.ledger.tables import CostAdjustmentRun, CostAdjustmentRunItem, ItemCost

_log = logging.getLogger(__name__)
# The kind of the work that is left for the jobs; its key is the person who wants it done.
ADJUST_COSTS = "adjust_costs"
ORIGIN = "batch"
RUNNING, DONE, FAILED, STOPPED, EXCLUDED = "running", "done", "failed", "stopped", "excluded"
# An item that is marked again by what it marked settles in a few turns, or never.
MOST_TURNS = 50
_HINT = 500
_SCOPE = 250

# Item number, items that have had their turn, and items known so far to need one.
Progress = Callable[[str, int, int], None]


class NoItemCategories(Exception):
    """A run over a category was asked for, and this company's items have none."""

    def __init__(self, category: str) -> None:
        super().__init__(
            f"There is no item category {category}: items have no categories yet. Name items instead."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedItem:
    """An item whose costs could not be adjusted, and why."""

    item_no: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended: `items` had their turn, `cost_amount` is the sum of the value entries written."""

    run_no: int
    status: str
    items: int
    value_entries: int
    cost_amount: Decimal
    failed: tuple[FailedItem, ...] = ()
    excluded: tuple[str, ...] = ()
    hint: str = ""


@dataclass(slots=True)
class _Run:
    """What a run knows of itself while it works."""

    run_no: int
    user_id: str
    now: datetime
    clock: Callable[[], datetime]
    turns: Counter[str] = field(default_factory=Counter)
    value_entries: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()

    def result(self, status: str, hint: str = "") -> RunResult:
        """How the run ended."""
        return RunResult(
            run_no=self.run_no,
            status=status,
            items=len(self.turns),
            value_entries=self.value_entries.total(),
            cost_amount=sum(self.amounts.values(), Decimal(0)),
            failed=tuple(FailedItem(item_no=no, hint=why) for no, why in self.failed.items()),
            excluded=self.excluded,
            hint=hint,
        )


def run_adjustment(
    *,
    item_nos: Sequence[str] | None = None,
    category: str = "",
    user_id: str,
    now: datetime,
    progress: Progress | None = None,
    clock: Callable[[], datetime] | None = None,
) -> RunResult:
    """Adjust the costs of every item that needs it, or of these; None means all.

    Refuses a second run beside the first (AdjustmentUnderWay) and a category (NoItemCategories). A posting
    date that is not allowed gives a result with the status failed and the reason as its hint. `clock` tells
    when the run ended; without it that is `now`.
    """
    if category:
        raise NoItemCategories(category)
    with one_run_at_once():
        run_no = write(lambda connection: _begin(connection, item_nos, user_id, now))
        run = _Run(run_no, user_id, now, clock or (lambda: now))
        with _stopped_by_hand(run):
            return _work(run, item_nos, progress or _tell_nobody)


def exclude_item(connection: sa.Connection, item_no: str, *, is_excluded: bool) -> None:
    """Leave an item out of every run from now on, or take it in again."""
    upsert_rows(
        connection,
        ItemCost.__table__,
        keys=("item_no",),
        values=("is_excluded",),
        rows=[(item_no, is_excluded)],
    )


def _tell_nobody(_item_no: str, _done: int, _known: int) -> None:
    pass


@contextmanager
def _stopped_by_hand(run: _Run) -> Iterator[None]:
    """Whoever stops a run at the keyboard sees that in the log at once, not at the next run."""
    try:
        yield
    except KeyboardInterrupt:
        _finish(run, STOPPED, "stopped by hand")
        raise


def _work(run: _Run, item_nos: Sequence[str] | None, progress: Progress) -> RunResult:
    while due := _due(run, item_nos):
        known = len(run.turns.keys() | set(due))
        for item_no in due:
            run.turns[item_no] += 1
            try:
                _take_turn(run, item_no)
            except PostingDateNotAllowed as refused:
                return _finish(run, FAILED, str(refused))
            progress(item_no, len(run.turns), known)
    return _finish(run, DONE, "")


def _due(run: _Run, item_nos: Sequence[str] | None) -> list[str]:
    """The items whose turn it is, in order of levels; those that failed or are excluded are left out."""
    connection = db.session.connection()
    excluded = _excluded(connection, item_nos)
    wanted = list(item_nos) if item_nos is not None else None
    due = [no for no in items_to_adjust(connection, wanted) if no not in run.failed]
    db.session.rollback()
    if fresh := [no for no in excluded if no not in run.excluded]:
        run.excluded += tuple(fresh)
        write(lambda connection: _note(connection, [_line(run, no, EXCLUDED) for no in fresh]))
    return [no for no in due if no not in excluded]


def _take_turn(run: _Run, item_no: str) -> None:
    """One item in one transaction, with what the run says of it; a failure becomes a line of the log."""
    if run.turns[item_no] > MOST_TURNS:
        _fail(run, item_no, f"its costs still change after {MOST_TURNS} turns")
        return
    try:
        value_entries, amount = write(lambda connection: _adjust(connection, run, item_no))
    except PostingDateNotAllowed:
        raise
    except Refusal as refused:
        _fail(run, item_no, str(refused))
    except Exception as error:  # noqa: BLE001 - a bug in one item's costs must not stop the rest
        _log.exception("cost adjustment of item %s", item_no)
        _fail(run, item_no, f"{type(error).__name__}: {error}")
    else:
        run.value_entries[item_no] += value_entries
        run.amounts[item_no] = run.amounts.get(item_no, Decimal(0)) + amount


def _adjust(connection: sa.Connection, run: _Run, item_no: str) -> tuple[int, Decimal]:
    adjusted = adjust_item(connection, item_no, user_id=run.user_id, now=run.now)
    if adjusted.value_entries:
        count = run.value_entries[item_no] + adjusted.value_entries
        amount = run.amounts.get(item_no, Decimal(0)) + adjusted.cost_amount
        _note(connection, [(run.run_no, item_no, count, amount, DONE, "")])
        _keep(connection, run.run_no, len(run.turns), run.value_entries.total() + adjusted.value_entries)
    return adjusted.value_entries, adjusted.cost_amount


def _fail(run: _Run, item_no: str, hint: str) -> None:
    run.failed[item_no] = hint[:_HINT]
    write(lambda connection: _note(connection, [_line(run, item_no, FAILED, hint)]))


def _line(run: _Run, item_no: str, status: str, hint: str = "") -> tuple[int, str, int, Decimal, str, str]:
    amount = run.amounts.get(item_no, Decimal(0))
    return (run.run_no, item_no, run.value_entries[item_no], amount, status, hint[:_HINT])


def _note(connection: sa.Connection, lines: Sequence[tuple[int, str, int, Decimal, str, str]]) -> None:
    upsert_rows(
        connection,
        CostAdjustmentRunItem.__table__,
        keys=("run_no", "item_no"),
        values=("value_entries", "cost_amount", "status", "hint"),
        rows=lines,
    )


def _begin(connection: sa.Connection, item_nos: Sequence[str] | None, user_id: str, now: datetime) -> int:
    """A new run. Whatever still says that it runs was killed, since nobody else may run now."""
    runs = CostAdjustmentRun.__table__
    connection.execute(
        sa.update(runs)
        .where(runs.c.status == RUNNING, runs.c.origin == ORIGIN)
        .values(status=STOPPED, finished_at=now, hint="ended before it was done")
    )
    made = connection.execute(
        sa.insert(runs).values(
            started_at=now,
            origin=ORIGIN,
            scope=_scope(item_nos),
            user_id=user_id,
            status=RUNNING,
        )
    )
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


def _scope(item_nos: Sequence[str] | None) -> str:
    """The items that were asked for; "" for all."""
    text = ", ".join(item_nos or ())
    return text if len(text) <= _SCOPE else f"{text[: _SCOPE - 1]}…"


def _keep(connection: sa.Connection, run_no: int, items: int, value_entries: int) -> None:
    runs = CostAdjustmentRun.__table__
    connection.execute(
        sa.update(runs).where(runs.c.run_no == run_no).values(items=items, value_entries=value_entries)
    )


def _finish(run: _Run, status: str, hint: str) -> RunResult:
    runs = CostAdjustmentRun.__table__
    result = run.result(status, hint)

    def work(connection: sa.Connection) -> None:
        _keep(connection, run.run_no, result.items, result.value_entries)
        connection.execute(
            sa.update(runs)
            .where(runs.c.run_no == run.run_no)
            .values(status=status, hint=hint[:_HINT], finished_at=run.clock())
        )

    write(work)
    return result


def _excluded(connection: sa.Connection, item_nos: Sequence[str] | None) -> list[str]:
    """The excluded items that would have had their turn."""
    table = ItemCost.__table__
    statement = sa.select(table.c.item_no).where(table.c.is_excluded, sa.text("NOT is_adjusted"))
    if item_nos is not None:
        given = given_rows(connection, table, ("item_no",), [(no,) for no in sorted(set(item_nos))])
        statement = statement.join(given, given.c.item_no == table.c.item_no)
    return list(connection.scalars(statement.order_by(table.c.item_no)))
