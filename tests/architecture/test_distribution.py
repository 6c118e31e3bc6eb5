"""What is installed elsewhere is whole: the built distribution carries every file of the three packages."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.source_tree import PRODUCT, ROOT, project_files


def test_the_distribution_carries_every_file_of_the_packages_and_no_test(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for path in project_files():
        if path.parts[0] in {*PRODUCT, "pyproject.toml", "README.md", "LICENSE"}:
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, tree / path)

    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, tree], check=True, capture_output=True)

    (wheel,) = tmp_path.glob("scanledger-*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.as_posix()
        for path in project_files()
        if path.parts[0] in PRODUCT and not path.name.startswith(".")
    }
    assert wanted - carried == set()
    assert {name.split("/")[0] for name in carried if ".dist-info/" not in name} == set(PRODUCT)
