"""Changes of periods, posting dates and the set-up of costs, each with its row of the audit trail.

The rules stand in server.ledger (periods, accounting_periods, cost_setup); whoever changes anything through
pages, API or command line comes through here, inside one database transaction.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server.ledger import accounting_periods, cost_setup, periods
from server.ledger.accounting_periods import Accounting
from server.ledger.cost_setup import CostSetup
from server.masterdata.faults import CardMissing
from server.masterdata.tables import PostingDateRange
from server.security.audit import Actor, changed_fields, record_audit
from server.security.tables import Person

PERIOD, ACCOUNTING, RANGE, SETUP = (
    "inventory_period",
    "accounting_period",
    "posting_date_range",
    "inventory_setup",
)


def create_period(connection: sa.Connection, ending: date, name: str, *, actor: Actor, now: datetime) -> None:
    """A new open inventory period."""
    periods.create_period(connection, ending, name)
    record_audit(
        connection, "period_made", at=now, actor=actor, subject=(PERIOD, str(ending)), new={"name": name}
    )


def rename_period(connection: sa.Connection, ending: date, name: str, *, actor: Actor, now: datetime) -> None:
    """Another name for an open inventory period."""
    old = periods.read_period(connection, ending).name
    periods.rename_period(connection, ending, name)
    if name != old:
        record_audit(
            connection,
            "period_changed",
            at=now,
            actor=actor,
            subject=(PERIOD, str(ending)),
            old={"name": old},
            new={"name": name},
        )


def delete_period(connection: sa.Connection, ending: date, *, actor: Actor, now: datetime) -> None:
    """Take an open inventory period away."""
    old = periods.read_period(connection, ending).name
    periods.delete_period(connection, ending)
    record_audit(
        connection, "period_deleted", at=now, actor=actor, subject=(PERIOD, str(ending)), old={"name": old}
    )


def close_period(connection: sa.Connection, ending: date, *, actor: Actor, now: datetime) -> tuple[date, ...]:
    """Close an inventory period and all before it; one audit row for each that was open."""
    endings = periods.close_period(connection, ending, user_id=actor.person_id or actor.device_id, now=now)
    _record_each(connection, "period_closed", endings, actor=actor, now=now)
    return endings


def reopen_period(
    connection: sa.Connection, ending: date, *, actor: Actor, now: datetime
) -> tuple[date, ...]:
    """Reopen an inventory period and all after it; one audit row for each that was closed."""
    endings = periods.reopen_period(connection, ending, user_id=actor.person_id or actor.device_id, now=now)
    _record_each(connection, "period_reopened", endings, actor=actor, now=now)
    return endings


def change_cost_setup(
    connection: sa.Connection, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> CostSetup:
    """Change what is named of the set-up of costs."""
    before, after = cost_setup.change_cost_setup(connection, changes, today=now.date())
    old, new = changed_fields(asdict(before), asdict(after))
    if new:
        record_audit(connection, "setup_changed", at=now, actor=actor, subject=(SETUP, "1"), old=old, new=new)
    return after


def create_accounting_period(
    connection: sa.Connection, period: Accounting, *, actor: Actor, now: datetime
) -> None:
    """A new accounting period."""
    accounting_periods.create_accounting_period(connection, period)
    _record_accounting(connection, "accounting_period_made", None, period, actor=actor, now=now)


def create_fiscal_year(
    connection: sa.Connection, starting_date: date, *, actor: Actor, now: datetime
) -> tuple[date, ...]:
    """A fiscal year of twelve accounting periods."""
    starts = accounting_periods.create_fiscal_year(connection, starting_date)
    record_audit(
        connection,
        "fiscal_year_made",
        at=now,
        actor=actor,
        subject=(ACCOUNTING, str(starting_date)),
        new={"periods": len(starts), "last_starts": starts[-1]},
    )
    return starts


def change_accounting_period(
    connection: sa.Connection,
    starting_date: date,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> Accounting:
    """Change what is named of an accounting period."""
    known = accounting_periods.read_accounting_period(connection, starting_date)
    wanted = Accounting(**{**asdict(known), **changes, "starting_date": starting_date})
    old = accounting_periods.change_accounting_period(connection, wanted)
    _record_accounting(connection, "accounting_period_changed", old, wanted, actor=actor, now=now)
    return wanted


def delete_accounting_period(
    connection: sa.Connection, starting_date: date, *, actor: Actor, now: datetime
) -> None:
    """Take an accounting period away."""
    old = accounting_periods.delete_accounting_period(connection, starting_date)
    _record_accounting(connection, "accounting_period_deleted", old, None, actor=actor, now=now)


def set_posting_dates(
    connection: sa.Connection,
    person_id: str,
    allow_from: date | None,
    allow_to: date | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a person posting dates of their own; CardMissing where nobody has the id."""
    if connection.scalar(sa.select(Person.person_id).where(Person.person_id == person_id)) is None:
        raise CardMissing("person", person_id)
    old = _range_of(connection, person_id)
    cost_setup.set_posting_dates(connection, person_id, allow_from, allow_to)
    new = {"allow_posting_from": allow_from, "allow_posting_to": allow_to}
    if old != new:
        record_audit(
            connection,
            "posting_dates_changed",
            at=now,
            actor=actor,
            subject=(RANGE, person_id),
            old=old,
            new=new,
        )


def clear_posting_dates(connection: sa.Connection, person_id: str, *, actor: Actor, now: datetime) -> None:
    """Let the company's posting dates count for a person again; CardMissing where they did."""
    old = _range_of(connection, person_id)
    if old is None:
        raise CardMissing("posting date range", person_id)
    cost_setup.clear_posting_dates(connection, person_id)
    record_audit(
        connection, "posting_dates_cleared", at=now, actor=actor, subject=(RANGE, person_id), old=old
    )


def _range_of(connection: sa.Connection, person_id: str) -> dict[str, object] | None:
    table = PostingDateRange.__table__
    row = connection.execute(
        sa.select(table.c.allow_posting_from, table.c.allow_posting_to).where(table.c.person_id == person_id)
    ).one_or_none()
    return None if row is None else {"allow_posting_from": row[0], "allow_posting_to": row[1]}


def _record_each(
    connection: sa.Connection, event: str, endings: tuple[date, ...], *, actor: Actor, now: datetime
) -> None:
    for ending in endings:
        record_audit(connection, event, at=now, actor=actor, subject=(PERIOD, str(ending)))


def _record_accounting(
    connection: sa.Connection,
    event: str,
    before: Accounting | None,
    after: Accounting | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    shown = after or before
    assert shown is not None
    old, new = asdict(before) if before else {}, asdict(after) if after else {}
    if before and after:
        old, new = changed_fields(old, new)
        if not new:
            return
    subject = (ACCOUNTING, str(shown.starting_date))
    record_audit(connection, event, at=now, actor=actor, subject=subject, old=old, new=new)
