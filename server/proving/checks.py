"""The ledger check: every invariant of ledger and inbox in one snapshot, and what the last one found.

A check reads only; keeping it is one row, written after the snapshot was let go. Checks of the last 400 days
are kept.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from server.database import db, write
from server.inbox.check import INBOX_INVARIANTS
from server.ledger.check.findings import Difference
from server.ledger.check.invariants import (
    LEDGER_INVARIANTS,
    Invariant,
    Result,
    Totals,
    check,
    one_snapshot,
    totals,
)
from server.proving.tables import LedgerCheck

INVARIANTS = (*LEDGER_INVARIANTS, *INBOX_INVARIANTS)
# The work item of the nightly check.
CHECK_LEDGER = "check_ledger"
KEPT_FOR = timedelta(days=400)
_TABLE = LedgerCheck.__table__


@dataclass(frozen=True, slots=True)
class Checked:
    """What one snapshot said; `checked_at` is its moment."""

    checked_at: datetime
    finished_at: datetime
    totals: Totals
    results: list[Result]

    @property
    def differences(self) -> int:
        """How many rows differ, over all invariants."""
        return sum(result.differences for result in self.results)


@dataclass(frozen=True, slots=True)
class KeptResult:
    """What a kept check says of one invariant; `rows` are the first that differ."""

    name: str
    differences: int
    rows: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """A check as kept."""

    checked_at: datetime
    finished_at: datetime
    item_ledger_entries: int
    value_entries: int
    differences: int
    results: tuple[KeptResult, ...]


def check_ledger(
    clock: Callable[[], datetime], progress: Callable[[Invariant], object] = lambda _: None
) -> Checked:
    """Search one snapshot for what breaks each invariant, and keep what was found."""
    checked_at = clock()
    with one_snapshot(db.engine) as connection:
        found = totals(connection)
        results = check(connection, INVARIANTS, progress)
    checked = Checked(checked_at, clock(), found, results)
    write(lambda connection: _keep(connection, checked))
    return checked


def newest_proof() -> tuple[datetime, int] | None:
    """When the books were last checked, and how many rows differed; None before the first check."""
    row = db.session.execute(
        sa.select(_TABLE.c.checked_at, _TABLE.c.differences).order_by(_TABLE.c.check_no.desc()).limit(1)
    ).one_or_none()
    return (row.checked_at, row.differences) if row else None


def newest_check() -> KeptCheck | None:
    """The newest check with its results; None before the first."""
    columns = [_TABLE.c[name] for name in KeptCheck.__dataclass_fields__]
    row = (
        db.session.execute(sa.select(*columns).order_by(_TABLE.c.check_no.desc()).limit(1))
        .mappings()
        .one_or_none()
    )
    return KeptCheck(**{**row, "results": _read(row["results"])}) if row else None


def _keep(connection: sa.Connection, checked: Checked) -> None:
    results = [
        {
            "name": result.invariant.name,
            "differences": result.differences,
            "rows": [asdict(row) for row in result.rows],
        }
        for result in checked.results
    ]
    connection.execute(
        sa.insert(_TABLE).values(
            checked_at=checked.checked_at,
            finished_at=checked.finished_at,
            item_ledger_entries=checked.totals.item_ledger_entries,
            value_entries=checked.totals.value_entries,
            differences=checked.differences,
            results=json.dumps(results, ensure_ascii=False),
        )
    )
    connection.execute(sa.delete(_TABLE).where(_TABLE.c.checked_at < checked.checked_at - KEPT_FOR))


def _read(text: str) -> tuple[KeptResult, ...]:
    return tuple(
        KeptResult(each["name"], each["differences"], tuple(Difference(**row) for row in each["rows"]))
        for each in json.loads(text)
    )
