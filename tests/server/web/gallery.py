"""A small office made of sample rows, to look at the components and to test them without a ledger behind.

`python -m tests.server.web.gallery FOLDER` takes pictures of its pages in every width, theme and language.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask, Response, g, render_template
from werkzeug.serving import make_server

import server.web
from server.web.frame import NAVIGATION, Frame, Place, Proof
from server.web.tables import Column, Filter, Listing
from tests.support.chromium import find_chromium

MOMENT = datetime(2011, 12, 6, 14, 32, 10, tzinfo=UTC)
FRAME = Frame(
    person_name="Jo Martin",
    place=Place("WH1", "Wholesale DC"),
    places=(Place("WH1", "Wholesale DC"), Place("LEEDS", "Leeds shop")),
    proof=Proof(datetime(2011, 12, 6, 14, 30, tzinfo=UTC), 0),
    badges={"sync": 9, "approvals": 12},
)
BARS = [
    12, 31, 58, 96, 142, 168, 171, 160, 149, 88, 104, 176, 190, 182, 171, 154, 163,
    158, 120, 96, 131, 148, 150, 139, 161, 172, 166, 151, 148, 155, 142, 139, 88, 41,
]  # fmt: skip


def make_gallery(frame: Frame | None = FRAME) -> Flask:
    """The app: every navigation endpoint answers, three pages are drawn."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "gallery"
    server.web.register(app, lambda: frame)
    pages = {"sync.monitor": sync_page, "transactions.index": trail_page, "entries.index": entries_page}
    for section in NAVIGATION:
        for item in section.items:
            page = pages.get(item.endpoint, empty_page)
            app.add_url_rule(f"/{item.key.replace('_', '-')}", item.endpoint, page)
    app.add_url_rule("/sign-in", "sign_in", sign_in_page)
    app.add_url_rule("/search", "search.index", empty_page)

    @app.before_request
    def stop_the_clock() -> None:
        g.page_moment = MOMENT

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = server.web.CONTENT_SECURITY_POLICY
        return response

    return app


def sync_page() -> str:
    start = datetime(2011, 12, 6, 6, 0, tzinfo=UTC)
    bars = [
        ((start + timedelta(minutes=15 * at)).strftime("%H:%M"), count, "pale" if at >= 32 else "")
        for at, count in enumerate(BARS)
    ]
    cases = [
        ("refused", "Move into blocked bin QUAR-01", "HH-09, Petra", timedelta(hours=26)),
        ("parked", "Serial 22655-0031 already in stock", "PH-21, Joel", timedelta(hours=3, minutes=5)),
        ("parked", "Unknown code 5060012344106", "HH-07, Marek", timedelta(hours=1, minutes=12)),
        ("parked", "Pick 12, only 6 in A-01-05-3", "HH-07, Marek", timedelta(minutes=51)),
        ("parked", "Receipt of closed order PO-00311", "HH-02, Amina", timedelta(minutes=47)),
    ]
    return render_template("gallery_sync.html", bars=bars, cases=cases, listing=_devices(), moment=MOMENT)


def _devices() -> Listing:
    columns = (
        Column("device", "Device", "code", strong=True, sortable=True),
        Column("worker", "Worker", sortable=True),
        Column("state", "State"),
        Column("waiting", "Waiting", "quantity", strong=True, sortable=True),
        Column("oldest", "Oldest waits", "age"),
        Column("heard", "Last heard", "moment"),
        Column("journal", "Journal against inbox"),
        Column("app", "App"),
    )
    heard = datetime(2011, 12, 6, 13, 58, tzinfo=UTC)
    offline = [
        ("PH-21", "Joel Adeyemi", 85, 32),
        ("HH-03", "Tomas Reyes", 61, 34),
        ("HH-11", "Ines Carvalho", 48, 31),
    ]
    rows = [
        {"device": code, "worker": name, "state": "offline", "waiting": n, "heard": heard,
         "oldest": timedelta(minutes=minutes), "journal": "behind", "app": "4.2"}
        for code, name, n, minutes in [*offline, ("HH-07", "Marek Wójcik", 23, 33)]
    ]  # fmt: skip
    rows += [
        {"device": code, "worker": name, "state": "online", "waiting": 0, "oldest": None, "heard": MOMENT,
         "journal": "agrees", "app": "4.2"}
        for code, name in [("HH-02", "Amina Koné"), ("HH-05", "Dana Whitfield")]
    ]  # fmt: skip
    return Listing.from_request(columns, default_sort="-waiting").with_rows(rows)


def trail_page() -> str:
    times = ["02", "10", "21", "29", "37", "49"]
    scans = [(f"13:36:{second}", second == "29") for second in times]
    return render_template("gallery_trail.html", scans=scans, day=date(2011, 12, 6))


def entries_page() -> str:
    columns = (
        Column(
            "entry_no", "Entry", "entry_no", sortable=True, link=lambda row: f"/entries/{row['entry_no']}"
        ),
        Column("posting_date", "Posted", "day", sortable=True),
        Column("document", "Document", "code", link=lambda _: "/transactions"),
        Column("bin", "Bin", "code"),
        Column("quantity", "Quantity", "change", strong=True),
        Column("cost", "Cost £", "amount_change"),
        Column("outcome", "Outcome", "outcome"),
    )
    filters = (
        Filter("item", "Item", "search"),
        Filter("type", "Type", options=(("sale", "Sale"), ("purchase", "Purchase"))),
        Filter("since", "Since", "date"),
    )
    rows = [
        {"entry_no": 642801 - at, "posting_date": date(2011, 12, 6), "document": f"SO-5782{66 - at}",
         "bin": "A-04-02-2", "quantity": Decimal(-12 * at + 24), "cost": Decimal("-22.50") * at,
         "outcome": "parked" if at == 3 else "posted", "row_tone": "trouble" if at == 3 else None}
        for at in range(8)
    ]  # fmt: skip
    totals = {"quantity": Decimal(-144), "cost": Decimal("-630.00")}
    listing = Listing.from_request(columns, filters, default_sort="-entry_no")
    return render_template(
        "gallery_entries.html",
        listing=listing.with_rows(rows, after="642794", before="642802", total=2611, totals=totals),
        nothing=Listing(columns=columns),
    )


def empty_page() -> str:
    return render_template("gallery_empty.html")


def sign_in_page() -> str:
    return render_template("gallery_sign_in.html")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a free port, for a browser."""
    http = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        thread.join()


def take_pictures(folder: Path) -> None:
    """Every page at 1440×900 and 390×844, light, dark, high contrast and French."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with served(make_gallery()) as url, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=str(find_chromium()))
        for width, height in ((1440, 900), (390, 844)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.on("console", lambda message: print("console:", message.text))
            for path in ("sync", "transactions", "entries", "counts", "sign-in"):
                for look in ("theme=light&lang=en", "theme=dark&lang=fr", "theme=contrast&lang=en"):
                    page.goto(f"{url}/{path}?{look}")
                    page.wait_for_timeout(150)
                    name = look.replace("theme=", "").replace("&lang=", "-")
                    page.screenshot(path=folder / f"{path}-{width}-{name}.png", full_page=width < 800)
            page.close()
        browser.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]))
