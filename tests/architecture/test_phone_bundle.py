"""What is put on the phone runs there: `shared` and `terminal`, with nothing installed but Flet.

The two folders are copied away from the rest and imported in a fresh interpreter that refuses every other
package, ours and others'. It is the bundle's allow-list, tried out.
"""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.source_tree import ROOT, python_files

# Needs the browser's own modules, and makes the bundle instead of being in it; the last would start the app.
NOT_IMPORTED_HERE = ("terminal.platform.pyodide", "terminal.web", "terminal.__main__")

IMPORT_WITH_THE_REST_BLOCKED = """
import importlib, sys

class Phone:
    def find_spec(self, name, path=None, target=None):
        # Python's own record of how it was built has a name of its own on every platform.
        if name.split(".")[0] not in ALLOWED and not name.startswith("_sysconfigdata"):
            raise ImportError(f"{name} is not on the phone")
        return None

ALLOWED = set(sys.stdlib_module_names) | set(sys.argv[1].split(","))
sys.meta_path.insert(0, Phone())
for name in sys.argv[2].split(","):
    importlib.import_module(name)
    assert sys.modules[name].__file__.startswith(sys.argv[3]), sys.modules[name].__file__
print(len(sys.argv[2].split(",")), "modules")
"""


def test_shared_runs_with_the_standard_library_alone(tmp_path: Path) -> None:
    copied = copy_of("shared", into=tmp_path)

    done = import_in_fresh_interpreter(copied, allowed={"shared"}, folder=tmp_path)

    assert (done.returncode, done.stdout.strip()) == (0, f"{len(copied)} modules"), done.stderr


def test_the_terminal_runs_with_flet_and_shared_alone(tmp_path: Path) -> None:
    copied = copy_of("shared", "terminal", into=tmp_path)

    done = import_in_fresh_interpreter(
        copied, allowed={"shared", "terminal", *packages_of("flet")}, folder=tmp_path
    )

    assert (done.returncode, done.stdout.strip()) == (0, f"{len(copied)} modules"), done.stderr


def test_the_phone_is_refused_what_it_does_not_have(tmp_path: Path) -> None:
    """The check above would pass for nothing if the block did not block."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").write_text("import flask\n")

    done = import_in_fresh_interpreter(["shared"], allowed={"shared"}, folder=tmp_path)

    assert done.returncode != 0
    assert "flask is not on the phone" in done.stderr


def copy_of(*packages: str, into: Path) -> list[str]:
    """Copy packages away from the tree; gives the names of the modules to import."""
    names = []
    for path in python_files(*packages):
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, into / path)
        name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        if not name.startswith(NOT_IMPORTED_HERE):
            names.append(name)
    return names


def import_in_fresh_interpreter(
    names: list[str], *, allowed: set[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Import modules from a folder where only the allowed packages can be found."""
    return subprocess.run(
        [sys.executable, "-c", IMPORT_WITH_THE_REST_BLOCKED, ",".join(allowed), ",".join(names), str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def packages_of(distribution: str) -> set[str]:
    """Importable names of a distribution and of all that it requires without extras."""
    wanted, seen = [distribution], set()
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            required = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        wanted += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required if "extra ==" not in line]
    return {
        package
        for package, owners in importlib.metadata.packages_distributions().items()
        if any(re.sub(r"[-_.]+", "-", owner).lower() in seen for owner in owners)
    }
