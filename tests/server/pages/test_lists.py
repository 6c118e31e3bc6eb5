"""Lists, cards, search and forms: they filter, page, export, lead on, and change only what they may."""

import csv
import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.masterdata.tables import Bin, Item
from server.security.tables import Audit
from tests.server.pages.placed import Placed, seen
from tests.support.people import Browser
from tests.support.warehouse import line, move_line

Browsers = Callable[[str], Browser]
LISTS = (
    "/transactions", "/registers", "/entries", "/value-entries", "/warehouse-entries", "/on-hand",
    "/on-hand/bins", "/on-hand/lots", "/items", "/bins", "/locations",
)  # fmt: skip


def cells(page: str, label: str) -> list[str]:
    """What stands in a column of a list."""
    found = re.findall(rf'<td role="cell" data-label="{label}"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [re.sub("<[^>]*>", "", cell).strip() for cell in found]


def exported(browser: Browser, address: str) -> list[dict[str, str]]:
    text = browser.get(f"{address}{'&' if '?' in address else '?'}format=csv").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("address", LISTS)
def test_every_list_opens_exports_and_goes_back_from_a_strange_cursor(
    browser: Browsers, address: str
) -> None:
    office = browser("back_office")

    assert office.get(address).status_code == 200
    assert office.get(f"{address}?format=csv").mimetype == "text/csv"
    again = office.get(f"{address}?after=nonsense&item=X")
    assert (again.status_code, again.headers["Location"]) == (303, f"{address}?item=X")


@pytest.mark.parametrize("address", LISTS)
def test_a_worker_sees_stock_but_no_ledger(browser: Browsers, address: str) -> None:
    is_ledger = "entries" in address or address in ("/transactions", "/registers")

    assert browser("worker").get(address).status_code == (403 if is_ledger else 200)


def test_entries_filter_by_item_and_show_their_cost(browser: Browsers, handheld: Placed) -> None:
    handheld.send("pick", line("GLOBE", 2, "A1"))

    page = browser("supervisor").get("/entries?item=GLOBE").text

    assert cells(page, "Quantity") == ["−2", "+12"]
    assert cells(page, "Cost") == ["−5.00", "+30.00"]


def test_pages_go_forward_and_back_by_key(browser: Browsers, office: Placed) -> None:
    for _ in range(60):
        office.send("receive", line("GLOBE", 1, "A1"))
    supervisor = browser("supervisor")

    first = supervisor.get("/entries").text
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None
    second = supervisor.get(onward.group(1).replace("&amp;", "&")).text
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back is not None

    assert (len(cells(first, "Entry")), len(cells(second, "Entry"))) == (50, 12)
    assert not set(cells(first, "Entry")) & set(cells(second, "Entry"))
    again = supervisor.get(back.group(1).replace("&amp;", "&")).text
    assert cells(again, "Entry") == cells(first, "Entry")


def test_an_export_holds_every_row_of_the_filter(browser: Browsers, office: Placed) -> None:
    for _ in range(55):
        office.send("receive", line("GLOBE", 1, "A1"))

    rows = exported(browser("supervisor"), "/entries?item=GLOBE")

    assert len(rows) == 56
    assert {row["item_no"] for row in rows} == {"GLOBE"}


def test_transactions_filter_by_state_and_say_why(browser: Browsers, handheld: Placed) -> None:
    handheld.send("pick", line("GLOBE", 99, "A1"))

    page = browser("supervisor").get("/transactions?status=parked").text

    assert cells(page, "Reason") == ["The books say less is in this bin. GLOBE, A1: 99 &gt; 12"]


def test_what_needs_a_person_holds_parked_and_refused_but_not_what_a_person_refused(
    browser: Browsers, handheld: Placed
) -> None:
    supervisor = browser("supervisor")
    parked = handheld.send("pick", line("GLOBE", 99, "A1"))
    decided = handheld.send("pick", line("GLOBE", 98, "A1"))
    refused = handheld.send("move", move_line("GLOBE", 1, "A1", "SHUT"))
    supervisor.post(f"/transactions/{decided.transaction_id}/refuse", rev="1", reason="no")

    needed = {row["transaction_id"] for row in exported(supervisor, "/transactions?show=needs")}

    assert parked.transaction_id in needed
    assert decided.transaction_id not in needed
    assert refused.status == "refused"


def test_a_workers_transactions_are_those_of_days_that_the_page_names(
    browser: Browsers, handheld: Placed
) -> None:
    handheld.send("pick", line("GLOBE", 1, "A1"))
    supervisor = browser("supervisor")

    sent_on = supervisor.get("/transactions?worker=marek").headers["Location"]

    assert re.fullmatch(r"/transactions\?worker=marek&from=\d{4}-\d\d-\d\d", sent_on)
    assert cells(supervisor.get("/transactions?worker=marek&from=2026-03-02").text, "Worker") == ["Marek"]
    assert (
        cells(supervisor.get("/transactions?worker=marek&to=2026-03-01&from=2026-01-01").text, "Worker") == []
    )


def test_a_register_leads_to_its_entries_and_back_to_the_scan(browser: Browsers, handheld: Placed) -> None:
    pick = handheld.send("pick", line("GLOBE", 2, "A1"))

    page = browser("supervisor").get("/registers/3").text

    assert f'href="/transactions/{pick.transaction_id}"' in page
    assert 'href="/entries/3"' in page
    assert 'href="/value-entries/3"' in page
    assert 'href="/warehouse-entries?register=3"' in page


def test_on_hand_opens_the_movements_it_is_the_sum_of(browser: Browsers) -> None:
    page = browser("supervisor").get("/on-hand/bins").text

    assert cells(page, "On hand") == ["12", "5"]
    assert 'href="/warehouse-entries?item=GLOBE&amp;bin=A1"' in page


def test_value_is_for_those_who_may_see_costs(browser: Browsers) -> None:
    assert cells(browser("supervisor").get("/on-hand").text, "Value") == ["7.50", "30.00"]
    assert cells(browser("worker").get("/on-hand").text, "Value") == ["", ""]
    assert "30.00" not in browser("worker").get("/items/GLOBE").text


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [("GLOBE", "/items/GLOBE"), ("A1", "/bins/DC/A1"), ("PO-1", None), (" GLOBE ", "/items/GLOBE")],
)
def test_one_hit_opens_at_once(browser: Browsers, typed: str, leads_to: str | None) -> None:
    answer = browser("supervisor").get("/search", query_string={"q": typed})

    if leads_to is None:
        assert answer.status_code == 303
        assert "PO-1" in answer.headers["Location"]
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_a_transaction_id_opens_its_trail(browser: Browsers, handheld: Placed) -> None:
    pick = handheld.send("pick", line("GLOBE", 2, "A1"))

    answer = browser("supervisor").get(f"/search?q={pick.transaction_id.upper()}")

    assert answer.headers["Location"] == f"/transactions/{pick.transaction_id}"
    assert browser("worker").get(f"/search?q={pick.transaction_id}").status_code == 200


