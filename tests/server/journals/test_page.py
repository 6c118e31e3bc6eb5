"""The page of the item journal: what it asks for, what it shows before posting, and that it posts once."""

import re
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from server.database import db
from server.journals.fields import COMPONENT, FIELDS, OUTPUT, RESOURCE
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.web.ledger_words import LINE_TYPES as WORDS
from shared.wire.journals import LINE_TYPES, Assembly, AssemblyOutput, AssemblyResource, Goods
from tests.server.journals.conftest import rows_in_ledgers, stored
from tests.support.people import Browser, browser_of

_ID = re.compile(r'name="transaction_id" value="([^"]+)"')
Typed = dict[str, str]


@pytest.fixture
def office(company: Flask) -> Browser:
    """The browser of somebody of the back office."""
    return browser_of(company, "back_office")


def typed(kind: str = "purchase", number: int = 0, **more: str) -> Typed:
    """What a line's controls hold."""
    texts = {"type": kind, "item_no": "LOOSE", "quantity": "10", **more}
    return {f"lines-{number}-{name}": text for name, text in texts.items()}


def send(browser: Browser, do: str, *lines: Typed, **head: str) -> TestResponse:
    """Press a button of the page."""
    numbers = [str(at) for at in range(len(lines))]
    controls = {name: text for line in lines for name, text in line.items()}
    data: dict[str, Any] = {
        "csrf_token": browser.token(),
        "do": do,
        "location_code": "YARD",
        **controls,
        **head,
    }
    return browser.client.post("/journal", data={**data, "line": numbers})


def look(app: Flask, ask: Callable[[], Any]) -> Any:
    with app.app_context():
        return ask()


