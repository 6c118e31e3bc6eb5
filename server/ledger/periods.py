"""Inventory periods: closing, reopening, and what may be done with them while they are closed.

Always holds: the closed periods are the earliest ones, since closing one closes all before it and reopening
one reopens all after it; and nothing dated in a closed period was posted after its closing, since closing
waits for the postings at work and later ones read that it is closed (server.masterdata.setup_lock). Each
action leaves an inventory_period_entry that names the last item register there was.
Raises: CardMissing (no such period), ChangeRefused (period_closed, period_open, period_before_closed,
exists), UnadjustedEntries, NegativeInventory.
Source: costing rules 13; features 16.01 to 16.03.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from server.errors import NegativeInventory, UnadjustedEntries
from server.ledger.period_obstacles import Obstacle, hint_of, open_issues, unadjusted_costs
from server.ledger.tables import ItemRegister
from server.masterdata.faults import CardMissing, ChangeRefused, Fault
from server.masterdata.setup_lock import take_setup
from server.masterdata.tables import InventoryPeriod, InventoryPeriodEntry

_period = InventoryPeriod.__table__
_log = InventoryPeriodEntry.__table__
LONGEST_NAME = 50
LATEST_ENDING = date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """An inventory period as it stands."""

    ending_date: date
    name: str
    is_closed: bool


def close_period(connection: sa.Connection, ending: date, *, user_id: str, now: datetime) -> tuple[date, ...]:
    """Close a period and every earlier one that is open; gives back the ending dates of those, ascending.

    Refuses while a cost up to the end is unadjusted (UnadjustedEntries), then while an issue up to the end is
    uncovered (NegativeInventory).
    """
    take_setup(connection)
    if _known(connection, ending).is_closed:
        raise ChangeRefused([Fault(code="period_closed", found=str(ending))])
    if found := unadjusted_costs(connection, ending, most=1):
        raise UnadjustedEntries(hint_of(found[0]))
    if found := open_issues(connection, ending, most=1):
        raise NegativeInventory(hint_of(found[0]))
    return _turn(connection, closes=True, which=_period.c.ending_date <= ending, user_id=user_id, now=now)


def reopen_period(
    connection: sa.Connection, ending: date, *, user_id: str, now: datetime
) -> tuple[date, ...]:
    """Reopen a period and every later one that is closed; gives back their ending dates, ascending."""
    take_setup(connection)
    if not _known(connection, ending).is_closed:
        raise ChangeRefused([Fault(code="period_open", found=str(ending))])
    return _turn(connection, closes=False, which=_period.c.ending_date >= ending, user_id=user_id, now=now)


def create_period(connection: sa.Connection, ending: date, name: str = "") -> None:
    """A new open period; it ends after every closed one."""
    take_setup(connection)
    assert len(name) <= LONGEST_NAME
    if ending > LATEST_ENDING:
        # Corrections of what a period closed are dated the day after it.
        fault = Fault(
            code="value", pointer="/ending_date", found=str(ending), expected=f"a day to {LATEST_ENDING}"
        )
        raise ChangeRefused([fault])
    if _read(connection, ending) is not None:
        raise ChangeRefused([Fault(code="exists", pointer="/ending_date", found=str(ending))])
    closed_through = connection.scalar(
        sa.select(sa.func.max(_period.c.ending_date)).where(_period.c.is_closed)
    )
    if closed_through is not None and ending <= closed_through:
        fault = Fault(
            code="period_before_closed",
            pointer="/ending_date",
            found=str(ending),
            expected=str(closed_through),
        )
        raise ChangeRefused([fault])
    connection.execute(sa.insert(_period).values(ending_date=ending, name=name, is_closed=False))


def rename_period(connection: sa.Connection, ending: date, name: str) -> None:
    """Another name for an open period."""
    take_setup(connection)
    assert len(name) <= LONGEST_NAME
    _open(connection, ending)
    connection.execute(sa.update(_period).where(_period.c.ending_date == ending).values(name=name))


def delete_period(connection: sa.Connection, ending: date) -> None:
    """Take an open period away; what was logged about it stays."""
    take_setup(connection)
    _open(connection, ending)
    connection.execute(sa.delete(_period).where(_period.c.ending_date == ending))


def read_period(connection: sa.Connection, ending: date) -> Period:
    """One period; CardMissing when there is none."""
    return _known(connection, ending)


def test_report(connection: sa.Connection, ending: date) -> list[Obstacle]:
    """What stands against closing up to a day, unadjusted costs first; the day need be no period's end."""
    return unadjusted_costs(connection, ending) + open_issues(connection, ending)


# Pytest looks for functions of this name; the books have called it so for longer.
test_report.__test__ = False  # type: ignore[attr-defined]


def _turn(
    connection: sa.Connection,
    *,
    closes: bool,
    which: sa.ColumnElement[bool],
    user_id: str,
    now: datetime,
) -> tuple[date, ...]:
    endings = connection.scalars(
        sa.select(_period.c.ending_date)
        .where(which, _period.c.is_closed.is_not(closes))
        .order_by(_period.c.ending_date)
    ).all()
    connection.execute(sa.update(_period).where(_period.c.ending_date.in_(endings)).values(is_closed=closes))
    register_no = connection.scalar(sa.select(sa.func.max(ItemRegister.no))) or 0
    connection.execute(
        sa.insert(_log),
        [
            {
                "ending_date": ending,
                "action": "close" if closes else "reopen",
                "register_no": register_no,
                "user_id": user_id,
                "created_at": now,
            }
            for ending in endings
        ],
    )
    return tuple(endings)


def _open(connection: sa.Connection, ending: date) -> None:
    if _known(connection, ending).is_closed:
        raise ChangeRefused([Fault(code="period_closed", found=str(ending))])


def _known(connection: sa.Connection, ending: date) -> Period:
    period = _read(connection, ending)
    if period is None:
        raise CardMissing("inventory period", str(ending))
    return period


def _read(connection: sa.Connection, ending: date) -> Period | None:
    row = connection.execute(
        sa.select(_period.c.ending_date, _period.c.name, _period.c.is_closed).where(
            _period.c.ending_date == ending
        )
    ).one_or_none()
    return None if row is None else Period(*row)
