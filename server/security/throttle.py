"""Growing delays after failed tries, kept in the database so that every server process knows them.

A try is counted before it is looked at, in one transaction, so that a hundred tries at once are a hundred
counted tries. While a subject is locked nothing is looked at and nothing is counted. A success takes back
what its own login or device had counted, never what the address had.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from server.security.tables import Throttle

FORGET = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """The first `free` failures cost nothing; then the delay doubles from `first` up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def delay_after(self, failures: int) -> timedelta:
        """How long to wait after that many failures in a row."""
        if failures < self.free:
            return timedelta(0)
        # 2 ** 20 times any `first` is longer than any `longest`.
        return min(self.longest, self.first * (1 << min(failures - self.free, 20)))


@dataclass(frozen=True, slots=True)
class Try:
    """`refused_until`: do not look at it. `locks_until`: if it fails, the next one waits until then."""

    refused_until: datetime | None
    locks_until: datetime | None


LOGIN = Limit(5, timedelta(seconds=30), timedelta(minutes=15))
# A warehouse stands behind one address: more people, more typing errors.
ADDRESS = Limit(30, timedelta(seconds=30), timedelta(minutes=15))
DEVICE = Limit(10, timedelta(seconds=30), timedelta(minutes=15))
ENROLMENT = Limit(10, timedelta(minutes=1), timedelta(minutes=30))


def login_subject(login: str) -> str:
    """The same for every spelling of a login, known or not, and of bounded length."""
    return "login:" + hashlib.sha256(login.strip().casefold().encode()).hexdigest()[:40]


def device_subject(device_id: str) -> str:
    """A device that asks for a token."""
    return "device:" + hashlib.sha256(device_id.encode()).hexdigest()[:40]


def address_subject(address: str, purpose: str) -> str:
    """An address; of IPv6 the network, for one customer has 2^64 addresses."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return f"{purpose}:{address[:60]}"
    if ip.version == 6:
        return f"{purpose}:{ipaddress.ip_network((ip, 64), strict=False)}"
    return f"{purpose}:{ip}"


def count_try(connection: sa.Connection, limits: Mapping[str, Limit], now: datetime) -> Try:
    """Count a try of these subjects as failed until `forgive`, or say that it is too early for one."""
    connection.execute(sa.delete(Throttle).where(Throttle.last_failed_at < now - FORGET))
    for subject in sorted(limits):
        connection.execute(
            sa.text(
                "INSERT INTO throttle (subject, failures, last_failed_at) VALUES (:subject, 0, :now)"
                " ON CONFLICT (subject) DO NOTHING"
            ).bindparams(sa.bindparam("now", type_=Throttle.__table__.c.last_failed_at.type)),
            {"subject": subject, "now": now},
        )
    rows = connection.execute(
        sa.select(Throttle.subject, Throttle.failures, Throttle.locked_until)
        .where(Throttle.subject.in_(list(limits)))
        .order_by(Throttle.subject)
        .with_for_update()
    ).all()
    locks = [row.locked_until for row in rows if row.locked_until is not None and row.locked_until > now]
    if locks:
        return Try(refused_until=max(locks), locks_until=None)
    until = [_count(connection, row, limits[row.subject], now) for row in rows]
    return Try(refused_until=None, locks_until=max((at for at in until if at is not None), default=None))


def forgive(connection: sa.Connection, subject: str) -> None:
    """Forget the failures of a subject that has just shown that it is the right one."""
    connection.execute(sa.delete(Throttle).where(Throttle.subject == subject))


def take_back(connection: sa.Connection, subject: str) -> None:
    """Count one failure less: the try that was counted in advance was none."""
    connection.execute(
        sa.update(Throttle)
        .where(Throttle.subject == subject, Throttle.failures > 0)
        .values(failures=Throttle.failures - 1, locked_until=None)
    )


def _count(
    connection: sa.Connection, row: sa.Row[str, int, datetime | None], limit: Limit, now: datetime
) -> datetime | None:
    failures = row.failures + 1
    delay = limit.delay_after(failures)
    until = now + delay if delay else None
    connection.execute(
        sa.update(Throttle)
        .where(Throttle.subject == row.subject)
        .values(failures=failures, last_failed_at=now, locked_until=until)
    )
    return until
