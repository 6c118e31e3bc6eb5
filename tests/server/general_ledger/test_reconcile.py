"""Value entries and general ledger are held against each other, role by role."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.general_ledger.accounts import Role
from server.general_ledger.tables import GlAccount, GlEntry
from server.ledger.gl_posting import post_to_gl
from server.ledger.reconcile import ReconcileFilter, ReconcileRow, belongs_to, reconcile
from server.ledger.tables import ValueEntry
from server.masterdata.tables import AccountingPeriod
from tests.support.values import DAY, add_values, begin_books
from tests.support.warehouse import MORNING

NEXT = date(2026, 3, 3)
SALE = {"item_ledger_entry_type": "sale"}


@pytest.fixture
def books(app: Flask) -> Iterator[Flask]:
    """A company with accounts that posts expected cost, inside its application context."""
    with app.app_context():
        begin_books(expected_cost_posting=True)
        yield app


def post(per: Any = "entry") -> None:
    write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING, per=per))


def rows(**wanted: Any) -> dict[str, ReconcileRow]:
    found = reconcile(db.session.connection(), ReconcileFilter(**wanted))
    db.session.rollback()
    return {row.role.value: row for row in found}


def figures(row: ReconcileRow) -> list[Decimal]:
    """Value entries, posted, not posted, general ledger, difference."""
    return [row.value_amount, row.posted_amount, row.not_posted, row.gl_amount, row.difference]


def by_hand(account_no: str, amount: object, **more: Any) -> None:
    """An entry that somebody else posted."""
    row = {
        "batch_no": 999,
        "account_no": account_no,
        "posting_date": DAY,
        "amount": Decimal(str(amount)),
        "category": "",
        "document_no": "GJ-1",
        "posted_at": MORNING,
    }
    write(lambda connection: connection.execute(sa.insert(GlEntry).values(**row | more)))


def test_what_is_not_posted_yet_is_no_difference(books: Flask) -> None:
    add_values({"cost_amount_actual": "10"}, {"cost_amount_actual": "-4", **SALE})
    post()
    add_values({"cost_amount_actual": "3"})

    found = rows()

    assert list(found) == ["inventory", "cogs", "direct_cost_applied"]
    assert figures(found["inventory"]) == [9, 6, 3, 6, 0]
    assert figures(found["cogs"]) == [4, 4, 0, 4, 0]
    assert figures(found["direct_cost_applied"]) == [-13, -10, -3, -10, 0]
    assert found["inventory"].accounts == ("1410",)
    assert found["inventory"].reasons == ()


@pytest.mark.parametrize("per", ["entry", "group"])
def test_date_item_and_location_filter_both_sides(books: Flask, per: Any) -> None:
    add_values(
        {"cost_amount_actual": "1"},
        {"cost_amount_actual": "2", "item_no": "BUNTING"},
        {"cost_amount_actual": "4", "location_code": "YARD"},
        {"cost_amount_actual": "8", "posting_date": NEXT},
    )
    post(per)

    assert figures(rows()["inventory"]) == [15, 15, 0, 15, 0]
    assert figures(rows(item_no="BUNTING")["inventory"]) == [2, 2, 0, 2, 0]
    assert figures(rows(location_code="YARD")["inventory"]) == [4, 4, 0, 4, 0]
    assert figures(rows(posting_date_from=NEXT)["inventory"]) == [8, 8, 0, 8, 0]
    assert figures(rows(posting_date_to=DAY, item_no="GLOBE")["inventory"]) == [5, 5, 0, 5, 0]


def test_an_entry_of_somebody_else_is_a_difference_with_its_reason(books: Flask) -> None:
    add_values({"cost_amount_actual": "10"})
    post()
    by_hand("1410", 25)
    by_hand("5110", -25, item_no="GLOBE")

    found = rows()

    assert figures(found["inventory"]) == [10, 10, 0, 35, 25]
    assert found["inventory"].others_amount == 25
    assert found["inventory"].reasons == ("posted_by_others",)
    assert figures(found["cogs"]) == [0, 0, 0, -25, -25]
    assert figures(rows(item_no="GLOBE")["cogs"]) == [0, 0, 0, -25, -25]


def test_an_account_without_role_is_left_out(books: Flask) -> None:
    by_hand("8000", 25)

    assert rows() == {}


def test_expected_cost_that_the_company_does_not_post_counts_nowhere(books: Flask) -> None:
    begin_books(expected_cost_posting=False)
    add_values({"cost_amount_expected": "10"})
    assert rows() == {}

    begin_books(expected_cost_posting=True)
    assert figures(rows()["inventory_interim"]) == [10, 0, 10, 0, 0]


def test_why_something_is_not_posted_stands_in_its_row(books: Flask) -> None:
    def close_and_block(connection: sa.Connection) -> None:
        connection.execute(
            sa.insert(AccountingPeriod).values(
                starting_date=NEXT, name="", is_new_fiscal_year=False, is_closed=True
            )
        )
        connection.execute(sa.update(GlAccount).where(GlAccount.no == "5110").values(is_blocked=True))

    write(close_and_block)
    add_values({"cost_amount_actual": "-4", **SALE}, {"cost_amount_actual": "5", "posting_date": NEXT})
    post()

    found = rows()

    assert found["cogs"].reasons == ("account_blocked",)
    assert found["inventory"].reasons == ("account_blocked", "period_closed")
    assert found["direct_cost_applied"].reasons == ("period_closed",)


@pytest.mark.parametrize(
    ("role", "only_unposted", "numbers"),
    [
        (Role.INVENTORY, True, [4]),
        (Role.INVENTORY, False, [2, 3, 4]),
        (Role.COGS, False, [3]),
        (Role.INVENTORY_INTERIM, False, [1, 2]),
        (Role.DIRECT_COST_APPLIED, False, [2, 4]),
        (Role.MATERIAL_VARIANCE, False, []),
    ],
)
def test_the_values_behind_a_figure(
    books: Flask, role: Role, only_unposted: bool, numbers: list[int]
) -> None:
    add_values(
        {"cost_amount_expected": "10"},
        {"cost_amount_actual": "12", "cost_amount_expected": "-10"},
        {"cost_amount_actual": "-4", **SALE},
    )
    post()
    add_values({"cost_amount_actual": "3"})

    connection = db.session.connection()
    condition = belongs_to(connection, role, only_unposted=only_unposted)
    found = connection.execute(
        sa.select(ValueEntry.entry_no).where(condition).order_by(ValueEntry.entry_no)
    ).scalars()

    assert list(found) == numbers
