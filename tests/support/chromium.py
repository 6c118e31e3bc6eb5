"""Finds the Chromium that the browser tests drive.

Always holds: the answer is the path of a program that is there. SCANLEDGER_TEST_CHROMIUM, when given, is the
only one tried.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.missing import ServiceMissing

NAMES_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KNOWN_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> Path:
    """The browser to start; refuses with ServiceMissing."""
    named = os.environ.get("SCANLEDGER_TEST_CHROMIUM")
    if named:
        if not Path(named).exists():
            raise ServiceMissing(f"SCANLEDGER_TEST_CHROMIUM names {named}, which is not there")
        return Path(named)
    for path in candidates():
        if path.exists():
            return path
    raise ServiceMissing("no Chromium is installed (`make test` installs one)")


def candidates() -> Iterator[Path]:
    """Every place where a browser may be, the system's before Playwright's own."""
    for name in NAMES_ON_PATH:
        found = shutil.which(name)
        if found:
            yield Path(found)
    yield from map(Path, KNOWN_PLACES)
    if does_playwright_run():
        with sync_playwright() as playwright:
            yield Path(playwright.chromium.executable_path)


def does_playwright_run() -> bool:
    """Whether the Node that Playwright brings starts here; a bare Debian lacks a library that it wants."""
    done = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def install_playwrights_own() -> None:
    """Download the build that Playwright was tested with; for machines whose packages we may not touch."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
