"""What a posted journal looks like on its transaction's page, and what an entry's page offers to do next."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from server.monitor.proof import prove
from server.monitor.queries import read_transaction
from server.monitor.story import Story, read_story
from server.monitor.trail import Posted, read_posted
from tests.server.api.conftest import Caller
from tests.server.journals.conftest import goods, journal
from tests.support.people import Browser, browser_of

Told = tuple[Story, Posted, dict[str, tuple[str, bool]]]


def post(caller: Caller, *lines: dict[str, Any], **more: Any) -> str:
    """Post a journal; gives back its id."""
    answer = caller.send("POST", "/transactions", journal(*lines, **more))
    outcome: dict[str, Any] = answer.get_json()
    assert outcome["status"] == "posted", outcome
    return str(outcome["transaction_id"])


def told(app: Flask, transaction_id: str) -> Told:
    """The story of a transaction, what it posted, and its sums."""
    with app.test_request_context():
        card, posted = read_transaction(transaction_id), read_posted(transaction_id)
        story = read_story(card, posted)
        proved = prove(card.row.kind, card.row.status, story.body, posted)
        return story, posted, {title: (words, holds) for title, words, holds in proved}


def test_a_journal_of_goods_adds_up(company: Flask, caller: Caller) -> None:
    lines = (goods("purchase", 10, unit_cost="2"), goods("sale", 4), goods("negative_adjustment", 1))

    story, _, sums = told(company, post(caller, *lines))

    assert (story.title, story.amount) == ("Item journal, 3 lines", "+5")
    assert [(line.tag, line.quantity_base) for line in story.lines] == [
        ("purchase", Decimal(10)),
        ("sale", Decimal(-4)),
        ("negative_adjustment", Decimal(-1)),
    ]
    assert sums["Quantity"] == ("10 − 4 − 1 = ledger +5", True)
    assert all(holds for _, holds in sums.values())


def test_a_charge_shows_the_value_that_it_added_to_an_earlier_entry(company: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, unit_cost="2"))

    story, posted, sums = told(company, post(caller, {"type": "item_charge", "entry_no": 1, "amount": "5"}))

    assert story.title == "Item charge, entry 1"
    assert posted.entries == ()
    assert [(cost.item_ledger_entry_no, cost.cost_amount_actual) for cost in posted.later_costs] == [
        (1, Decimal(5))
    ]
    assert list(sums) == ["Posted once"]


def test_an_invoiced_receipt_still_proves_its_value(company: Flask, caller: Caller) -> None:
    receipt = post(caller, goods("purchase", 10, unit_cost="2", is_invoiced=False))
    post(caller, {"type": "invoice", "entry_no": 1, "quantity_base": "10", "unit_cost": "2.2"})
    post(caller, {"type": "item_charge", "entry_no": 1, "amount": "5"})

    _, posted, sums = told(company, receipt)

    assert len(posted.entries[0].costs) == 3
    assert sums["Value"] == ("20.00 + 2.00 + 5.00 = +27.00", True)


def test_a_return_at_the_cost_of_its_sale_keeps_both_sides_in_balance(company: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, unit_cost="2"))
    sale = post(caller, goods("sale", 4))
    back = post(caller, goods("sales_return", 3, applies_from_entry_no=2))

    for transaction_id in (sale, back):
        _, posted, sums = told(company, transaction_id)

        assert all(holds for _, holds in sums.values()), sums
        assert any(each.copies_cost for each in posted.entries[0].applied)


def test_a_transfer_into_bins_proves_the_bins_of_the_place_that_has_them(
    company: Flask, caller: Caller
) -> None:
    post(caller, goods("purchase", 10, unit_cost="2"))

    story, _, sums = told(
        company, post(caller, goods("transfer", 4, to_location_code="DC", to_bin_code="A1"))
    )

    assert (story.title, story.amount) == ("Transfer A1, Loose", "4")
    assert sums["Bins"] == ("4 = ledger +4", True)
    assert all(holds for _, holds in sums.values())


def test_an_undo_names_the_entry_and_proves_itself(company: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, unit_cost="2", is_invoiced=False))

    story, posted, sums = told(company, post(caller, {"type": "undo", "entry_no": 1}))

    assert story.title == "Undo of an entry, entry 1"
    assert [entry.quantity_base for entry in posted.entries] == [-10]
    assert "Quantity" not in sums
    assert all(holds for _, holds in sums.values())


def links(browser: Browser, entry_no: int) -> dict[str, str]:
    """What an entry's page leads to in the journal: words and address."""
    page = browser.get(f"/entries/{entry_no}").text
    found = re.findall(r'href="(/journal[^"]*)".*?<span>([^<]+)</span>', page)
    return {words: address.replace("&amp;", "&") for address, words in found if "?type=" in address}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (goods("purchase", 10, is_invoiced=False), ["Invoice", "Charge", "Undo"]),
        (goods("purchase", Decimal(10)), ["Charge", "Revalue"]),
        (goods("positive_adjustment", 10), ["Charge", "Revalue"]),
    ],
)
def test_an_entry_offers_what_may_be_done_with_it(
    company: Flask, caller: Caller, line: dict[str, Any], offered: list[str]
) -> None:
    post(caller, line)

    found = links(caller.browser, 1)

    assert list(found) == offered
    for address in found.values():
        page = caller.browser.get(address)
        assert page.status_code == 200
        assert 'value="1"' in page.text


def test_the_invoice_of_an_entry_is_filled_in_with_what_is_left(company: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, is_invoiced=False))
    post(caller, {"type": "invoice", "entry_no": 1, "quantity_base": "4"})

    page = caller.browser.get(links(caller.browser, 1)["Invoice"]).text

    assert 'name="lines-0-quantity_base" type="text" value="6"' in page
    assert "Undo" not in links(caller.browser, 1)


def test_who_may_not_post_journals_is_offered_nothing(company: Flask, caller: Caller) -> None:
    post(caller, goods("purchase", 10, is_invoiced=False))

    assert links(browser_of(company, "supervisor"), 1) == {}
