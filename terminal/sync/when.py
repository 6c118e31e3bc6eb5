"""When to try again: pure arithmetic on the boot clock.

A success is followed by the poll that the server asked for, ± 20 %, so that a fleet does not march in step;
a failure by full jitter between 1 s and a limit that doubles up to 5 min. A new transaction brings the next
try near, but never past a server that asked for a pause.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

Chance = Callable[[int], int]

SHORTEST_MS = 1_000
LONGEST_MS = 300_000
# Scans of a burst go up together.
AFTER_CONFIRM_MS = 200


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the next try is due (boot clock), how often it failed, and until when the server wants a pause."""

    due_at_ms: int = 0
    failures: int = 0
    pause_until_ms: int = 0


def after_success(now_ms: int, poll_after_s: int, chance: Chance) -> Schedule:
    """The next poll, ± 20 %."""
    poll_ms = max(1, poll_after_s) * 1_000
    return Schedule(now_ms + poll_ms * 4 // 5 + _share(poll_ms * 2 // 5, chance))


def after_failure(schedule: Schedule, now_ms: int, chance: Chance) -> Schedule:
    """No answer: full jitter, longer with every failure in a row."""
    failures = min(schedule.failures + 1, 16)
    limit_ms = min(LONGEST_MS, SHORTEST_MS << failures)
    due_at_ms = now_ms + SHORTEST_MS + _share(limit_ms - SHORTEST_MS, chance)
    return Schedule(due_at_ms, failures, schedule.pause_until_ms)


def after_busy(schedule: Schedule, now_ms: int, retry_after_s: float, chance: Chance) -> Schedule:
    """The server asked for a pause: not before it, and spread out behind it."""
    backed_off = after_failure(schedule, now_ms, chance)
    if retry_after_s <= 0:
        return replace(backed_off, pause_until_ms=backed_off.due_at_ms)
    pause_ms = min(int(retry_after_s * 1_000), LONGEST_MS)
    due_at_ms = now_ms + pause_ms + _share(max(SHORTEST_MS, pause_ms // 5), chance)
    return Schedule(due_at_ms, backed_off.failures, due_at_ms)


def after_confirm(schedule: Schedule, now_ms: int) -> Schedule:
    """A transaction waits: soon, unless tries are failing or the server wants a pause."""
    if schedule.failures or now_ms < schedule.pause_until_ms:
        return schedule
    return replace(schedule, due_at_ms=min(schedule.due_at_ms, now_ms + AFTER_CONFIRM_MS))


def at_once(schedule: Schedule, now_ms: int) -> Schedule:
    """A person pressed "Try now", or the network came back."""
    return replace(schedule, due_at_ms=max(now_ms, schedule.pause_until_ms))


def _share(of_ms: int, chance: Chance) -> int:
    """A random part of a duration."""
    return of_ms * chance(16) >> 16