def entries() -> list[tuple[str, str, Decimal]]:
    entry = ItemLedgerEntry
    rows = db.session.execute(
        sa.select(entry.entry_type, entry.item_no, entry.quantity_base).order_by(entry.entry_no)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def cost_of(entry_no: int) -> Decimal:
    value = ValueEntry
    return db.session.scalar(
        sa.select(sa.func.sum(value.cost_amount_actual)).where(value.item_ledger_entry_no == entry_no)
    ) or Decimal(0)


@pytest.mark.parametrize(("tag", "line_type"), LINE_TYPES)
def test_the_page_asks_for_what_the_type_has(tag: str, line_type: type) -> None:
    asked = {each.name for each in FIELDS[tag]}
    has = {each.name for each in fields(line_type)} - {"quantity_base" if "quantity" in asked else ""}
    if line_type is Assembly:
        has = has - {"output"} | OUTPUT

    assert asked == has
    assert tag in WORDS


def test_what_is_listed_in_a_text_are_fields_of_its_rows() -> None:
    assert set(COMPONENT) <= {each.name for each in fields(Goods)}
    assert set(RESOURCE) <= {each.name for each in fields(AssemblyResource)}
    assert {each.name for each in fields(AssemblyOutput)} - {"quantity_base"} == OUTPUT


def test_a_preview_shows_rows_and_totals_and_writes_nothing(company: Flask, office: Browser) -> None:
    page = send(office, "preview", typed(unit_cost="2,50"), typed("sale", 1, quantity="4"))

    assert page.status_code == 200
    preview = page.text.partition('id="preview"')[2]
    assert "+6" in preview
    assert "+15.00" in preview
    assert look(company, rows_in_ledgers) == [0] * 5
    assert look(company, stored) == 0


def test_a_preview_in_french_speaks_french(office: Browser) -> None:
    office.get("/journal?lang=fr")

    page = send(office, "preview", typed("sale", item_no="GLOBE"))

    assert "Selon les livres, il y en a moins ici." in page.text
    assert "Rien n’a été validé." in page.text


def test_posting_leads_to_the_transaction_from_the_office(company: Flask, office: Browser) -> None:
    answer = send(office, "post", typed(unit_cost="2.5"), typed("sale", 1, quantity="4"))

    assert answer.status_code == 303
    trail = office.get(answer.location)
    assert trail.status_code == 200
    assert "Posted as" in trail.text
    assert "Differs" not in trail.text
    assert look(company, entries) == [("purchase", "LOOSE", Decimal(10)), ("sale", "LOOSE", Decimal(-4))]


def test_the_same_page_posts_once(company: Flask, office: Browser) -> None:
    (transaction_id,) = _ID.findall(office.get("/journal").text)

    first = send(office, "post", typed(), transaction_id=transaction_id)
    again = send(office, "post", typed(), transaction_id=transaction_id)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert look(company, entries) == [("purchase", "LOOSE", Decimal(10))]


def test_a_page_that_has_posted_says_so_before_it_posts_another(company: Flask, office: Browser) -> None:
    (transaction_id,) = _ID.findall(office.get("/journal").text)
    send(office, "post", typed(), transaction_id=transaction_id)

    other = send(office, "post", typed(quantity="11"), transaction_id=transaction_id)

    assert other.status_code == 409
    assert "posted a journal already" in other.text
    assert _ID.findall(other.text) != [transaction_id]
    assert len(look(company, entries)) == 1


def test_what_is_refused_says_why_keeps_the_lines_and_gets_a_new_id(company: Flask, office: Browser) -> None:
    (transaction_id,) = _ID.findall(office.get("/journal").text)

    refused = send(office, "post", typed("sale", item_no="GLOBE"), transaction_id=transaction_id)
    covered = send(office, "post", typed(item_no="GLOBE"))

    assert refused.status_code == 422
    assert "The books say less is here." in refused.text
    assert 'value="GLOBE"' in refused.text
    assert _ID.findall(refused.text) != [transaction_id]
    assert covered.status_code == 303
    assert look(company, entries) == [("purchase", "GLOBE", Decimal(10))]


UNREADABLE = {
    "quantity: Say how many.": typed(quantity=""),
    "quantity: Write a number": typed(quantity="a lot"),
    "unit_cost: Write a number": typed(unit_cost="1e5"),
    "item_no: Fill this in.": typed(item_no=""),
    "entry_no: Write the number of an entry.": typed("undo", entry_no="the last"),
    "entry_no: Fill this in.": typed("undo", entry_no=""),
    "mode item, item_no: Fill this in.": typed("revaluation", mode="item", item_no=""),
    "unit_cost_revalued: Fill this in.": typed("revaluation", mode="item"),
    "inventory_value_revalued: Leave this empty": typed(
        "revaluation", unit_cost_revalued="1", inventory_value_revalued="2"
    ),
    "components: Say what it is made of.": typed("assembly", order_no="A1"),
    "order_no: Fill this in.": typed("assembly", order_no="", components="LOOSE; 1"),
    "expiration_date: This cannot be so": typed(expiration_date="soon"),
}


@pytest.mark.parametrize("said", UNREADABLE)
@pytest.mark.parametrize("do", ["preview", "post"])
def test_what_cannot_be_read_is_marked_at_its_control(
    company: Flask, office: Browser, do: str, said: str
) -> None:
    place, _, words = said.rpartition(": ")
    name = f"lines-0-{place.rpartition(' ')[2]}"

    page = send(office, do, UNREADABLE[said])

    assert page.status_code == 422
    beside = re.search(rf'id="said-{name}">(.*?)</p>', page.text, re.DOTALL)
    assert beside is not None
    assert words in beside.group(1)
    assert look(company, stored) == 0


def test_a_case_is_reckoned_in_pieces_and_no_unit_means_the_base_unit(
    company: Flask, office: Browser
) -> None:
    send(office, "post", typed(quantity="2", unit_of_measure_code="CASE"), typed("purchase", 1, quantity="3"))

    assert look(company, entries) == [
        ("purchase", "LOOSE", Decimal(24)),
        ("purchase", "LOOSE", Decimal(3)),
    ]


def test_lines_are_added_and_removed_and_keep_what_was_typed(office: Browser) -> None:
    added = send(office, "add", typed(item_no="GLOBE"))
    removed = send(office, "remove-0", typed(item_no="GLOBE"), typed("sale", 1, item_no="BUNTING"))

    assert added.text.count("<fieldset") == 2
    assert 'value="GLOBE"' in added.text
    assert removed.text.count("<fieldset") == 1
    assert 'value="BUNTING"' in removed.text
    assert "GLOBE" not in removed.text.partition("<fieldset")[2]


def test_a_line_may_be_of_any_type(company: Flask, office: Browser) -> None:
    def post(*lines: Typed, **head: str) -> None:
        answer = send(office, "post", *lines, **head)
        assert answer.status_code == 303, re.findall(r"field-problem.*?<span>(.*?)</span>", answer.text)
        trail = office.get(answer.location).text
        assert "Posted as" in trail
        assert "Differs" not in trail

    post(typed(unit_cost="2", is_invoiced="no"), typed("purchase", 1, item_no="BUNTING", is_invoiced="no"))
    post(typed("invoice", entry_no="1", quantity_base="10", unit_cost="2.2"))
    post(typed("item_charge", entry_no="1", amount="3", item_charge_no="FREIGHT"))
    post(typed("revaluation", mode="entry", item_no="", applies_to_entry_no="1", unit_cost_revalued="3"))
    post(typed("undo", entry_no="2"))
    post(typed("transfer", quantity="2", to_location_code="DC", to_bin_code="A1"))
    post(
        typed(
            "assembly", item_no="BUNTING", quantity="1", order_no="A1", components="LOOSE; 2", resources="4"
        )
    )
    post(typed("sale", quantity="1", applies_to_entry_no="1"))

    assert look(company, lambda: cost_of(1)) == 30
    assert look(company, entries)[2:] == [
        ("purchase", "BUNTING", Decimal(-10)),
        ("transfer", "LOOSE", Decimal(-2)),
        ("transfer", "LOOSE", Decimal(2)),
        ("assembly_consumption", "LOOSE", Decimal(-2)),
        ("assembly_output", "BUNTING", Decimal(1)),
        ("sale", "LOOSE", Decimal(-1)),
    ]


def test_an_address_fills_the_first_line(office: Browser) -> None:
    page = office.get("/journal?type=invoice&entry_no=4711&quantity_base=3").text

    assert 'value="invoice" selected' in page
    assert 'name="lines-0-entry_no" type="text" value="4711"' in page
    assert 'name="lines-0-quantity_base" type="text" value="3"' in page


def test_an_item_brings_its_name_units_and_entries(office: Browser) -> None:
    send(office, "post", typed(quantity="7"))
    given = {"lines-0-item_no": "LOOSE", "lines-0-type": "sale", "location_code": "YARD"}

    found = office.get("/journal/item/0", query_string=given).text

    assert "Loose" in found
    assert "CASE = 12 PCS" in found
    assert re.search(r'<option value="1">Purchase of .*7 left</option>', found)


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        ("items", {"lines-0-item_no": "GL"}, ["GLOBE"]),
        ("items", {"lines-0-item_no": "unting"}, ["BUNTING"]),
        ("items", {"lines-0-item_no": "%"}, []),
        ("items", {"lines-0-item_no": ""}, []),
        ("bins", {"lines-0-bin_code": "A", "location_code": "DC"}, ["A1", "A2", "ADJ"]),
        ("bins", {"lines-0-bin_code": "A", "location_code": "YARD"}, []),
    ],
)
def test_a_beginning_is_completed(
    office: Browser, path: str, given: dict[str, str], expected: list[str]
) -> None:
    found = office.get(f"/journal/{path}", query_string=given).text

    assert re.findall(r'<option value="([^"]+)">', found) == expected


@pytest.mark.parametrize("role", ["worker", "supervisor", "administrator"])
def test_only_who_may_post_journals_sees_the_page(company: Flask, role: str) -> None:
    somebody = browser_of(company, role)

    assert somebody.get("/journal").status_code == 403
    assert send(somebody, "post", typed()).status_code == 403
    assert look(company, stored) == 0
