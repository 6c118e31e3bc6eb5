"""A suite that cannot tell a broken protocol from a sound one proves nothing."""

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.run import simulate
from tests.simulation.seeds import first_caught, quick_factory, run_seeds


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_is_caught_within_fifty_seeds(mutant: str) -> None:
    assert first_caught(mutant, 50) is not None


def test_seed_runs_twice_to_the_same_trace() -> None:
    with quick_factory() as factory:
        for seed in range(3):
            assert simulate(factory, seed) == simulate(factory, seed)


@pytest.mark.prove
def test_a_thousand_more_seeds_break_no_promise() -> None:
    broken = [str(violation) for violation in run_seeds(range(300, 1300)) if violation is not None]
    assert not broken, "\n\n".join(broken[:3])
