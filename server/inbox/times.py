"""When something happened, worked out from a device's clocks. Pure.

A boot clock runs on while the wall clock may be wrong, so within one boot the age of an event is exact.
Otherwise the wall clock counts, set right by the last known offset, and the doubt grows with its age.
Source: sync protocol 2.8.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.wire.envelopes import Push
from shared.wire.transactions import Transaction

OLDEST = timedelta(days=60)
MOST_UNCERTAIN = timedelta(minutes=10)
# A crystal is off by up to 50 millionths; two seconds cover what the offset itself was off by.
_DRIFT_PER_MILLION = 50
_OFFSET_DOUBT = timedelta(seconds=2)
_SAME_BOOT_DOUBT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Occurred:
    """A moment and how far off it may be; None is an uncertainty that nobody knows."""

    at: datetime
    uncertainty: timedelta | None


def occurred(transaction: Transaction, push: Push, received_at: datetime, *, may_state: bool) -> Occurred:
    """When the transaction happened: as stated by those who may, else by the clocks; never in the future."""
    if may_state and transaction.occurred_at is not None:
        return Occurred(transaction.occurred_at, timedelta(0))
    found = _by_boot_clock(transaction, push, received_at) or _by_wall_clock(transaction, push, received_at)
    return Occurred(min(found.at, received_at), found.uncertainty)


def is_doubtful(at: datetime, uncertainty: timedelta | None, received_at: datetime) -> bool:
    """Whether a person must look at the time before it decides a posting date."""
    return uncertainty is None or uncertainty > MOST_UNCERTAIN or received_at - at > OLDEST


def _by_boot_clock(transaction: Transaction, push: Push, received_at: datetime) -> Occurred | None:
    if not transaction.boot_id or transaction.boot_id != push.boot_id:
        return None
    if transaction.occurred_boot_ms is None or push.boot_ms is None:
        return None
    age_ms = min(push.boot_ms - transaction.occurred_boot_ms, 10**13)
    return Occurred(received_at - timedelta(milliseconds=max(age_ms, 0)), _SAME_BOOT_DOUBT)


def _by_wall_clock(transaction: Transaction, push: Push, received_at: datetime) -> Occurred:
    if transaction.occurred_wall is None:
        return Occurred(received_at, None)
    if transaction.clock_offset_ms is not None:
        offset = timedelta(milliseconds=max(-(10**13), min(transaction.clock_offset_ms, 10**13)))
    elif push.wall is not None:
        offset = received_at - push.wall
    else:
        return Occurred(transaction.occurred_wall, None)
    try:
        at = transaction.occurred_wall + offset
    except OverflowError:
        return Occurred(received_at, None)
    age = max(received_at - at, timedelta(0))
    return Occurred(at, _OFFSET_DOUBT + age * _DRIFT_PER_MILLION / 1_000_000)
