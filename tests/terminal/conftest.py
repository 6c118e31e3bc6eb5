"""A device on a bench, in a small warehouse."""

from pathlib import Path

import pytest

from tests.terminal.doubles import Bench
from tests.terminal.warehouse import fill


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Not opened yet; its server has the reference data."""
    made = Bench(tmp_path)
    fill(made.server)
    return made
