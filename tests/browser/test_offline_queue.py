"""What a worker scans is posted once each and in order, though server, browser or an answer dies."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import BADGE, BIN, LOGIN, PASSWORD, PIN, Company
from tests.browser.lossy import LossyWay
from tests.browser.phone import Phone
from tests.browser.worker import SLOW_MS, Hands
from tests.support.server_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
POSTED_WITHIN_S = 120
# The server dies after this scan, when some have arrived and more are on their way.
KILL_SERVER_AT = 17
FIRST_BURST = 10


@pytest.fixture
def company(pwa_site: Path, tmp_path: Path) -> Company:
    """A company that nobody has told of its items yet."""
    return Company(tmp_path / "home", pwa_site)


@pytest.fixture
def server(company: Company) -> Iterator[ServerProcess]:
    """Its server, not started yet."""
    process = ServerProcess(company.config)
    yield process
    process.stop(signal.SIGKILL)


@pytest.fixture
def chance() -> random.Random:
    """Pauses and items; the same in every run, since it is Chromium that makes the runs differ."""
    return random.Random(20)


def test_fifty_scans_through_a_dead_server_and_a_dead_browser_are_posted_once_each_in_order(
    company: Company, server: ServerProcess, phone: Phone, chance: random.Random
) -> None:
    first, last = burst(company, chance, 30, ends_with=6), burst(company, chance, 20, ends_with=7)
    code = company.found()
    server.start()
    page = phone.open_app(f"{server.url}/terminal/")
    phone.wait_until_it_starts_offline(page)
    hands = Hands(page, chance)
    hands.enrol(code)
    hands.sign_in(BADGE, PIN)
    hands.begin_receiving(BIN)

    hands.scan_in_bursts(barcodes(company, first[:FIRST_BURST]))
    wait_until(lambda: company.stored() > 0)
    hands.scan_in_bursts(barcodes(company, first[FIRST_BURST:KILL_SERVER_AT]))
    server.stop(signal.SIGKILL)
    hands.scan_in_bursts(barcodes(company, first[KILL_SERVER_AT:]))
    hands.sees(company.items[6].name)
    phone.kill()
    arrived = company.stored()
    hands = Hands(phone.open_app(f"{server.url}/terminal/"), chance)
    hands.sign_in(BADGE, PIN)
    hands.begin_receiving(BIN)
    hands.scan_in_bursts(barcodes(company, last))
    hands.sees(company.items[7].name)
    assert 0 < company.stored() == arrived < 30
    server.start()
    hands.send_all_now()

    scanned = [company.items[at].item for at in first + last]
    wait_until(lambda: len(company.posted_items()) >= 50)
    hands.sees("All sent")
    assert company.posted_items() == scanned
    assert company.outcomes() == [(seq, "posted") for seq in range(1, 51)]
    assert seen_in_the_back_office(phone.open(f"{server.url}/transactions", new_tab=True)) == 50


def test_a_push_whose_answer_is_lost_after_the_commit_is_posted_once(
    company: Company, server: ServerProcess, phone: Phone, chance: random.Random
) -> None:
    scanned = burst(company, chance, 30, ends_with=6)
    code = company.found()
    server.start()
    with LossyWay(server.port) as way:
        page = phone.open_app(f"{way.url}/terminal/")
        hands = Hands(page, chance)
        hands.enrol(code)
        hands.sign_in(BADGE, PIN)
        hands.begin_receiving(BIN)
        way.lose_answers(2)
        hands.scan_in_bursts(barcodes(company, scanned))
        hands.sees(company.items[6].name)
        wait_until(lambda: way.lost >= 1)
        arrived_unheard = company.stored()

        wait_until(lambda: len(company.posted_items()) >= 30)
        hands.sees("All sent")
    assert way.lost == 2
    assert arrived_unheard > 0
    assert company.posted_items() == [company.items[at].item for at in scanned]
    assert company.outcomes() == [(seq, "posted") for seq in range(1, 31)]


def burst(company: Company, chance: random.Random, count: int, *, ends_with: int) -> list[int]:
    """Which items are scanned; the last one is scanned only there, so seeing it means that all were taken."""
    return [*chance.choices(range(6), k=count - 1), ends_with]


def barcodes(company: Company, items: list[int]) -> list[str]:
    """What the labels say."""
    return [company.items[at].ean13 for at in items]


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what the server does in its own time; what is missing then shows in the test's assertions."""
    patience = time.monotonic() + POSTED_WITHIN_S
    while not happened() and time.monotonic() < patience:
        time.sleep(0.5)


def seen_in_the_back_office(page: Page) -> int:
    """Sign in and count what the page of transactions shows as posted."""
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    rows = page.locator("tbody tr").filter(has_text="Posted")
    expect(rows.first).to_be_visible(timeout=SLOW_MS)
    return rows.count()
