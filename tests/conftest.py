"""Fixtures of every test, and the report of what this run left out."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests.support.chromium import find_chromium
from tests.support.missing import ServiceMissing, leave_out

pytest_plugins = ["tests.support.fixtures", "tests.support.scratch"]


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser that browser tests start (`executable_path` of Playwright's launch)."""
    try:
        return find_chromium()
    except ServiceMissing as refusal:
        leave_out(f"browser tests need Chromium: {refusal}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; one for all tests of a process, since a second one refuses to run beside it."""
    with sync_playwright() as running:
        yield running


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps a file's tests in one process, and all that drive Chromium in the same one.

    Two browsers at once on a small machine make each other late, and then wait for nothing but time.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "chromium" if "browser" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """Share out the tests among the processes of `pytest -n`."""
    return FileByFile(config, log)


@pytest.fixture(autouse=True)
def _no_loop_of_another_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its loop marked as running; whoever runs one of their own must not meet it."""
    if "playwright" in request.fixturenames:
        yield
        return
    left_behind = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left_behind)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out, just above pytest's own closing line, where it cannot be missed."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section("NOT TESTED IN THIS RUN", yellow=True, bold=True)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5d} test{' ' if count == 1 else 's'}: {reason}")
