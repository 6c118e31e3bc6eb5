"""What browser tests share: the PWA built once, a server that can go down, a phone that can be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from terminal.web.build import build_site
from tests.browser.phone import Phone
from tests.browser.site_server import SiteServer

PROBE = Path(__file__).with_name("probe.py")


@pytest.fixture(scope="session")
def pwa_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The terminal as it is served."""
    site = tmp_path_factory.mktemp("pwa") / "site"
    build_site(site)
    return site


@pytest.fixture(scope="session")
def probe_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site with the probe in the app's place."""
    site = tmp_path_factory.mktemp("probe") / "site"
    build_site(site, module="probe", beside=[("probe.py", PROBE)])
    return site


@pytest.fixture
def serve() -> Iterator[Callable[[Path], SiteServer]]:
    """Start a server for a built site; it ends with the test."""
    servers: list[SiteServer] = []

    def start(site: Path) -> SiteServer:
        server = SiteServer(site)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def phone(playwright: Playwright, chromium_path: Path, tmp_path: Path) -> Iterator[Phone]:
    """One device: its storage lasts through kills and restarts within the test."""
    device = Phone(playwright, chromium_path, tmp_path / "profile")
    yield device
    device.close()
