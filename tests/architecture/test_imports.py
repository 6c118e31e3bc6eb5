"""Who may import whom: the contracts of pyproject.toml, and the libraries that each part may use."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_tree import PRODUCT, ROOT, imported_modules, python_files

# What is there only where the file runs: in the browser, at the build, on a developer's machine.
ELSEWHERE = {
    "terminal/platform/pyodide.py": {"js", "pyodide", "pyodide_js"},
    "terminal/web/build.py": {"flet_web"},
    "terminal/main.py": {"uvicorn"},
}
CORE = ("masterdata", "costing", "tracking", "general_ledger", "ledger", "availability")
IMPURE = {
    "flask", "sqlalchemy", "flet", "os", "time", "random", "secrets", "sqlite3", "threading", "asyncio",
    "subprocess", "socket", "logging",
}  # fmt: skip


def test_no_import_breaks_a_contract() -> None:
    program = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_shared_imports_the_standard_library_only() -> None:
    assert foreign_imports("shared", allowed={"shared"}) == []


@pytest.mark.parametrize("part", ["terminal/flows", "terminal/store"])
def test_flows_and_store_import_shared_only(part: str) -> None:
    own = part.replace("/", ".")

    assert foreign_imports(part, allowed={"shared", own}) == []


def test_the_terminal_imports_flet_and_shared_only() -> None:
    found = foreign_imports("terminal", allowed={"terminal", "shared", "flet"})

    assert [line for line in found if not is_known_elsewhere(line)] == []


def test_pure_modules_import_nothing_impure() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in pure_files()
        for line, name in imported_modules(path)
        if name.split(".")[0] in IMPURE
    ]

    assert found == []


def test_the_core_has_no_routes() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in python_files(*(f"server/{folder}" for folder in CORE))
        for line, name in imported_modules(path)
        if name.split(".")[0] in {"flask", "apiflask", "flask_wtf"}
    ]

    assert found == []


def test_the_product_never_imports_its_tests_or_tools() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in python_files(*PRODUCT)
        for line, name in imported_modules(path)
        if name.split(".")[0] in {"tests", "pytest", "hypothesis"}
    ]

    assert found == []


def pure_files() -> list[Path]:
    """The files that take values and return values."""
    rules = [
        path for path in python_files("server") if path.name == "rules.py" or path.parent.name == "rules"
    ]
    plan = [
        path for path in python_files("server/ledger") if path.stem == "plan" or path.parent.name == "plan"
    ]
    return [*python_files("shared", "server/costing", "terminal/flows"), *rules, *plan]


def foreign_imports(folder: str, *, allowed: set[str]) -> list[str]:
    """Imports from outside the standard library and the allowed packages."""
    return [
        f"{path}:{line} {name}"
        for path in python_files(folder)
        for line, name in imported_modules(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == package or name.startswith(package + ".") for package in allowed)
    ]


def is_known_elsewhere(finding: str) -> bool:
    """Whether an import found is one that only this file may have."""
    place, name = finding.split()
    return name.split(".")[0] in ELSEWHERE.get(place.split(":")[0], set())
