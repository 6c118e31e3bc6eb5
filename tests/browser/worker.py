"""A worker at a phone: enrols it, signs in, opens a task, scans in bursts. Presses what a person presses."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Sequence

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.browser.phone import Scanner

# Two slow cores shared with other tests.
SLOW_MS = 60_000
PRESSES = 4


class Hands:
    """What a worker does on a page that shows the terminal."""

    def __init__(self, page: Page, chance: random.Random) -> None:
        self.page, self._chance = page, chance
        self.scanner = Scanner(page)

    def enrol(self, code: str) -> None:
        """Scan the code that the back office shows, and wait until items and bins are read."""
        self.sees("Enrol this device")
        self.scanner.scan(code)
        self.sees("Scan your badge")

    def sign_in(self, badge: str, pin: str) -> None:
        """Scan the badge, key the PIN."""
        self.sees("Scan your badge")
        self.scanner.scan(badge)
        self.sees("Enter your PIN")
        for digit in pin:
            self.press(digit)
        self.press("Sign in")

    def begin_receiving(self, bin_code: str) -> None:
        """Open the task and go to a bin."""
        self.press("Receive, from a supplier")
        self.sees("Scan the item")
        self.scanner.scan(bin_code)
        self.sees(f"You are at {bin_code}")

    def scan_in_bursts(self, codes: Sequence[str]) -> None:
        """Scan one after another, 0 to 100 ms apart, whatever the screen has answered so far."""
        for code in codes:
            self.scanner.scan(code)
            time.sleep(self._chance.uniform(0, 0.1))

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click(timeout=SLOW_MS)

    def sees(self, words: str) -> None:
        """Wait until the screen says it."""
        expect(self.page.locator("flt-semantics-host")).to_contain_text(words, timeout=SLOW_MS)

    def send_all_now(self) -> None:
        """Open the queue from the strip, and try to send at once."""
        try_now = self.page.get_by_role("button", name="Try now")
        for _ in range(PRESSES):
            self.page.get_by_role("button", name="Opens what became of my scans").click(timeout=SLOW_MS)
            # The strip is drawn anew when an answer settles, and a press at that moment finds nothing.
            with contextlib.suppress(NotInTime):
                try_now.wait_for(timeout=SLOW_MS / PRESSES)
                break
        try_now.click(timeout=SLOW_MS)
