"""Runs many seeds: from tests, and from `python -m tests.simulation` with a progress bar."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.simulation.checks import Violation
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import simulate
from tests.simulation.server import ServerFactory

# Memory, where there is such a folder: the runs sync to disk thousands of times and prove nothing by it.
_QUICK = Path("/dev/shm")


@contextmanager
def quick_factory() -> Iterator[ServerFactory]:
    """A factory on the quickest folder that this machine has."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        yield ServerFactory(Path(folder))


def quick_folder() -> str | None:
    """Where throw-away files are quickest."""
    return str(_QUICK) if _QUICK.is_dir() else None


def run_seeds(seeds: Iterable[int]) -> Iterator[Violation | None]:
    """Run seeds one by one; what each broke, or None."""
    with quick_factory() as factory:
        for seed in seeds:
            try:
                simulate(factory, seed)
            except Violation as violation:
                yield violation
            else:
                yield None


def first_caught(mutant: str, most: int = 50) -> int | None:
    """The first seed that catches a mutant; None if `most` do not."""
    with quick_factory() as factory:
        for seed in range(most):
            with MUTANTS[mutant]():
                try:
                    simulate(factory, seed)
                except Violation:
                    return seed
    return None
