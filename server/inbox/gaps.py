"""Which numbers of a device's history are missing. Pure.

A gap never blocks. It closes when its numbers arrive, and is lost once the device says that its queue
is empty though it has made them: so even a smashed handset leaves a visible, numbered loss.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """How far a history of one epoch has arrived: the highest number, and the open ranges below it."""

    head: int
    gaps: tuple[tuple[int, int], ...]

    @property
    def durable_through(self) -> int:
        """The highest number up to which everything is here."""
        return self.gaps[0][0] - 1 if self.gaps else self.head


def arrive(history: History, seqs: Iterable[int]) -> History:
    """The history after these numbers have arrived, in whatever order."""
    head, gaps = history.head, list(history.gaps)
    for seq in sorted(set(seqs)):
        if seq > head:
            if seq > head + 1:
                gaps.append((head + 1, seq - 1))
            head = seq
        else:
            gaps = [part for gap in gaps for part in _without(gap, seq)]
    return History(head, tuple(gaps))


def lost_ranges(history: History, queue_depth: int, reported_max: int) -> tuple[tuple[int, int], ...]:
    """The gaps that will never arrive: the device has nothing left to send and has made these numbers."""
    if queue_depth:
        return ()
    open_end = ((history.head + 1, reported_max),) if reported_max > history.head else ()
    return tuple(gap for gap in history.gaps if gap[1] <= reported_max) + open_end


def _without(gap: tuple[int, int], seq: int) -> list[tuple[int, int]]:
    low, high = gap
    if not low <= seq <= high:
        return [gap]
    return [part for part in ((low, seq - 1), (seq + 1, high)) if part[0] <= part[1]]
