"""The company's accounting periods and fiscal years, which average cost periods may follow.

Always holds: a change that moves the bounds of an average cost period forms the periods from there on anew,
so no average stands on days that do not belong together. What is closed here is closed for the general
ledger only; whether stock may be posted is said by inventory periods.
Raises: CardMissing (no such period), ChangeRefused (exists).
Source: costing rules 6.3; features 13.08 and 13.18.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from server.costing.periods import period_of
from server.ledger.average_points import mark_from
from server.masterdata.faults import CardMissing, ChangeRefused, Fault
from server.masterdata.load import load_setup
from server.masterdata.setup_lock import take_setup
from server.masterdata.tables import AccountingPeriod

_period = AccountingPeriod.__table__
MONTHS = 12
LONGEST_NAME = 50
_LAST_YEAR = date.max.year - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """An accounting period; it ends where the next one starts."""

    starting_date: date
    name: str
    is_new_fiscal_year: bool
    is_closed: bool


def create_accounting_period(connection: sa.Connection, period: Accounting) -> None:
    """A new period; it shortens the one that its first day lies in."""
    with _bounds_moving(connection, period.starting_date):
        _insert(connection, period)


def change_accounting_period(connection: sa.Connection, period: Accounting) -> Accounting:
    """Another name, kind or state for the period of this first day; gives back what it was."""
    with _bounds_moving(connection, period.starting_date):
        old = read_accounting_period(connection, period.starting_date)
        connection.execute(
            sa.update(_period)
            .where(_period.c.starting_date == period.starting_date)
            .values(
                name=period.name,
                is_new_fiscal_year=period.is_new_fiscal_year,
                is_closed=period.is_closed,
            )
        )
    return old


def delete_accounting_period(connection: sa.Connection, starting_date: date) -> Accounting:
    """Take a period away; its days fall to the one before it. Gives back what it was."""
    with _bounds_moving(connection, starting_date):
        old = read_accounting_period(connection, starting_date)
        connection.execute(sa.delete(_period).where(_period.c.starting_date == starting_date))
    return old


def create_fiscal_year(connection: sa.Connection, starting_date: date) -> tuple[date, ...]:
    """Twelve periods of a month each, the first of which begins a fiscal year; their first days."""
    starts = tuple(_months_on(starting_date, months) for months in range(MONTHS))
    with _bounds_moving(connection, *starts):
        for start in starts:
            is_first = start == starting_date
            _insert(
                connection,
                Accounting(
                    starting_date=start,
                    name=f"{start:%Y-%m}",
                    is_new_fiscal_year=is_first,
                    is_closed=False,
                ),
            )
    return starts


def read_accounting_period(connection: sa.Connection, starting_date: date) -> Accounting:
    """One period; CardMissing when there is none."""
    row = connection.execute(
        sa.select(
            _period.c.starting_date, _period.c.name, _period.c.is_new_fiscal_year, _period.c.is_closed
        ).where(_period.c.starting_date == starting_date)
    ).one_or_none()
    if row is None:
        raise CardMissing("accounting period", str(starting_date))
    return Accounting(starting_date=row[0], name=row[1], is_new_fiscal_year=row[2], is_closed=row[3])


def _insert(connection: sa.Connection, period: Accounting) -> None:
    found = connection.scalar(
        sa.select(_period.c.starting_date).where(_period.c.starting_date == period.starting_date)
    )
    if found is not None:
        raise ChangeRefused([Fault(code="exists", pointer="/starting_date", found=str(found))])
    connection.execute(
        sa.insert(_period).values(
            starting_date=period.starting_date,
            name=period.name,
            is_new_fiscal_year=period.is_new_fiscal_year,
            is_closed=period.is_closed,
        )
    )


@contextmanager
def _bounds_moving(connection: sa.Connection, *days: date) -> Iterator[None]:
    """Form average periods anew after a change, from where it moves bounds around any of these days."""
    take_setup(connection)
    before = _bounds_around(connection, days)
    yield
    after = _bounds_around(connection, days)
    moved = before ^ after
    if moved:
        mark_from(connection, min(first for first, _ in moved))


def _bounds_around(connection: sa.Connection, days: Sequence[date]) -> set[tuple[date, date]]:
    """The average cost periods of these days and of the ones before them."""
    setup = load_setup(connection)
    around = {*days, *(day - timedelta(days=1) for day in days if day > date.min)}
    return {
        period_of(each, setup.average_cost_period, setup.accounting_periods, setup.fiscal_years)
        for each in around
    }


def _months_on(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > _LAST_YEAR:
        raise ChangeRefused(
            [
                Fault(
                    code="value", pointer="/starting_date", found=str(day), expected=f"a year to {_LAST_YEAR}"
                )
            ]
        )
    first = date(year, month + 1, 1)
    following = first + timedelta(days=31)
    length = (following.replace(day=1) - first).days
    return first.replace(day=min(day.day, length))
