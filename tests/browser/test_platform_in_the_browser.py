"""The ports of `terminal.platform` in Pyodide, asked in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.phone import Phone, Scanner, ask_probe
from tests.browser.site_server import SiteServer

pytestmark = pytest.mark.browser
STORED_FILE = """
(path) => new Promise((resolve, reject) => {
  const opened = indexedDB.open("/data");
  opened.onerror = reject;
  opened.onsuccess = () => {
    const got = opened.result.transaction("FILE_DATA").objectStore("FILE_DATA").get(path);
    got.onerror = reject;
    got.onsuccess = () => {
      opened.result.close();
      resolve(Array.from(got.result.contents, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    };
  };
})
"""
STORAGE_IS_FULL = """
() => {
  self.realPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}
"""


@pytest.fixture(scope="module")
def server(probe_site: Path) -> Iterator[SiteServer]:
    running = SiteServer(probe_site)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def device(
    playwright: Playwright, chromium_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Phone]:
    """One phone for the whole file: a start takes seconds and these tests do not disturb each other."""
    phone = Phone(playwright, chromium_path, tmp_path_factory.mktemp("profile"))
    yield phone
    phone.close()


@pytest.fixture
def page(device: Phone, server: SiteServer) -> Page:
    """The running probe; loaded anew only when the last test left the page."""
    page = device.launch().pages[0]
    if page.url != server.url or page.evaluate("() => performance.getEntriesByName('left').length > 0"):
        page = device.open_app(server.url)
        device.wait_until_it_starts_offline(page)
    return page


def test_http_brings_status_headers_and_bytes_both_ways(page: Page) -> None:
    told = ask_probe(
        page,
        """
        answer = await ports.http.request(
            "POST", "/sync/teapot", headers={"X-Probe": "seven"}, body=bytes([0, 255, 16]))
        return [answer.status, answer.headers["content-type"], answer.body.decode()]
        """,
    )

    assert told == [418, "application/json", '{"got": "00ff10", "agent": "seven"}']


@pytest.mark.parametrize(
    ("request_line", "timeout_s"),
    [
        ('"POST", "/sync/slow", body=b"{}"', 0.3),
        ('"GET", "http://127.0.0.1:9/sync/v1/hello"', 5),
    ],
    ids=["too late", "refused"],
)
def test_http_without_an_answer_is_unreachable(page: Page, request_line: str, timeout_s: float) -> None:
    told = ask_probe(
        page,
        f"""
        from terminal.platform.ports import Unreachable
        try:
            await ports.http.request({request_line}, timeout_s={timeout_s})
        except Unreachable:
            return "unreachable"
        return "answered"
        """,
    )

    assert told == "unreachable"


def test_api_and_sync_answers_never_come_from_a_cache(page: Page, server: SiteServer) -> None:
    get_twice = """
        first = await ports.http.request("GET", "{path}")
        second = await ports.http.request("GET", "{path}")
        return [first.body.decode(), second.body.decode()]
    """

    for path in ("/sync/v1/hello", "/api/v1/items"):
        told = ask_probe(page, get_twice.format(path=path))

        assert isinstance(told, list)
        assert told[0] != told[1]
        assert server.seen.count(f"GET {path}") >= 2


def test_the_boot_clock_runs_and_the_wall_clock_is_in_utc(page: Page) -> None:
    told = ask_probe(
        page,
        """
        before = ports.clock.boot_ms()
        await asyncio.sleep(0.05)
        return [ports.clock.boot_ms() - before, ports.clock.wall().isoformat(), len(ports.clock.boot_id)]
        """,
    )

    assert isinstance(told, list)
    passed_ms, wall, id_length = told
    assert 40 <= passed_ms < 5_000
    assert wall.endswith("+00:00")
    assert id_length == 36


def test_commits_within_one_millisecond_are_all_copied(page: Page) -> None:
    """IDBFS compares times in milliseconds, and here the clock stands still."""
    worker = page.workers[0]
    worker.evaluate("() => { self.realNow = Date.now; const frozen = Date.now(); Date.now = () => frozen; }")
    try:
        held = ask_probe(
            page,
            """
            import sqlite3
            path = ports.files.data / "quick.db"
            db = sqlite3.connect(path, isolation_level=None)
            db.execute("CREATE TABLE IF NOT EXISTS n (n)")
            for n in range(5):
                db.execute("INSERT INTO n VALUES (?)", (n,))
                await ports.files.make_durable()
            return path.read_bytes().hex()
            """,
        )
    finally:
        worker.evaluate("() => { Date.now = self.realNow; }")

    assert worker.evaluate(STORED_FILE, "/data/quick.db") == held


def test_calls_of_make_durable_at_the_same_time_are_all_served(page: Page) -> None:
    told = ask_probe(
        page,
        """
        await asyncio.gather(*(ports.files.make_durable() for _ in range(20)))
        return "served"
        """,
    )

    assert told == "served"


def test_what_cannot_be_copied_is_not_durable(page: Page) -> None:
    worker = page.workers[0]
    worker.evaluate(STORAGE_IS_FULL)
    try:
        told = ask_probe(
            page,
            """
            from terminal.platform.ports import NotDurable
            (ports.files.data / "more.txt").write_text("x")
            try:
                await ports.files.make_durable()
            except NotDurable as refusal:
                return str(refusal)
            return "durable"
            """,
        )
    finally:
        worker.evaluate("() => { IDBObjectStore.prototype.put = self.realPut; }")

    assert isinstance(told, str)
    assert told.startswith("/data was not written to lasting storage")
    ask_probe(page, "await ports.files.make_durable()")
    assert worker.evaluate(STORED_FILE, "/data/more.txt") == b"x".hex()


def test_a_refusal_of_lasting_storage_is_told(page: Page) -> None:
    """Headless Chromium refuses; the page asked, and the app can say so."""
    told = ask_probe(
        page,
        "facts = await ports.host.facts(); return [facts.kind, facts.storage_persistent, facts.build_id]",
    )

    assert isinstance(told, list)
    assert told[:2] == ["pwa", False]
    assert page.locator('meta[name="scanledger-build"]').get_attribute("content") == told[2]


def test_codes_of_every_kind_arrive_as_they_were_printed(page: Page) -> None:
    codes = ["]C10109521101530001171405\x1d10AB-123", "Lot:aBc/9_*$%", "(01)09521101530001", "LOC 4-2.B"]
    before = ask_probe(page, "return len(journal.texts())")
    assert isinstance(before, int)

    scanner = Scanner(page)
    for code in codes[:2]:
        scanner.scan(code)
    for code in codes[2:]:
        scanner.scan(code, suffix="Tab")

    expect(page.get_by_text(f"{before + 4} scans")).to_be_visible(timeout=30_000)
    assert ask_probe(page, f"return journal.texts()[{before}:]") == codes


def test_install_id_and_settings_outlive_the_page(page: Page, device: Phone, server: SiteServer) -> None:
    ask_probe(
        page,
        "await ports.install_id.set('018f-a'); await ports.settings.set('hand', 'left'); return 1",
    )

    page = device.open_app(server.url)

    assert ask_probe(page, "return [await ports.install_id.get(), ports.settings.get('hand')]") == [
        "018f-a",
        "left",
    ]
    assert page.evaluate("() => localStorage.getItem('scanledger.install_id')") == "018f-a"


def test_reference_data_lies_in_a_store_of_its_own(page: Page, device: Phone, server: SiteServer) -> None:
    ask_probe(
        page,
        """
        (ports.files.reference / "ref.txt").write_text("kept")
        await ports.files.keep_reference()
        return 1
        """,
    )

    page = device.open_app(server.url)

    assert ask_probe(page, "return (ports.files.reference / 'ref.txt').read_text()") == "kept"
    assert ask_probe(page, "return ports.files.data == ports.files.reference") is False