def test_a_part_of_a_name_lists_what_has_it(browser: Browsers) -> None:
    page = browser("supervisor").get("/search?q=unti").text

    assert 'href="/items/BUNTING"' in page
    assert "Nothing bears “zzz”" in browser("supervisor").get("/search?q=zzz").text


def item_row(no: str) -> tuple[str, str] | None:
    row = db.session.execute(sa.select(Item.description, Item.unit_cost).where(Item.no == no)).first()
    return (row.description, str(row.unit_cost.normalize())) if row is not None else None


def test_an_item_is_created_and_told_to_the_audit_trail(stocked: Flask, browser: Browsers) -> None:
    answer = browser("back_office").post(
        "/item-new", no="LAMP", description="Lamp", base_unit_of_measure_code="PCS", type="inventory",
        tracking="none", prevent_negative_inventory="default", unit_cost="1.25", gtin="", abc_class="",
        shelf_no="", unit_price="", costing_method="FIFO",
    )  # fmt: skip

    assert (answer.status_code, answer.headers["Location"]) == (303, "/items/LAMP")
    assert seen(stocked, item_row, "LAMP") == ("Lamp", "1.25")
    with stocked.app_context():
        events = set(db.session.scalars(sa.select(Audit.event)))
    assert "item_created" in events


def test_a_wrong_item_is_shown_again_with_what_is_wrong(stocked: Flask, browser: Browsers) -> None:
    answer = browser("back_office").post(
        "/item-new", no="LAMP", description="Lamp", base_unit_of_measure_code="PCS", type="inventory",
        tracking="none", prevent_negative_inventory="default", unit_cost="cheap", gtin="123",
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'value="Lamp"' in answer.text
    assert 'id="said-unit_cost"' in answer.text
    assert seen(stocked, item_row, "LAMP") is None


def test_nobody_overwrites_what_somebody_changed_meanwhile(stocked: Flask, browser: Browsers) -> None:
    office = browser("back_office")
    form = office.get("/item-edit/GLOBE").text
    version = re.search(r'name="version" value="([^"]+)"', form)
    assert version is not None
    fields = {
        "base_unit_of_measure_code": "PCS", "type": "inventory", "tracking": "none",
        "prevent_negative_inventory": "default", "costing_method": "FIFO", "unit_cost": "1.5",
        "version": version.group(1),
    }  # fmt: skip
    office.post("/item-edit/GLOBE", description="Big globe", **fields)

    second = office.post("/item-edit/GLOBE", description="Small globe", **fields)

    assert second.status_code == 422
    assert "Somebody changed GLOBE meanwhile" in second.text
    assert seen(stocked, item_row, "GLOBE") == ("Big globe", "1.5")


def test_units_and_codes_are_kept_line_by_line(stocked: Flask, browser: Browsers) -> None:
    office = browser("back_office")

    office.post("/item-codes/GLOBE", units="PCS 1\nCASE 12\n", codes="HELLO CASE")

    page = office.get("/items/GLOBE").text
    assert "HELLO" in page
    assert browser("supervisor").get("/search?q=HELLO").headers["Location"] == "/items/GLOBE"


def test_a_bin_is_blocked_by_the_back_office_only(stocked: Flask, browser: Browsers) -> None:
    def block() -> str | None:
        return db.session.scalar(sa.select(Bin.block_movement).where(Bin.code == "A2"))

    fields = {"zone_code": "", "bin_type": "", "ranking": "5", "block_movement": "in", "gln_extension": ""}

    assert browser("supervisor").post("/bin-edit/DC/A2", **fields).status_code == 403
    assert seen(stocked, block) == "none"
    answer = browser("back_office").post("/bin-edit/DC/A2", **fields)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/bins/DC/A2")
    assert seen(stocked, block) == "in"
