"""A working day on the terminal's screens: the real app in the browser, before a real server process.

Always holds: whatever screen stands, each control has a name, is large enough for a glove, lies inside the
screen and never has the focus. The pictures go to the folder in SCANLEDGER_PICTURES, else to pytest's own.
"""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.look import TERMINAL_SIZES
from tests.browser.company import BADGE, BIN, PIN, WORKER, Company
from tests.browser.phone import VIEWPORT, Phone
from tests.browser.worker import SLOW_MS, Hands
from tests.support.server_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
DOCK, OTHER_BIN = "DOCK-IN", "A-01-01-2"
SMALL = {"width": 320, "height": 640}
SIDEWAYS = {"width": 844, "height": 390}
CONTROLS = """
() => [...document.querySelectorAll('flt-semantics[role=button], flt-semantics input')].map((control) => {
  const box = control.getBoundingClientRect();
  const name = control.getAttribute('aria-label') || control.textContent || '';
  return { name: name.trim(), x: box.x, y: box.y, width: box.width, height: box.height };
})
"""
FOCUS = "() => (document.activeElement && document.activeElement.getAttribute('role')) || ''"


class Walk(Hands):
    """A worker who looks at every screen twice and photographs it."""

    def __init__(self, page: Page, album: Path) -> None:
        super().__init__(page, random.Random(1))
        self.album = album

    def look_at(self, name: str, *, scrolls: bool = False) -> None:
        """Take a picture, then check every control on it."""
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.album / f"terminal-{name}.png")
        self.check_controls(scrolls=scrolls)

    def check_controls(self, *, scrolls: bool = False) -> None:
        size = self.page.viewport_size
        assert size is not None
        controls = self.page.evaluate(CONTROLS)
        assert controls
        for control in controls:
            assert control["name"], f"a control without a name: {control}"
            is_strip = control["y"] < TERMINAL_SIZES["strip"]
            # What has been scrolled halfway out is measured by what is left of it.
            assert scrolls or control["height"] >= (38 if is_strip else TERMINAL_SIZES["target"]), control
            assert control["x"] >= 0, control
            assert control["x"] + control["width"] <= size["width"] + 0.5, control
            assert scrolls or control["y"] + control["height"] <= size["height"] + 0.5, control

    def press(self, name: str) -> None:
        """Press a button; it must not keep the focus, or the scanner's Enter would press it again."""
        super().press(name)
        assert self.page.evaluate(FOCUS) != "button"

    def opens(self, name: str, first_words: str) -> None:
        """Press a button and wait for what it opens."""
        self.press(name)
        self.sees(first_words)

    def scans(self, code: str, words: str) -> None:
        """Scan and wait for the answer."""
        self.scanner.scan(code)
        self.sees(words)

    def reads_in_order(self, *names: str) -> None:
        """These controls stand one after the other where a screen reader goes through the screen."""
        read = [control["name"] for control in self.page.evaluate(CONTROLS)]
        start = read.index(names[0])
        assert read[start : start + len(names)] == list(names), read

    def resize(self, size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.page.wait_for_timeout(500)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where the pictures go."""
    folder = Path(os.environ.get("SCANLEDGER_PICTURES", str(tmp_path / "pictures")))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def company(pwa_site: Path, tmp_path: Path) -> Company:
    return Company(tmp_path / "home", pwa_site)


@pytest.fixture
def server(company: Company) -> Iterator[ServerProcess]:
    process = ServerProcess(company.config)
    yield process
    process.stop(signal.SIGKILL)


def test_a_working_day_on_every_screen_in_two_languages(
    company: Company, server: ServerProcess, phone: Phone, album: Path
) -> None:
    code = company.found()
    server.start()
    page = phone.open_app(f"{server.url}/terminal/")
    walk = Walk(page, album)
    walk.sees("Enrol this device")
    walk.look_at("enrolment")

    walk = enrol_by_address(phone, page, f"{server.url}/terminal/#enrol={code}", album)
    sign_in(walk)
    barcode = company.items[0].ean13
    receive(walk, barcode, company.items[0].name)
    put_away(walk, barcode)
    move(walk, barcode)
    pick(walk, barcode)
    look_up(walk, barcode)
    see_what_became_of_it(walk)
    work_offline(walk, barcode)
    in_french_on_a_small_phone(walk, barcode)

    posted = [status for _, status in company.outcomes()]
    assert posted.count("posted") >= 5
    assert set(posted) == {"posted"}


def enrol_by_address(phone: Phone, page: Page, address: str, album: Path) -> Walk:
    """The phone's own camera opened the QR code: the app enrols without a scan, and keeps no code."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    phone.wait_until_shown(page)
    walk = Walk(page, album)
    walk.sees("Scan your badge")
    assert "enrol" not in page.url
    return walk


def sign_in(walk: Walk) -> None:
    """A scan counts once also while the field has the focus, and the field is empty after it."""
    walk.look_at("sign-in")
    field = walk.page.get_by_role("textbox", name="Badge")
    field.click()
    walk.scans("NOBODY", "Unknown badge")
    expect(walk.page.get_by_role("textbox", name="Badge")).to_have_value("")
    walk.page.get_by_role("textbox", name="Badge").click()
    walk.scans(BADGE, "Enter your PIN")
    walk.sees("0 digits")
    expect(walk.page.get_by_role("heading", name=WORKER)).to_be_visible()
    for digit in PIN:
        walk.press(digit)
    walk.look_at("pin")
    walk.opens("Sign in", "Scan anything, item, bin, label")
    walk.look_at("home")


def receive(walk: Walk, barcode: str, description: str) -> None:
    walk.opens("Receive, from a supplier", "Scan the item")
    expect(walk.page.get_by_role("heading", name="Receive")).to_be_visible()
    walk.look_at("receive")
    walk.scanner.scan(barcode)
    walk.sees("Go. 1. Received into DOCK-IN.")
    walk.page.screenshot(path=walk.album / "terminal-go.png")
    walk.sees(description)
    walk.check_controls()

    # The scanner's Enter on its own presses nothing.
    walk.scanner.scan("")
    walk.sees("Go. 1. Received into DOCK-IN.")

    walk.scans("NO-SUCH-CODE", "Look. ? Unknown code, kept.")
    walk.sees("NO-SUCH-CODE")
    walk.look_at("look")
    key_quantities(walk, barcode)
    walk.opens("Back", "Put away")


def key_quantities(walk: Walk, barcode: str) -> None:
    """All of a line, and "12 ×"; a pad that is closed leaves nothing behind."""
    walk.opens("Qty", "How many in all?")
    assert walk.page.get_by_role("button", name="Key a number").get_attribute("aria-disabled") == "true"
    walk.press("2")
    walk.press("4")
    walk.sees("Take 24")
    walk.reads_in_order("9", "Decimal point", "0", "Delete", "Take 24")
    walk.look_at("quantity")
    walk.opens("Take 24", "Go. 24. Received into DOCK-IN. 23 ×")

    walk.opens("12 ×", "How often is the next scan?")
    walk.opens("Back", "Scan the item")
    walk.opens("12 ×", "How often is the next scan?")
    walk.press("1")
    walk.press("2")
    walk.opens("Take 12", "12 × the next scan")
    walk.scans(barcode, "Go. 36. Received into DOCK-IN. 12 ×")
    # A scan while the pad is open is a scan, never digits of the quantity.
    walk.opens("Qty", "How many in all?")
    walk.scans(barcode, "Go. 37. Received into DOCK-IN.")


def put_away(walk: Walk, barcode: str) -> None:
    walk.opens("Put away, dock to bin", f"Scan what you take from {DOCK}")
    walk.scans(barcode, "1 in hand. Scan the bin they go to.")
    walk.look_at("put-away")
    walk.scans(BIN, f"Go. 1. Put away in {BIN}.")
    walk.opens("Back", "Scan anything, item")


def move(walk: Walk, barcode: str) -> None:
    walk.opens("Move, bin to bin", "Scan the bin you take from")
    walk.scans(DOCK, f"You take from {DOCK}")
    walk.scans(barcode, "1 in hand.")
    walk.scans(DOCK, f"Stop. You took it from {DOCK}. Scan the bin it goes to.")
    walk.look_at("stop")
    walk.scans(OTHER_BIN, f"Go. 1. Moved to {OTHER_BIN}.")
    walk.opens("Back", "Scan anything, item")


def pick(walk: Walk, barcode: str) -> None:
    walk.opens("Pick, for a customer", "Scan bin or item")
    walk.scans(BIN, f"You are at {BIN}")
    walk.scans(barcode, f"Go. 1. Picked from {BIN}.")
    walk.opens("Back", "Scan anything, item")
    walk.opens("Adjust, found, lost", "Choose the reason")
    walk.look_at("adjust", scrolls=True)
    walk.opens("Damaged", "Scan bin or item")
    walk.scans(DOCK, f"You are at {DOCK}")
    walk.scans(barcode, f"Go. −1. Adjusted in {DOCK}. −1 ×")
    walk.opens("Qty", "How many in all?")
    walk.press("3")
    walk.opens("Take 3", f"Go. −3. Adjusted in {DOCK}. −2 ×")
    walk.look_at("adjusted")
    walk.opens("Back", "Scan anything, item")


def look_up(walk: Walk, barcode: str) -> None:
    """A scan on the home screen is never lost: it shows what it is."""
    walk.scans(barcode, "Stock as of")
    walk.look_at("look-up", scrolls=True)
    walk.opens("Back", "Scan anything, item")


def see_what_became_of_it(walk: Walk) -> None:
    walk.page.get_by_role("button", name=re.compile("All sent. Opens what became")).click(timeout=SLOW_MS)
    walk.sees("What became of my scans")
    posted = walk.page.get_by_role("button", name=re.compile("^Posted. Pick 1 ×"))
    expect(posted).to_be_visible(timeout=SLOW_MS)
    expect(walk.page.get_by_role("button", name=re.compile("^Posted. Adjust −2 ×"))).to_be_visible()
    walk.look_at("queue", scrolls=True)
    posted.click()
    walk.sees("Posted. Nothing for you to do.")
    walk.look_at("transaction", scrolls=True)
    walk.opens("Back", "What became of my scans")
    walk.opens("Back", "Scan anything, item")


def work_offline(walk: Walk, barcode: str) -> None:
    """Offline is a condition: the strip says since when and how many wait, and all goes by itself later."""
    walk.page.context.set_offline(True)
    walk.opens("Receive, from a supplier", "Scan the item")
    walk.scans(barcode, "Go. 1. Received into DOCK-IN.")
    strip = walk.page.get_by_role("button", name=re.compile(r"Offline since \d\d:\d\d, 1 waiting\."))
    expect(strip).to_be_visible(timeout=SLOW_MS)
    walk.look_at("offline")
    strip.click()
    walk.sees("On this device, not sent yet")
    walk.look_at("queue-offline", scrolls=True)
    walk.page.context.set_offline(False)
    walk.opens("Try now, tries by itself too", "Online, All sent")
    walk.opens("Back", "Scan the item")
    walk.opens("Back", "Scan anything, item")


def in_french_on_a_small_phone(walk: Walk, barcode: str) -> None:
    """The longest words on the smallest screen, and a phone that lies on its side."""
    walk.opens("Settings", "High contrast")
    walk.look_at("settings", scrolls=True)
    walk.opens("Français", "Réglages")
    walk.press("Sombre")
    walk.opens("Retour", "Tout scanner, article, emplacement, étiquette")
    walk.look_at("home-fr-dark")
    walk.resize(SMALL)
    walk.check_controls()
    walk.opens("Déplacer, de lieu à lieu", "Scannez l’emplacement de départ")
    walk.scans(DOCK, f"Vous prenez en {DOCK}")
    walk.scans(barcode, "1 en main.")
    walk.check_controls()
    walk.scans(DOCK, f"Stop. Vous l’avez pris en {DOCK}. Scannez l’emplacement d’arrivée.")
    walk.check_controls()
    walk.opens("Qté", "Combien en tout ?")
    walk.check_controls()
    walk.opens("Retour", "Scannez l’emplacement")
    walk.resize(SIDEWAYS)
    walk.check_controls(scrolls=True)
    walk.opens("Accueil", "Tout scanner, article, emplacement, étiquette")
    walk.check_controls(scrolls=True)
    walk.resize(dict(VIEWPORT))
