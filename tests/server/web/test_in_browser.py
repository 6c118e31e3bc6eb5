"""The office in a real browser under the strict policy: keyboard, widths, swaps without leaving the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.server.web.gallery import make_gallery, served

PAGES = ("sync", "transactions", "entries", "counts", "sign-in")


@pytest.fixture(scope="module")
def office() -> Iterator[str]:
    with served(make_gallery()) as url:
        yield url


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: Path) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=str(chromium_path), args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    yield page
    page.close()


def test_the_strict_policy_stops_nothing_that_pages_need(office: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))

    for path in PAGES:
        page.goto(f"{office}/{path}")
        page.wait_for_function("document.fonts.status === 'loaded'")

    assert [text for text in said if "autocomplete attributes" not in text] == []


def test_charts_are_drawn(office: str, page: Page) -> None:
    page.goto(f"{office}/sync")

    page.wait_for_selector("figure.drawn canvas")

    assert page.locator("figure.drawn canvas").count() == 1


def test_a_slash_goes_to_the_search_but_is_typed_in_a_field(office: str, page: Page) -> None:
    page.goto(f"{office}/entries")

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/b")

    assert page.locator("#search").input_value() == "a/b"


def test_sorting_exchanges_the_table_and_the_address(office: str, page: Page) -> None:
    page.goto(f"{office}/entries")
    page.evaluate("window.stayed = true")

    page.get_by_role("columnheader", name="Posted").get_by_role("link").click()
    page.wait_for_url("**/entries?sort=posting_date")

    page.wait_for_selector('th[aria-sort="ascending"]')
    assert page.evaluate("window.stayed") is True
    assert page.get_by_role("columnheader", name="Posted").get_attribute("aria-sort") == "ascending"


def test_filtering_keeps_what_was_typed(office: str, page: Page) -> None:
    page.goto(f"{office}/entries")

    page.get_by_label("Item", exact=True).fill("85123A")
    page.get_by_label("Item", exact=True).press("Enter")
    page.wait_for_url("**item=85123A**")

    page.wait_for_selector("text=Show all")
    assert page.get_by_label("Item", exact=True).input_value() == "85123A"


def test_no_page_is_wider_than_the_screen_in_french(office: str, page: Page) -> None:
    wide = []

    for path in PAGES:
        page.goto(f"{office}/{path}?lang=fr")
        for width in (1440, 1000, 760, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((path, width))

    assert wide == []


def test_controls_of_a_phone_are_tall_enough(office: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{office}/entries")

    # The filters are folded on a phone: a box that only its label shows opens them.
    page.evaluate("document.getElementById('entries-filters').checked = true")
    heights = page.evaluate(
        "[...document.querySelectorAll('main :is(.button, input, select, .tab), .menu')]"
        ".filter((control) => !['hidden', 'checkbox'].includes(control.type))"
        ".filter((control) => control.checkVisibility())"
        ".map((control) => [control.outerHTML.slice(0, 60), control.getBoundingClientRect().height])"
    )
    page.close()

    assert len(heights) > 6
    assert [control for control, height in heights if height < 48] == []


def test_the_menu_of_a_phone_opens_without_script(office: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{office}/sync")
    assert not page.get_by_role("link", name="Items").is_visible()

    page.get_by_role("link", name="Menu", exact=True).click()

    assert page.get_by_role("link", name="Items").is_visible()
    context.close()


def test_the_whole_head_can_be_reached_by_keyboard_with_visible_focus(office: str, page: Page) -> None:
    page.goto(f"{office}/sync")
    reached = []

    for _ in range(26):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "[document.activeElement.textContent.trim().slice(0, 20) || document.activeElement.id,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
        )

    names = [name for name, _ in reached]
    assert names[0] == "Skip to the content"
    assert {"search", "JM"} <= set(names)
    assert {outline for _, outline in reached} == {"solid"}


@pytest.mark.parametrize(
    ("wish", "ground"),
    [
        ({"color_scheme": "light"}, "rgb(244, 245, 247)"),
        ({"color_scheme": "dark"}, "rgb(14, 18, 22)"),
        ({"color_scheme": "light", "contrast": "more"}, "rgb(255, 255, 255)"),
    ],
)
def test_the_system_chooses_the_theme_unless_the_person_did(
    office: str, browser: Browser, wish: dict[str, Any], ground: str
) -> None:
    context = browser.new_context(**wish)
    page = context.new_page()
    colour = "getComputedStyle(document.documentElement).backgroundColor"

    page.goto(f"{office}/sync")
    assert page.evaluate(colour) == ground

    page.goto(f"{office}/sync?theme=dark")
    assert page.evaluate(colour) == "rgb(14, 18, 22)"
    context.close()


def test_the_menu_of_a_phone_holds_language_and_leaving(office: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{office}/sync")
    page.get_by_role("link", name="Menu", exact=True).click()

    page.get_by_role("link", name="Français").click()

    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_text("Leave").count() == 2
    page.close()
