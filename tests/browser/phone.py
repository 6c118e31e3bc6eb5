"""A phone for the tests: one browser profile that can be opened, closed, killed and opened again.

Always holds: what a test types goes through the browser's own input, as a scanner's does; what it reads
stands in the tree that a screen reader gets.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from terminal.scanners.keys import US

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIEWPORT = {"width": 390, "height": 844}
# Two slow cores shared with other tests: a start takes 6 s alone and several times that in company.
START_TIMEOUT_MS = 90_000
SHOWN = "() => performance.getEntriesByName('scanledger-shown').length > 0"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
ASK_PROBE = """
(code) => new Promise((resolve) => {
  const channel = new BroadcastChannel("probe");
  const number = String(Math.random());
  channel.onmessage = (event) => {
    const told = JSON.parse(event.data);
    if (told.number !== number || "code" in told) return;
    channel.close();
    resolve(told);
  };
  channel.postMessage(JSON.stringify({ number, code }));
})
"""
SHIFTED = {symbol: cap for cap, symbol in US.shifted.items()}
KEY_NAMES = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, "")}
CTRL, SHIFT = 2, 8


class Phone:
    """Open it on an address, scan, read, and end it gently or not."""

    def __init__(self, playwright: Playwright, chromium: Path, profile: Path) -> None:
        self._playwright = playwright
        self._chromium = chromium
        self._profile = profile
        self._context: BrowserContext | None = None
        self.console: list[str] = []

    def launch(self) -> BrowserContext:
        """Start the browser if it is not running."""
        if self._context is None:
            self._context = self._playwright.chromium.launch_persistent_context(
                str(self._profile),
                executable_path=str(self._chromium),
                args=list(FLAGS),
                viewport=VIEWPORT,  # type: ignore[arg-type]
                locale="en-GB",
            )
        return self._context

    def open(self, url: str, *, new_tab: bool = False) -> Page:
        """Go to the page without waiting for the app."""
        context = self.launch()
        page = context.new_page() if new_tab else context.pages[0]
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(f"page error: {error}"))
        page.goto(url, wait_until="commit")
        return page

    def open_app(self, url: str) -> Page:
        """Go to the page and wait until the app's first screen stands."""
        page = self.open(url)
        self.wait_until_shown(page)
        return page

    def wait_until_shown(self, page: Page) -> None:
        page.wait_for_function(SHOWN, timeout=START_TIMEOUT_MS)
        show_semantics(page)

    def wait_until_it_starts_offline(self, page: Page) -> None:
        """Wait until our service worker has the whole build and the page."""
        page.wait_for_function(CONTROLLED, timeout=START_TIMEOUT_MS)

    def kill(self) -> None:
        """End every process of the browser at once, as an empty battery does."""
        for process in self._processes():
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        psutil.wait_procs(self._processes(), timeout=10)
        self.close()

    def close(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            try:
                context.close()
            except Exception as error:  # noqa: BLE001 a killed browser cannot say good-bye
                self.console.append(f"closing: {error}")

    def _processes(self) -> list[psutil.Process]:
        """The browser and its children, told by the profile that only they use."""
        mark = f"--user-data-dir={self._profile}"
        main = [
            process
            for process in psutil.process_iter(["cmdline"])
            if mark in (process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE
        ]
        children = [child for process in main for child in process.children(recursive=True)]
        return list({process.pid: process for process in (*main, *children)}.values())


class Scanner:
    """A keyboard-wedge scanner on a page: real key events of the browser, at a scanner's speed."""

    def __init__(self, page: Page) -> None:
        self._keys: CDPSession = page.context.new_cdp_session(page)

    def scan(self, text: str, *, suffix: str | None = "Enter", gap_ms: float = 0) -> None:
        """One trigger: every character of `text` as a US keyboard types it, then the suffix key."""
        for character in text:
            self._press_character(character)
            time.sleep(gap_ms / 1000)
        if suffix is not None:
            name, code, typed = KEY_NAMES[suffix]
            self._press(name, name, code, typed)

    def scan_all(self, texts: Sequence[str], *, gap_ms: float = 0, pause_ms: float = 0) -> None:
        """Several triggers, one after another."""
        for text in texts:
            self.scan(text, gap_ms=gap_ms)
            time.sleep(pause_ms / 1000)

    def _press_character(self, character: str) -> None:
        if character == "\x1d":
            self._held("Control", 17, CTRL, ("]", "BracketRight", 221, ""))
            return
        cap = SHIFTED.get(character, character)
        key = (character, _code_of(cap.upper()), ord(cap.upper()), character)
        if character in SHIFTED or character.isupper():
            self._held("Shift", 16, SHIFT, key)
        else:
            self._press(*key)

    def _held(self, name: str, code: int, modifiers: int, key: tuple[str, str, int, str]) -> None:
        holder = {"key": name, "code": f"{name}Left", "windowsVirtualKeyCode": code, "location": 1}
        self._keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "modifiers": modifiers, **holder})
        self._press(*key, modifiers=modifiers)
        self._keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **holder})

    def _press(self, name: str, code: str, virtual: int, text: str, *, modifiers: int = 0) -> None:
        key = {"key": name, "code": code, "windowsVirtualKeyCode": virtual, "modifiers": modifiers}
        self._keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **key})
        self._keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


CODES = {
    "-": "Minus", "=": "Equal", "[": "BracketLeft", "]": "BracketRight", "\\": "Backslash", ";": "Semicolon",
    "'": "Quote", ",": "Comma", ".": "Period", "/": "Slash", "`": "Backquote", " ": "Space",
}  # fmt: skip


def _code_of(cap: str) -> str:
    if cap.isdigit():
        return f"Digit{cap}"
    return CODES.get(cap, f"Key{cap}")


def show_semantics(page: Page) -> None:
    """Turn Flutter's semantics tree on; a real click on the placeholder fails, an event does not."""
    page.locator("flt-semantics-placeholder").dispatch_event("click")


def ask_probe(page: Page, code: str) -> object:
    """Run the body of an async function in the probe and return what it returned."""
    told = page.evaluate(ASK_PROBE, code)
    if "error" in told:
        raise AssertionError(told["error"])
    return json.loads(json.dumps(told["value"]))
