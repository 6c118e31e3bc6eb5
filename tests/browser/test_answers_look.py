"""The three answers in a real browser: told apart in grey, spoken, with nothing fetched from elsewhere."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from shared.look import ANSWERS
from tests.support.source_tree import ROOT

Grey = list[int]


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The kit's gallery, served by a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "terminal.look", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "FLET_FORCE_WEB_SERVER": "true"},
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        served.terminate()
        served.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: Path) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    browser = playwright.chromium.launch(executable_path=str(chromium_path), args=arguments)
    yield browser
    browser.close()


def test_answers_are_told_apart_in_grey_and_spoken(gallery: str, browser: Browser) -> None:
    edges: dict[str, Grey] = {}
    panels: dict[str, int] = {}
    spoken: dict[str, str] = {}

    for kind in ANSWERS:
        # A page of its own: Flet gives a reload its former session, and so its former screen.
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{gallery}/{kind}")
        page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=60_000)
        # What a screen reader is told of the answer, in one sentence.
        answer = page.locator("flt-semantics span", has_text=f"{kind.capitalize()}.")
        answer.first.wait_for(state="attached", timeout=60_000)
        spoken[kind] = answer.first.inner_text()
        grey = shown(page, kind)
        edges[kind] = list(grey.crop((3, 360, 4, 844)).tobytes())
        panels[kind] = grey.crop((360, 120, 361, 121)).tobytes()[0]
        page.close()

    # Solid has one tone, dashes change rarely, stripes often.
    changes = {
        kind: sum(abs(one - next_one) > 40 for one, next_one in pairwise(edge))
        for kind, edge in edges.items()
    }
    assert changes["go"] == 0
    assert 10 <= changes["look"] <= 22
    assert changes["stop"] >= 14
    assert panels["look"] > panels["go"] + 60
    assert panels["look"] > panels["stop"] + 60
    assert spoken["stop"] == "Stop. Wrong item. Put it back. Nothing was added."
    assert spoken["go"].startswith("Go. 24 of 24. Line done.")
    assert spoken["look"].startswith("Look. +6? Same case again?")


def shown(page: Page, kind: str) -> Image.Image:
    """The screen in grey, once the panel of the answer is painted to its height."""
    for _ in range(100):
        grey = Image.open(io.BytesIO(page.screenshot())).convert("L")
        if grey.getpixel((30, ANSWERS[kind].panel_height - 6)) != grey.getpixel(
            (30, ANSWERS[kind].panel_height + 6)
        ):
            return grey
        page.wait_for_timeout(100)
    raise TimeoutError(f"{kind} was not painted")
