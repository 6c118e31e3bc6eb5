"""A quarter of the seeds that every test run goes through; a file of its own, to run beside the others."""

from tests.simulation.seeds import run_seeds


def test_no_seed_of_this_quarter_breaks_a_promise() -> None:
    broken = [str(violation) for violation in run_seeds(range(75, 150)) if violation is not None]
    assert not broken, "\n\n".join(broken[:3])
