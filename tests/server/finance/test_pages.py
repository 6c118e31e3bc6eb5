"""The general ledger's pages: what they show, where they lead, and that posting asks first."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import write
from server.general_ledger.tables import GlAccount, GlEntry
from server.ledger.gl_posting import post_to_gl
from tests.support.people import Browser
from tests.support.warehouse import MORNING

Browsers = Callable[[str], Browser]


def post(books: Flask) -> None:
    with books.app_context():
        write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING))


def entries(books: Flask) -> int:
    with books.app_context():
        return write(
            lambda connection: connection.execute(
                sa.select(sa.func.count()).select_from(GlEntry)
            ).scalar_one()
        )


def by_hand(books: Flask) -> None:
    """Somebody moves 25 onto the inventory account without a value entry."""
    rows = [
        {
            "batch_no": 999,
            "account_no": account,
            "posting_date": date(2026, 3, 4),
            "amount": Decimal(amount),
            "category": "",
            "document_no": "GJ-00412",
            "posted_at": MORNING,
        }
        for account, amount in (("1410", 25), ("8000", -25))
    ]
    with books.app_context():
        write(lambda connection: connection.execute(sa.insert(GlEntry), rows))


ADDRESSES = [
    "/general-ledger",
    "/general-ledger?from=2026-03-01&to=2026-03-31&item=GLOBE&location=DC",
    "/general-ledger/roles/inventory",
    "/general-ledger/roles/direct_cost_applied?left=yes",
    "/general-ledger/entries",
    "/general-ledger/entries?account=1410&others=no&value=1&batch=1&document=DOC-1",
    "/general-ledger/entries/1",
    "/general-ledger/accounts",
    "/general-ledger/account-new",
    "/general-ledger/account-edit/1410",
    "/general-ledger/setup-new/inventory",
    "/general-ledger/setup-new/general",
    "/general-ledger/setup-edit/inventory/*/*",
    "/general-ledger/setup-edit/general/*/*",
    "/general-ledger/posting",
    "/general-ledger/posting?per=group",
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_opens(books: Flask, browser: Browsers, language: str) -> None:
    post(books)
    by_hand(books)
    clare = browser("back_office")

    answers = {
        address: clare.get(address, headers={"Accept-Language": language}).status_code
        for address in ADDRESSES
    }

    assert answers == dict.fromkeys(ADDRESSES, 200)


@pytest.mark.parametrize(
    "address", ["/general-ledger/entries/999", "/general-ledger/roles/cash", "/general-ledger/setup-new/x"]
)
def test_what_is_not_there_is_said(browser: Browsers, address: str) -> None:
    assert browser("back_office").get(address).status_code == 404


def test_the_first_page_shows_what_is_posted_and_what_is_not(books: Flask, browser: Browsers) -> None:
    clare = browser("back_office")
    before = clare.get("/general-ledger").text
    post(books)
    after = clare.get("/general-ledger").text

    assert "left=yes" in before
    assert "left=yes" not in after
    assert "Value entries and general ledger agree" in before
    assert "9.25" in after


def test_an_entry_of_somebody_else_is_shown_and_leads_to_it(books: Flask, browser: Browsers) -> None:
    post(books)
    by_hand(books)
    clare = browser("supervisor")

    page = clare.get("/general-ledger").text
    assert "25.00 differs on Inventory on hand" in page
    assert "1 G/L entry was posted by hand or by others." in page
    assert "/general-ledger/entries?others=yes&amp;account=1410" in page

    shown = clare.get("/general-ledger/entries?others=yes&account=1410").text
    assert "GJ-00412" in shown
    assert "DOC-1" not in shown


def test_the_reconciliation_is_exported(books: Flask, browser: Browsers) -> None:
    post(books)

    text = browser("supervisor").get("/general-ledger?format=csv").text.removeprefix("\ufeff")

    rows = {row["role"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["inventory"] == {
        "role": "inventory",
        "accounts": "1410",
        "posted": "9.25",
        "not_posted": "0",
        "value_entries": "9.25",
        "general_ledger": "9.25",
        "difference": "0",
        "reasons": "",
    }


def test_posting_is_shown_first_and_then_done(books: Flask, browser: Browsers) -> None:
    clare = browser("back_office")
    preview = clare.get("/general-ledger/posting").text
    assert "Post 17.75" in preview
    assert entries(books) == 0

    answer = clare.post("/general-ledger/posting", per="entry")

    assert answer.status_code == 303
    assert entries(books) == 6
    done = clare.get("/general-ledger/posting").text
    assert "3 value entries are posted to the general ledger, 17.75 in debits." in done
    assert "Everything is posted." in done


def test_the_preview_names_what_cannot_be_posted(books: Flask, browser: Browsers) -> None:
    with books.app_context():
        write(
            lambda connection: connection.execute(
                sa.update(GlAccount).where(GlAccount.no == "5110").values(is_blocked=True)
            )
        )

    page = browser("back_office").get("/general-ledger/posting").text

    assert "The account is blocked" in page
    assert "/value-entries/2" in page
    assert "Post 13.50" in page


def test_only_who_may_post_sees_posting(browser: Browsers) -> None:
    dana = browser("supervisor")

    assert "/general-ledger/posting" not in dana.get("/general-ledger").text
    assert dana.get("/general-ledger/posting").status_code == 403
    assert browser("worker").get("/general-ledger").status_code == 403


def test_an_entry_leads_to_its_value_entry_and_what_balances_it(books: Flask, browser: Browsers) -> None:
    post(books)

    page = browser("supervisor").get("/general-ledger/entries/1").text

    assert "/value-entries/1" in page
    assert "/general-ledger/entries/2" in page
    assert "Direct cost applied" in page


def test_an_account_is_changed_on_its_page(books: Flask, browser: Browsers) -> None:
    clare = browser("back_office")
    version = clare.get("/general-ledger/account-edit/1410").text.partition('name="version" value="')[2][:64]
    form = {
        "version": version.partition('"')[0],
        "name": "Stock of goods",
        "name_fr": "Marchandises",
        "category": "inventory",
    }

    answer = clare.post("/general-ledger/account-edit/1410", **form)

    assert answer.status_code == 303, answer.text
    assert "Stock of goods" in clare.get("/general-ledger/accounts").text
    assert "Marchandises" in clare.get("/general-ledger/accounts", headers={"Accept-Language": "fr"}).text


def test_a_new_set_up_row_counts_for_its_group(books: Flask, browser: Browsers) -> None:
    clare = browser("back_office")

    answer = clare.post(
        "/general-ledger/setup-new/inventory",
        location_code="DC",
        inventory_posting_group="RAW",
        inventory_account="1410",
    )

    assert answer.status_code == 303, answer.text
    assert "/general-ledger/setup-edit/inventory/DC/RAW" in clare.get("/general-ledger/accounts").text
    wrong = clare.post("/general-ledger/setup-new/inventory", location_code="NOWHERE")
    assert wrong.status_code == 422
