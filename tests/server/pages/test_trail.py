"""A transaction's page shows everything it caused, and proves its sums from the rows."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from server.monitor.proof import prove
from server.monitor.queries import read_transaction
from server.monitor.story import read_story
from server.monitor.trail import Posted, read_posted
from tests.server.pages.placed import Placed, seen
from tests.support.people import Browser
from tests.support.warehouse import line, move_line

Browsers = Callable[[str], Browser]


def sums(app: Flask, transaction_id: str, **changed: Any) -> dict[str, tuple[str, bool]]:
    """Title to sum and whether it holds; `changed` puts other rows in the ledger's place."""
    with app.test_request_context():
        card = read_transaction(transaction_id)
        posted = replace(read_posted(transaction_id), **changed)
        story = read_story(card, posted)
        proved = prove(card.row.kind, card.row.status, story.body, posted)
        return {title: (words, holds) for title, words, holds in proved}


def posted_of(app: Flask, transaction_id: str) -> Posted:
    return seen(app, read_posted, transaction_id)


def test_a_pick_from_two_receipts_adds_up(stocked: Flask, office: Placed, handheld: Placed) -> None:
    office.send("receive", line("GLOBE", 10, "A1", unit_cost=Decimal("3.1")))
    pick = handheld.send("pick", line("GLOBE", 15, "A1"))

    # 12 at 2.50 and 3 at 3.10.
    assert sums(stocked, pick.transaction_id) == {
        "Posted once": ("1 posting bears this id", True),
        "Quantity": ("−15 = ledger −15", True),
        "Bins": ("−15 = ledger −15", True),
        "Applications": ("12 + 3 = 15, none open", True),
        "Value": ("−15 × 2.6200 = −39.30", True),
    }


def test_a_receipt_that_was_picked_from_shows_what_is_left(stocked: Flask, office: Placed) -> None:
    receipt = office.send("receive", line("BUNTING", 8, "A1"))
    office.send("pick", line("BUNTING", 5, "A2"))
    office.send("pick", line("BUNTING", 2, "A1"))

    assert sums(stocked, receipt.transaction_id)["Applications"] == ("2, 6 left", True)


def test_a_move_leaves_the_ledger_alone(stocked: Flask, handheld: Placed) -> None:
    moved = handheld.send("move", move_line("GLOBE", 4, "A1", "A2"))

    assert sums(stocked, moved.transaction_id) == {
        "Posted once": ("1 posting bears this id", True),
        "Quantity": ("moved within, ledger 0", True),
        "Bins": ("−4 + 4 = ledger 0", True),
    }


def test_what_is_not_posted_has_no_posting(stocked: Flask, handheld: Placed) -> None:
    parked = handheld.send("pick", line("GLOBE", 99, "A1"))

    assert sums(stocked, parked.transaction_id) == {"Not posted": ("0 postings bear this id", True)}


@pytest.mark.parametrize(
    ("title", "spoil"),
    [
        ("Posted once", lambda posted: {"registers": 2}),
        ("Quantity", lambda posted: {"entries": ()}),
        ("Bins", lambda posted: {"movements": posted.movements * 2}),
        ("Applications", lambda posted: {"entries": (replace(posted.entries[0], applied=()),)}),
        ("Value", lambda posted: {"entries": (replace(posted.entries[0], costs=()),)}),
    ],
)
def test_a_sum_that_does_not_hold_says_so(
    stocked: Flask, handheld: Placed, title: str, spoil: Callable[[Posted], dict[str, Any]]
) -> None:
    pick = handheld.send("pick", line("GLOBE", 5, "A1"))
    right, spoilt = (
        sums(stocked, pick.transaction_id, **changed)
        for changed in ({}, spoil(posted_of(stocked, pick.transaction_id)))
    )

    assert right[title][1]
    assert not spoilt[title][1]


def test_the_page_leads_from_the_scans_to_bins_and_costs(
    stocked: Flask, browser: Browsers, handheld: Placed
) -> None:
    pick = handheld.send("pick", line("GLOBE", 5, "A1"), body_scans=("A1", "\x1d01GLOBE"))
    entry = posted_of(stocked, pick.transaction_id).entries[0].entry_no

    page = browser("supervisor").get(f"/transactions/{pick.transaction_id}").text

    assert "Pick A1, Globe" in page
    assert "⟨GS⟩01GLOBE" in page
    assert f'href="/entries/{entry}"' in page
    assert 'href="/items/GLOBE"' in page
    assert page.count('aria-label="Holds"') == 5
    assert 'aria-label="Differs"' not in page


def test_what_cannot_be_read_is_shown_as_it_came(stocked: Flask, browser: Browsers, handheld: Placed) -> None:
    record = handheld.source.make("pick", line("GLOBE", 1, "A1"))
    record["body"] = {"lines": "<script>alert(1)</script>"}
    outcome = handheld.push(record).results[0]

    page = browser("supervisor").get(f"/transactions/{outcome.transaction_id}").text

    assert "that cannot be read" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_id_that_nobody_sent_is_not_found(browser: Browsers) -> None:
    answer = browser("supervisor").get("/transactions/0190aaaa-0000-7000-8000-000000000000")

    assert answer.status_code == 404
    assert "There is no “0190aaaa-0000-7000-8000-000000000000” here." in answer.text
