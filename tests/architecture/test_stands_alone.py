"""The project stands alone: nothing in it depends on the machine or the place where it was written."""

import re
import tomllib
from pathlib import Path

from tests.support.source_tree import ROOT, project_files

LONGEST_READ_BYTES = 1_000_000
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(root|work|home|Users)/[\w.]")
BESIDE_THE_TREE = re.compile(r"(?<![\w/])\.\./shared/(spec|scenarios|gs1|dataset|look|design|style)")
PACKAGE_INDEX = re.compile(
    r"pypi\.(org|io)|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|--(extra-)?index-url"
)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_no_file_looks_outside_the_tree() -> None:
    assert lines_with(BESIDE_THE_TREE) == []


def test_no_file_names_a_package_index() -> None:
    assert lines_with(PACKAGE_INDEX) == []


def test_the_lock_has_a_hash_for_everything_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = {name_of(line) for line in [*project["dependencies"], *extras["server"], *extras["dev"]]}
    lock = (ROOT / "requirements.lock").read_text()
    name = r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?"
    locked = set(re.findall(name + r"==\S+ (?:;.*)?\\\n {4}--hash=sha256:", lock, re.MULTILINE))

    assert asked - locked == set()


def name_of(requirement: str) -> str:
    """The normalized name in `Flask-WTF[extra]>=1`."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands in the project's text files, as path:line and the line."""
    return [
        f"{path}:{number} {line.strip()[:120]}"
        for path in project_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def text_of(path: Path) -> str:
    """A file's text; nothing for pictures, archives and the like."""
    content = (ROOT / path).read_bytes()
    if len(content) > LONGEST_READ_BYTES or b"\0" in content[:8000]:
        return ""
    return content.decode("utf-8", errors="replace")
