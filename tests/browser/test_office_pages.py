"""The back office's pages in a real browser: nothing blocked, nothing too wide, every control named."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import make_server

from server.database import write
from server.security.sessions import cookie_name, start_session
from tests.support.fixtures import config_for, server_on
from tests.support.people import add_person, now_of
from tests.support.warehouse import DAY, MORNING, Source, build_warehouse, line

PATHS = (
    f"/sync?day={DAY}", "/transactions", "/transactions/{parked}", "/transactions/{posted}", "/registers",
    "/registers/1", "/entries", "/entries/1", "/value-entries", "/value-entries/1", "/warehouse-entries",
    "/on-hand", "/on-hand/bins", "/on-hand/lots", "/items", "/items/GLOBE", "/bins", "/bins/DC/A1",
    "/locations", "/search?q=o",
)  # fmt: skip
NAMELESS = """() => [...document.querySelectorAll('main :is(input, select, textarea, button, a, summary)')]
    .filter((each) => each.type !== 'hidden')
    .filter((each) => !(each.labels && each.labels.length) && !each.getAttribute('aria-label')
        && !each.textContent.trim() && !each.querySelector('[aria-label]'))
    .map((each) => each.outerHTML.slice(0, 120))"""


class Office:
    """A served company, and where a parked and a posted transaction are."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        with app.app_context():
            build_warehouse()
            office, handheld = Source("office"), Source("handheld")
            office.send("receive", line("GLOBE", 12, "A1"), body_document_no="PO-1")
            self.parked = handheld.send("pick", line("GLOBE", 20, "A1")).transaction_id
            self.posted = handheld.send("pick", line("GLOBE", 2, "A1"), body_scans=("A1",)).transaction_id
            office.send("receive", line("GLOBE", 12, "A1"))
        self.person_id = add_person(app, "supervisor")

    def paths(self) -> list[str]:
        return [self.url + path.format(parked=self.parked, posted=self.posted) for path in PATHS]

    def sign_in(self, page: Page) -> None:
        with self.app.app_context():
            now = now_of(self.app)
            session = write(lambda books: start_session(books, self.person_id, now=now, address=""))
            page.context.add_cookies([{"name": cookie_name(), "value": session, "url": self.url}])


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    # It is the morning on which the warehouse works, so that the monitor shows today.
    config = replace(config_for(sqlite_url, tmp_path / "home"), now=lambda: MORNING)
    with server_on(config) as app:
        http = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield Office(app, f"http://127.0.0.1:{http.server_port}")
        http.shutdown()
        thread.join()


@pytest.fixture
def page(playwright: Playwright, chromium_path: Path, office: Office) -> Iterator[Page]:
    browser: Browser = playwright.chromium.launch(
        executable_path=str(chromium_path), args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    office.sign_in(page)
    yield page
    browser.close()


def test_every_page_fits_names_its_controls_and_is_blocked_by_no_policy(office: Office, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url} {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    wide: list[str] = []
    nameless: list[str] = []

    for address in office.paths():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        nameless += page.evaluate(NAMELESS)
        for width in (1440, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{address} at {width}")
        page.set_viewport_size({"width": 1440, "height": 900})

    assert (said, wide, nameless) == ([], [], [])


def test_a_parked_pick_is_posted_again_by_keyboard(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/transactions/{office.parked}")

    page.get_by_role("button", name="Post again −20").focus()
    page.keyboard.press("Enter")

    page.get_by_text("Posted as").first.wait_for()
    assert page.locator(".proof [aria-label=Holds]").count() == 5
    assert page.get_by_role("button", name="Post again").count() == 0


def test_filters_unfold_on_a_phone_by_keyboard(office: Office, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{office.url}/entries")
    item = page.get_by_label("Item", exact=True)
    assert not item.is_visible()

    page.get_by_role("checkbox", name="Filter").focus()
    page.keyboard.press("Space")

    assert item.is_visible()


def test_todays_monitor_renews_sums_needs_and_devices_by_itself(office: Office, page: Page) -> None:
    page.clock.install()
    page.goto(f"{office.url}/sync")
    cases = page.locator("#needs-person .cases li")
    assert cases.count() == 1

    with office.app.app_context():
        source = Source("handheld", seq=2)
        source.send("pick", line("GLOBE", 99, "A1"))
        source.push(max_seq=7, queue_depth=4)
    page.clock.fast_forward(16_000)

    cases.nth(1).wait_for()
    assert page.locator("#sums .part dd").all_inner_texts()[:3] == ["9", "5", "4"]
    assert page.locator("#devices td[data-label=Waiting]").first.inner_text() == "4"
    assert page.locator("figure.drawn canvas").count() == 1
