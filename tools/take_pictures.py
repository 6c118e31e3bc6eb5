"""Takes the pictures of docs/pictures again: `make pictures`, or `python -m tools.take_pictures [name …]`.

Always holds: a company of its own in a throw-away folder, a server on a free port, a clock that stands still;
so a picture changes only when a page does. The terminal's pictures belong into TERMINAL below.
"""

import logging
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from server.database import db, dispose
from server.inbox.tables import InboxTransaction
from tests.support.chromium import find_chromium
from tools.picture_company import PASSWORD, Company

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
DESKTOP, PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the page, and how it is looked at."""

    name: str
    path: str
    size: tuple[int, int] = DESKTOP
    theme: str = "light"
    language: str = "en"
    # jo supervises; kim is the back office, with journals, costs and the general ledger.
    login: str = "jo"


def office_pictures(company: Company) -> list[Picture]:
    """The back office's pictures; addresses of single things are looked up in the company."""
    with company.app.app_context():
        posted, parked = (_transaction("pick", status) for status in ("posted", "parked"))
        awaiting = _transaction("adjust", "awaiting_approval")
        item, bin_code = db.session.execute(
            sa.text("SELECT item_no, bin_code FROM warehouse_entry ORDER BY entry_no DESC LIMIT 1")
        ).one()
    pages = {
        "sync-monitor": "/sync",
        "posting-trail": f"/transactions/{posted}",
        "parked": f"/transactions/{parked}",
        "approval": f"/transactions/{awaiting}",
        "transactions": "/transactions",
        "registers": "/registers",
        "entries": "/entries",
        "value-entries": "/value-entries",
        "warehouse-entries": "/warehouse-entries",
        "on-hand": "/on-hand",
        "on-hand-bins": "/on-hand/bins",
        "items": "/items",
        "item-card": f"/items/{item}",
        "bins": "/bins",
        "bin": f"/bins/DC/{bin_code}",
        "search": "/search?q=heart",
        "devices": "/devices",
    }
    books = {
        "journal": "/journal",
        "valuation": "/costs",
        "adjustments": "/costs/adjustments",
        "general-ledger": "/general-ledger",
        "periods": "/periods",
        "ledger-check": "/ledger-check",
    }
    pictures = [Picture(f"office-{name}", path, login="kim") for name, path in books.items()]
    pictures += [Picture(f"office-{name}-phone", path, PHONE, login="kim") for name, path in books.items()]
    pictures += [Picture(f"office-{name}", path) for name, path in pages.items()]
    pictures += [Picture(f"office-{name}-phone", path, PHONE) for name, path in pages.items()]
    pictures.append(Picture("office-sync-monitor-fr", pages["sync-monitor"], language="fr"))
    pictures.append(Picture("office-posting-trail-fr", pages["posting-trail"], language="fr"))
    pictures.append(Picture("office-sync-monitor-dark", pages["sync-monitor"], theme="dark"))
    return pictures


def take_office(browser: Browser, url: str, company: Company, wanted: set[str]) -> None:
    """Sign in and go through the back office's pages."""
    windows = {
        (login, size): _signed_in(browser, url, login, size)
        for login in ("jo", "kim")
        for size in (DESKTOP, PHONE)
    }
    for picture in office_pictures(company):
        if wanted and picture.name not in wanted:
            continue
        page, sign = windows[picture.login, picture.size], "&" if "?" in picture.path else "?"
        page.goto(f"{url}{picture.path}{sign}theme={picture.theme}&lang={picture.language}")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(200)
        _check_width(page, picture)
        page.screenshot(path=FOLDER / f"{picture.name}.png", full_page=False)


# The terminal's pictures: add a function like take_office, which opens {url}/terminal/ and takes its own.
TERMINAL: list[Callable[[Browser, str, Company, set[str]], None]] = []


def main(wanted: set[str]) -> None:
    """Take all pictures, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home:
        company = Company(Path(home))
        company.build()
        with served(company) as url, sync_playwright() as tools:
            browser = tools.chromium.launch(
                executable_path=str(find_chromium()), args=["--no-sandbox", "--lang=en-GB"]
            )
            for take in (take_office, *TERMINAL):
                take(browser, url, company, wanted)
            browser.close()
        dispose(company.app)


@contextmanager
def served(company: Company) -> Iterator[str]:
    """The company on a free port."""
    http = make_server("127.0.0.1", 0, company.app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        thread.join()


def _signed_in(browser: Browser, url: str, login: str, size: tuple[int, int]) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
    page.on("console", lambda message: _say(f"{page.url}: {message.text}"))
    page.goto(f"{url}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    return page


def _check_width(page: Page, picture: Picture) -> None:
    """A page that scrolls sideways is a mistake of ours."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        _say(f"{picture.name}: wider than the window")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _transaction(kind: str, status: str) -> str:
    inbox = InboxTransaction.__table__
    found = db.session.scalars(
        sa.select(inbox.c.transaction_id)
        .where(inbox.c.kind == kind, inbox.c.status == status, inbox.c.device_id != "IMPORT")
        .order_by(inbox.c.inbox_no.desc())
        .limit(1)
    ).first()
    assert found is not None, f"no {kind} is {status}"
    return found


if __name__ == "__main__":
    main(set(sys.argv[1:]))
