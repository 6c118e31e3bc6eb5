"""The item journal in a real browser: typed in, looked at, posted once, on a desktop and on a phone."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect
from werkzeug.serving import make_server

from server.database import db, write
from server.ledger.tables import ItemLedgerEntry
from server.security.sessions import cookie_name, start_session
from tests.browser.test_office_pages import NAMELESS
from tests.support.fixtures import config_for, server_on
from tests.support.people import add_person, now_of
from tests.support.warehouse import Source, build_warehouse, line

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}


class Desk:
    """A served company, seen by somebody of its back office."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        with app.app_context():
            build_warehouse()
            Source("office").send("receive", line("LOOSE", 12, unit_cost=Decimal(2)), location="YARD")
        self.person_id = add_person(app, "back_office")

    def sign_in(self, page: Page) -> None:
        with self.app.app_context():
            now = now_of(self.app)
            session = write(lambda books: start_session(books, self.person_id, now=now, address=""))
            page.context.add_cookies([{"name": cookie_name(), "value": session, "url": self.url}])

    def quantities(self) -> list[tuple[str, Decimal]]:
        """Type and quantity of every item ledger entry."""
        with self.app.app_context():
            rows = db.session.execute(
                sa.select(ItemLedgerEntry.entry_type, ItemLedgerEntry.quantity_base).order_by(
                    ItemLedgerEntry.entry_no
                )
            )
            return [(row[0], row[1]) for row in rows]


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with server_on(config_for(sqlite_url, tmp_path / "home")) as app:
        http = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield Desk(app, f"http://127.0.0.1:{http.server_port}")
        http.shutdown()
        thread.join()


@pytest.fixture
def page(playwright: Playwright, chromium_path: Path, desk: Desk) -> Iterator[Page]:
    browser: Browser = playwright.chromium.launch(
        executable_path=str(chromium_path), args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page(viewport=DESKTOP)
    desk.sign_in(page)
    yield page
    browser.close()


def fits(page: Page) -> bool:
    """Whether the page is as wide as the screen and every control has a name."""
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return not too_wide and page.evaluate(NAMELESS) == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_sale_is_typed_looked_at_and_posted(desk: Desk, page: Page, size: ViewportSize) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size(size)
    page.goto(f"{desk.url}/journal?type=sale&location_code=YARD")
    assert fits(page)

    page.get_by_label("Item", exact=True).fill("LOOSE")
    page.get_by_label("Item", exact=True).press("Tab")
    expect(page.get_by_label("Unit", exact=True).locator("option")).to_have_count(2)
    assert page.locator("#item-name-0").inner_text() == "Loose"
    page.get_by_label("Quantity", exact=True).fill("3")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("−3")
    assert fits(page)
    assert desk.quantities() == [("purchase", Decimal(12))]
    page.get_by_role("button", name="Post 1 line").click()

    page.get_by_text("Posted as").first.wait_for()
    assert desk.quantities() == [("purchase", Decimal(12)), ("sale", Decimal(-3))]
    assert said == []


@pytest.mark.browser
def test_another_type_asks_for_its_own_fields_and_keeps_what_both_have(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.url}/journal?location_code=YARD")
    page.get_by_label("Item", exact=True).fill("LOOSE")
    page.get_by_label("Quantity", exact=True).fill("4")
    assert page.get_by_label("Unit cost", exact=True).count() == 1

    page.get_by_label("Type", exact=True).focus()
    page.get_by_label("Type", exact=True).select_option("transfer")

    expect(page.get_by_label("To location", exact=True)).to_be_visible()
    assert page.get_by_label("Unit cost", exact=True).count() == 0
    assert page.get_by_label("Item", exact=True).input_value() == "LOOSE"
    assert page.get_by_label("Quantity", exact=True).input_value() == "4"
    assert page.evaluate("document.activeElement.id") == "field-lines-0-type"


@pytest.mark.browser
def test_the_enter_key_only_looks_and_the_whole_page_goes_by_keyboard(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.url}/journal?type=purchase&location_code=YARD&item_no=LOOSE&quantity=5")

    page.get_by_label("Unit cost", exact=True).press("Enter")

    expect(page.locator("#preview")).to_contain_text("+5")
    assert desk.quantities() == [("purchase", Decimal(12))]
    page.get_by_role("button", name="Add a line").press("Enter")
    expect(page.locator("fieldset.journal-line")).to_have_count(2)
    assert page.evaluate("document.activeElement.id") == "field-lines-1-type"
    page.get_by_role("button", name="Remove line 2").press("Enter")
    expect(page.locator("fieldset.journal-line")).to_have_count(1)
    page.get_by_role("button", name="Post 1 line").press("Enter")
    page.get_by_text("Posted as").first.wait_for()
    assert desk.quantities()[1:] == [("purchase", Decimal(5))]


@pytest.mark.browser
def test_pressing_post_twice_posts_once(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.url}/journal?type=purchase&location_code=YARD&item_no=LOOSE&quantity=5")

    page.get_by_role("button", name="Post 1 line").dblclick()

    page.get_by_text("Posted as").first.wait_for()
    assert desk.quantities()[1:] == [("purchase", Decimal(5))]


@pytest.mark.browser
def test_a_typed_beginning_finds_items(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.url}/journal?location_code=YARD")

    page.get_by_label("Item", exact=True).press_sequentially("unting")

    expect(page.locator("#list-lines-0-item_no option")).to_have_attribute("value", "BUNTING")
