"""The page around the app: alive at once, one tab, our caches, a new build only when the app says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from terminal.web.build import build_site
from tests.browser.conftest import PROBE
from tests.browser.phone import Phone, ask_probe
from tests.browser.site_server import SiteServer

pytestmark = pytest.mark.browser
IS_BUILD = "(id) => document.querySelector(`meta[name='scanledger-build'][content='${id}']`) !== null"
Serve = Callable[[Path], SiteServer]


def test_the_terminal_itself_starts_and_asks_nobody_else(pwa_site: Path, serve: Serve, phone: Phone) -> None:
    server = serve(pwa_site)
    answered: list[str] = []
    phone.launch().on("response", lambda response: answered.append(response.url))

    page = phone.open(server.url)
    expect(page.locator("#splash")).to_contain_text("Scanledger", timeout=5_000)
    phone.wait_until_shown(page)
    phone.wait_until_it_starts_offline(page)

    expect(page.locator("#splash")).to_have_count(0)
    assert [url for url in answered if not url.startswith((server.url, "blob:", "data:"))] == []
    assert [line for line in phone.console if line.startswith("page error")] == []


def test_a_second_tab_says_so_and_goes_on_when_the_first_is_closed(
    probe_site: Path, serve: Serve, phone: Phone
) -> None:
    server = serve(probe_site)
    first = phone.open_app(server.url)

    second = phone.open(server.url, new_tab=True)
    expect(second.locator("#splash-text")).to_contain_text("open in another tab", timeout=15_000)
    assert second.evaluate("() => document.querySelector('flutter-view')") is None
    first.close()

    phone.wait_until_shown(second)
    assert ask_probe(second, "return journal.texts()") == []


def test_a_new_build_waits_until_the_app_takes_it(
    probe_site: Path, tmp_path: Path, serve: Serve, phone: Phone
) -> None:
    server = serve(shutil.copytree(probe_site, tmp_path / "site"))
    page = phone.open_app(server.url)
    phone.wait_until_it_starts_offline(page)
    old_build = ask_probe(page, "return (await ports.host.facts()).build_id")
    (tmp_path / "note.txt").write_text("another build")
    beside = [("probe.py", PROBE), ("note.txt", tmp_path / "note.txt")]
    new_build = build_site(server.site, module="probe", beside=beside)

    page = phone.open_app(server.url)
    page.wait_for_function("() => scanledger.registration && scanledger.registration.waiting", timeout=60_000)
    facts = ask_probe(page, "facts = await ports.host.facts(); return [facts.build_id, facts.has_new_build]")
    assert facts == [old_build, True]

    ask_probe(page, "await ports.host.take_new_build(); return 1")
    page.wait_for_function(IS_BUILD, arg=new_build, timeout=60_000)
    phone.wait_until_shown(page)

    assert new_build != old_build
    assert ask_probe(
        page, "facts = await ports.host.facts(); return [facts.build_id, facts.has_new_build]"
    ) == [
        new_build,
        False,
    ]
    assert page.evaluate("() => caches.keys()") == [f"scanledger-terminal-{new_build}"]
