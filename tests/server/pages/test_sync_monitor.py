"""The monitor's equations close, and say so when they do not."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import write
from server.ledger.tables import ItemRegister
from server.monitor.day import list_holdings, read_day
from server.web.page_lists import day_bounds
from tests.server.pages.placed import Placed, seen
from tests.support.people import Browser, browser_of
from tests.support.warehouse import DAY, MORNING, line, move_line

Browsers = Callable[[str], Browser]
LONDON = ZoneInfo("Europe/London")


def parts(page: str) -> list[tuple[str, str]]:
    """Label and figure of each part of the equations."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return [(re.sub("<[^>]*>", "", label).strip(), re.sub("<[^>]*>", "", figure)) for label, figure in found]


def test_scanned_is_received_and_what_is_still_on_devices(
    stocked: Flask, browser: Browsers, handheld: Placed
) -> None:
    handheld.send("pick", line("GLOBE", 2, "A1"))
    # It has made two more, which it has not sent.
    handheld.push(max_seq=3, queue_depth=2)

    page = browser("supervisor").get(f"/sync?day={DAY}").text

    sums = parts(page)
    assert sums[:3] == [
        ("scanned on 2 devices", "5"),
        ("received", "3"),
        (sums[2][0], "2"),
    ]
    assert sums[2][0].startswith("still on 1 device")
    assert "Nothing missing" in page


def test_received_is_what_became_of_it(stocked: Flask, browser: Browsers, handheld: Placed) -> None:
    handheld.send("pick", line("GLOBE", 2, "A1"))
    handheld.send("pick", line("GLOBE", 99, "A1"))
    handheld.send("move", move_line("GLOBE", 1, "A1", "SHUT"))

    page = browser("supervisor").get(f"/sync?day={DAY}").text

    became = dict(parts(page)[3:])
    assert became == {
        "received": "5",
        "posted": "3",
        "waiting": "0",
        "awaiting approval": "0",
        "parked": "1",
        "refused": "1",
    }
    assert "Each posted once" in page


def test_numbers_that_will_never_come_are_said_to_be_missing(
    stocked: Flask, browser: Browsers, handheld: Placed
) -> None:
    handheld.send("pick", line("GLOBE", 2, "A1"))
    handheld.source.seq += 2
    handheld.send("pick", line("GLOBE", 1, "A1"))

    page = browser("supervisor").get(f"/sync?day={DAY}").text

    assert "2 missing: handheld" in page
    assert ("lost with their device", "2") in parts(page)
    assert "Nothing missing" not in page


def test_a_posting_without_its_transaction_breaks_the_proof(stocked: Flask, handheld: Placed) -> None:
    parked = handheld.send("pick", line("GLOBE", 99, "A1"))
    start, end = day_bounds(DAY, LONDON)
    assert seen(stocked, read_day, start, end).is_each_posted_once

    register = {"source_code": "pick", "document_no": "X", "posted_at": MORNING}
    with stocked.app_context():
        write(
            lambda connection: connection.execute(
                sa.insert(ItemRegister).values(transaction_id=parked.transaction_id, **register)
            )
        )

    assert not seen(stocked, read_day, start, end).is_each_posted_once


def test_a_day_is_the_locations_own(stocked: Flask) -> None:
    start, end = day_bounds(DAY, ZoneInfo("America/New_York"))

    assert (start, end) == (datetime(2026, 3, 2, 5, tzinfo=UTC), datetime(2026, 3, 3, 5, tzinfo=UTC))
    # 08:00 UTC is 3 in the morning there.
    assert seen(stocked, read_day, start, end).received == 2


def test_the_quarters_of_an_hour_add_up(stocked: Flask, handheld: Placed) -> None:
    handheld.source.now = MORNING.replace(minute=16)
    handheld.send("pick", line("GLOBE", 2, "A1"))

    day = seen(stocked, read_day, *day_bounds(DAY, LONDON))

    assert day.by_quarter == {MORNING: 2, MORNING.replace(minute=15): 1}
    assert sum(day.by_quarter.values()) == day.received == sum(day.by_status.values()) == 3


def test_the_most_waiting_device_stands_first(stocked: Flask, handheld: Placed) -> None:
    handheld.push(max_seq=4, queue_depth=4)

    first = seen(stocked, list_holdings)[0]
    assert (first.device_id, first.waiting) == ("handheld", 4)


def test_an_empty_company_says_that_nothing_needs_anybody(empty: Flask) -> None:
    page = browser_of(empty, "supervisor").get("/sync").text

    assert "Nothing came in on this day" in page
    assert "Nothing needs you." in page


def test_the_newest_day_is_shown_when_today_has_nothing(stocked: Flask, browser: Browsers) -> None:
    page = browser("supervisor").get("/sync").text

    assert "Monday 2 March 2026, the whole day" in page
    assert "hx-trigger" not in page


@contextmanager
def standing_still(app: Flask, moment: datetime) -> Iterator[None]:
    config = app.config["SCANLEDGER"]
    app.config["SCANLEDGER"] = replace(config, now=lambda: moment)
    yield
    app.config["SCANLEDGER"] = config


def test_todays_page_asks_for_itself_again(stocked: Flask) -> None:
    with standing_still(stocked, MORNING):
        page = browser_of(stocked, "supervisor").get("/sync").text

    assert 'hx-trigger="every 15s"' in page


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_day_can_be_asked_for(stocked: Flask, browser: Browsers, day: str) -> None:
    assert browser("supervisor").get(f"/sync?day={day}").status_code == 200


def test_what_needs_a_person_stands_oldest_first_and_old_is_red(
    stocked: Flask, browser: Browsers, handheld: Placed
) -> None:
    handheld.send("pick", line("GLOBE", 99, "A1"))
    handheld.send("pick", line("BUNTING", 98, "A2"))

    page = browser("supervisor").get("/sync").text

    assert page.index("99 &gt; 12") < page.index("98 &gt; 5")
    assert "too-old" in page
