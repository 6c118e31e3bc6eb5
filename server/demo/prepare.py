"""What is done ahead, so that the first phone finds everything ready: the feed's numbers, snapshots."""

from server.jobs import run_jobs


def prepare_for_devices() -> None:
    """Do all jobs that are due now."""
    run_jobs()
