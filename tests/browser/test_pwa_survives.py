"""What was scanned survives the browser being killed, and the terminal starts with the server down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone, Scanner, ask_probe
from tests.browser.site_server import SiteServer

pytestmark = pytest.mark.browser
CODES = [f"40063813339{number:02}" for number in range(20)]
SHOWN_TIMEOUT_MS = 30_000


def test_twenty_scans_survive_a_killed_browser_and_a_server_that_is_down(
    probe_site: Path, serve: Callable[[Path], SiteServer], phone: Phone
) -> None:
    server = serve(probe_site)
    page = phone.open_app(server.url)
    phone.wait_until_it_starts_offline(page)

    Scanner(page).scan_all(CODES)
    expect(page.get_by_text("20 scans")).to_be_visible(timeout=SHOWN_TIMEOUT_MS)
    phone.kill()
    server.stop()
    page = phone.open_app(server.url)

    expect(page.get_by_text("20 scans")).to_be_visible()
    assert ask_probe(page, "return journal.texts()") == CODES
