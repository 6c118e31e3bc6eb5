"""A device on a bench, in a small warehouse."""

import tempfile
from collections.abc import Iterator
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


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the machine has one, for tests that write hundreds of databases."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)
