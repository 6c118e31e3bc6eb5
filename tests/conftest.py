"""Fixtures of every test, and the report of what this run left out."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.chromium import find_chromium
from tests.support.missing import ServiceMissing, leave_out

pytest_plugins = ["tests.support.fixtures"]


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser that browser tests start (`executable_path` of Playwright's launch)."""
    try:
        return find_chromium()
    except ServiceMissing as refusal:
        leave_out(f"browser tests need Chromium: {refusal}")


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
