"""Long polls: a request may sleep until its scope has news, but never so many that nobody answers.

A sleeper holds no database connection. It is woken by a run of the sequencer in this process, and looks
by itself four times a second. Marks that nobody has numbered yet are news too, so postings need not have
their marks numbered at once, where in a busy hour one entity would be numbered over and over. At most
`MOST_WAITERS` requests of a process sleep; the next ones are answered at once.
"""

import threading
import time
from collections.abc import Callable

# Of the 8 threads that serve an embedded server.
MOST_WAITERS = 4
LOOK_EVERY_S = 0.25

_places = threading.BoundedSemaphore(MOST_WAITERS)
_news = threading.Condition()


def tell_waiters() -> None:
    """A run of the sequencer is committed: sleepers look whether it was theirs."""
    with _news:
        _news.notify_all()


def wait_until(has_news: Callable[[], bool], wait_s: float) -> bool:
    """Sleep until `has_news` says so, at most so long; False if time is up or all places are taken."""
    deadline = time.monotonic() + wait_s
    if not _places.acquire(blocking=False):
        return False
    try:
        while (left_s := deadline - time.monotonic()) > 0:
            with _news:
                _news.wait(min(left_s, LOOK_EVERY_S))
            if has_news():
                return True
    finally:
        _places.release()
    return False
