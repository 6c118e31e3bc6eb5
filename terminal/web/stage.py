"""Puts the app's sources where `flet build` looks for them: `python -m terminal.web.stage build/phone`.

Flet packs a whole folder and wants its entry in the folder's root, so it gets a folder that holds the
allow-list and nothing else. Untried: `flet build` needs the Flutter SDK (docs/terminal-platform.md).
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from terminal.web.build import APP_PACKAGES, ROOT

ENTRY = '"""Starts the terminal inside an APK or IPA."""\n\nfrom terminal.main import start\n\nstart()\n'
LEFT_OUT = shutil.ignore_patterns("__pycache__", "web", "pyodide.py", "*.po", "*.pot")


def stage_sources(out: Path) -> None:
    """Fill `out` anew with the entry, `shared/`, `terminal/` and the assets."""
    if out.exists():
        shutil.rmtree(out)
    for package in APP_PACKAGES:
        shutil.copytree(ROOT / package, out / package, ignore=LEFT_OUT)
    (out / "main.py").write_text(ENTRY, encoding="utf-8")
    shutil.copytree(ROOT / "terminal" / "assets", out / "assets")
    shutil.copyfile(ROOT / "terminal" / "web" / "icons" / "icon-512.png", out / "assets" / "icon.png")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=Path)
    stage_sources(arguments.parse_args().out)
