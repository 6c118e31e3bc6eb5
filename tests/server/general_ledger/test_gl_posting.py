"""Value entries reach the general ledger once, balanced, on their own date, and what cannot is named."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.general_ledger.posted import GlPosted
from server.general_ledger.tables import (
    GeneralPostingSetup,
    GlAccount,
    GlEntry,
    GlItemRelation,
    InventoryPostingSetup,
)
from server.ledger.gl_posting import post_all_to_gl, post_to_gl, preview_gl
from server.ledger.tables import ValueEntry
from server.masterdata.tables import AccountingPeriod
from tests.support.values import DAY, add_values, begin_books
from tests.support.warehouse import MORNING


@pytest.fixture
def books(app: Flask) -> Iterator[Flask]:
    """A company with accounts, inside its application context."""
    with app.app_context():
        begin_books()
        yield app


def post(**more: Any) -> GlPosted:
    return write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING, **more))


def balances(*where: sa.ColumnElement[bool]) -> dict[str, Decimal]:
    """What each role's account stands at, without those at 0."""
    rows = db.session.execute(
        sa.select(GlEntry.category, sa.func.sum(GlEntry.amount)).where(*where).group_by(GlEntry.category)
    )
    return {role: amount for role, amount in rows if amount}


def entries() -> list[tuple[Any, ...]]:
    rows = db.session.execute(
        sa.select(GlEntry.posting_date, GlEntry.category, GlEntry.account_no, GlEntry.amount).order_by(
            GlEntry.entry_no
        )
    )
    return [tuple(row) for row in rows]


def posted_amounts(entry_no: int) -> tuple[Any, ...]:
    return tuple(
        db.session.execute(
            sa.select(ValueEntry.cost_posted_to_gl, ValueEntry.expected_cost_posted_to_gl).where(
                ValueEntry.entry_no == entry_no
            )
        ).one()
    )


def test_a_value_becomes_a_pair_of_lines_on_its_own_date(books: Flask) -> None:
    (no,) = add_values({"cost_amount_actual": "12.34"})

    posted = post()

    assert (posted.entries, posted.value_entries, posted.amount) == (2, 1, Decimal("12.34"))
    assert entries() == [
        (DAY, "inventory", "1410", Decimal("12.34")),
        (DAY, "direct_cost_applied", "5210", Decimal("-12.34")),
    ]
    assert posted_amounts(no) == (Decimal("12.34"), 0)
    row = db.session.execute(sa.select(GlEntry).limit(1)).scalar_one()
    assert (row.document_no, row.item_no, row.location_code) == ("DOC-1", "GLOBE", "DC")
    assert (row.user_id, row.posted_at) == ("clare", MORNING)


def test_relations_say_which_value_stands_in_which_entry(books: Flask) -> None:
    first, second = add_values({"cost_amount_actual": "3"}, {"cost_amount_actual": "-1"})

    post()

    rows = db.session.execute(
        sa.select(GlItemRelation.value_entry_no, GlEntry.category, GlItemRelation.amount)
        .join(GlEntry, GlEntry.entry_no == GlItemRelation.gl_entry_no)
        .order_by(GlEntry.entry_no)
    ).all()
    assert [tuple(row) for row in rows] == [
        (first, "inventory", 3),
        (first, "direct_cost_applied", -3),
        (second, "inventory", -1),
        (second, "direct_cost_applied", 1),
    ]


@pytest.mark.parametrize("per", ["entry", "group"])
def test_a_second_run_posts_nothing(books: Flask, per: Any) -> None:
    add_values({"cost_amount_actual": "3"}, {"cost_amount_actual": "-1", "item_ledger_entry_type": "sale"})
    post(per=per)

    again = post(per=per)

    assert (again.entries, again.value_entries, again.skipped) == (0, 0, [])
    assert len(entries()) == 4


def test_groups_keep_dates_places_groups_and_signs_apart(books: Flask) -> None:
    later = date(2026, 3, 3)
    add_values(
        {"cost_amount_actual": "3"},
        {"cost_amount_actual": "4", "item_no": "BUNTING"},
        {"cost_amount_actual": "-2"},
        {"cost_amount_actual": "5", "location_code": "YARD"},
        {"cost_amount_actual": "6", "posting_date": later},
        {"cost_amount_actual": "7", "general_product_posting_group": "RETAIL"},
        {"cost_amount_actual": "8", "inventory_posting_group": "RAW"},
    )

    posted = post(per="group")

    lines = [(day, amount) for day, role, _, amount in entries() if role == "inventory"]
    assert lines == [(DAY, 7), (DAY, -2), (DAY, 5), (later, 6), (DAY, 7), (DAY, 8)]
    assert (posted.entries, posted.value_entries) == (12, 7)
    assert sum(amount for *_, amount in entries()) == 0


def test_per_group_posts_the_same_to_every_account_as_per_entry(books: Flask) -> None:
    rows = [
        {"cost_amount_actual": amount, "item_ledger_entry_type": kind}
        for kind in ("purchase", "sale", "transfer", "")
        for amount in ("1.11", "-0.37", "2")
    ]
    add_values(*rows)
    post(per="entry")
    per_entry = balances()
    add_values(*rows)

    post(per="group")

    assert balances() == {role: 2 * amount for role, amount in per_entry.items()}


def test_expected_cost_posts_only_where_the_company_wants_it(books: Flask) -> None:
    (no,) = add_values({"cost_amount_expected": "10", "is_expected_cost": True})
    assert post().entries == 0

    begin_books(expected_cost_posting=True)
    post()

    assert balances() == {"inventory_interim": 10, "invt_accrual_interim": -10}
    assert posted_amounts(no) == (0, 10)


def test_an_invoice_takes_the_interim_accounts_back_to_nothing(books: Flask) -> None:
    begin_books(expected_cost_posting=True)
    add_values({"cost_amount_expected": "10"}, {"cost_amount_actual": "12", "cost_amount_expected": "-10"})

    post()

    assert balances() == {"inventory": 12, "direct_cost_applied": -12}


def test_accounts_of_exactly_these_groups_come_first(books: Flask) -> None:
    def more_setup(connection: sa.Connection) -> None:
        connection.execute(sa.insert(GlAccount).values(no="1"))
        connection.execute(sa.insert(GlAccount).values(no="2"))
        for location, account in (("DC", "1"), ("", "2")):
            connection.execute(
                sa.insert(InventoryPostingSetup).values(
                    location_code=location, inventory_posting_group="RAW", inventory_account=account
                )
            )

    write(more_setup)
    add_values(
        {"cost_amount_actual": "1", "inventory_posting_group": "RAW"},
        {"cost_amount_actual": "2", "inventory_posting_group": "RAW", "location_code": "YARD"},
        {"cost_amount_actual": "3"},
    )

    post()

    stock = {amount: account for _, role, account, amount in entries() if role == "inventory"}
    assert stock == {Decimal(1): "1", Decimal(2): "2", Decimal(3): "1410"}


def blocked(connection: sa.Connection) -> None:
    connection.execute(sa.update(GlAccount).where(GlAccount.no == "5110").values(is_blocked=True))


def unknown(connection: sa.Connection) -> None:
    connection.execute(sa.update(GeneralPostingSetup).values(cogs_account="9999"))


def blank(connection: sa.Connection) -> None:
    connection.execute(sa.update(GeneralPostingSetup).values(cogs_account=""))


def no_setup(connection: sa.Connection) -> None:
    connection.execute(sa.update(GeneralPostingSetup).values(general_product_posting_group="OTHER"))
    connection.execute(
        sa.insert(GeneralPostingSetup).values(
            general_business_posting_group="",
            general_product_posting_group="RETAIL",
            direct_cost_applied_account="5210",
        )
    )


@pytest.mark.parametrize(
    ("spoil", "reason", "account"),
    [
        (blocked, "account_blocked", "5110"),
        (unknown, "account_unknown", "9999"),
        (blank, "account_missing", ""),
        (no_setup, "setup_missing", ""),
    ],
)
def test_a_value_without_usable_account_is_skipped_and_the_rest_posts(
    books: Flask, spoil: Any, reason: str, account: str
) -> None:
    write(spoil)
    skipped_no, posted_no = add_values(
        {"cost_amount_actual": "-5", "item_ledger_entry_type": "sale"},
        {"cost_amount_actual": "7", "general_product_posting_group": "RETAIL" if spoil is no_setup else ""},
    )

    posted = post()

    assert [(each.where.reason, each.where.role, each.where.account_no) for each in posted.skipped] == [
        (reason, "cogs", account)
    ]
    assert posted.skipped[0].values == 1
    assert posted.skipped[0].amount == -5
    assert posted.skipped[0].entry_nos == [skipped_no]
    assert posted_amounts(posted_no) == (7, 0)
    assert posted_amounts(skipped_no) == (0, 0)
    assert balances() == {"inventory": 7, "direct_cost_applied": -7}


def test_a_closed_accounting_period_is_skipped_until_it_opens(books: Flask) -> None:
    def close(connection: sa.Connection) -> None:
        for month, is_closed in ((2, True), (3, False)):
            connection.execute(
                sa.insert(AccountingPeriod).values(
                    starting_date=date(2026, month, 1), is_closed=is_closed, is_new_fiscal_year=False, name=""
                )
            )

    write(close)
    before, inside, after = add_values(
        *(
            {"cost_amount_actual": "1", "posting_date": day}
            for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1))
        )
    )

    posted = post()

    assert [each.entry_nos for each in posted.skipped] == [[inside]]
    assert posted.skipped[0].where.reason == "period_closed"
    assert [posted_amounts(no)[0] for no in (before, inside, after)] == [1, 0, 1]

    write(lambda connection: connection.execute(sa.update(AccountingPeriod).values(is_closed=False)))
    assert post().value_entries == 1


def test_only_the_named_values_are_posted(books: Flask) -> None:
    first, second, third = add_values(*({"cost_amount_actual": "1"} for _ in range(3)))

    posted = post(only_value_entry_nos=[third, first, first])

    assert posted.value_entries == 2
    assert [posted_amounts(no)[0] for no in (first, second, third)] == [1, 0, 1]


@pytest.mark.parametrize("per", ["entry", "group"])
def test_the_preview_says_what_the_run_then_does_and_writes_nothing(books: Flask, per: Any) -> None:
    write(blocked)
    add_values(
        {"cost_amount_actual": "3"},
        {"cost_amount_actual": "4"},
        {"cost_amount_actual": "-5", "item_ledger_entry_type": "sale"},
    )

    preview = preview_gl(db.session.connection(), per=per)

    assert entries() == []
    assert preview == post(per=per)


@pytest.mark.parametrize("per", ["entry", "group"])
def test_many_values_post_in_spans_each_balanced(
    books: Flask, per: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.ledger.gl_unposted.SPAN", 4)
    days = [date(2026, 3, 1 + number // 3) for number in range(15)]
    add_values(*({"cost_amount_actual": "1.25", "posting_date": day} for day in days))

    parts = list(post_all_to_gl(write, db.engine, user_id="clare", now=MORNING, per=per))

    assert len(parts) > 2
    assert sum(part.value_entries for part in parts) == 15
    assert balances()["inventory"] == Decimal("18.75")
    if per == "group":
        assert len(entries()) == 10
    sums = db.session.execute(sa.select(sa.func.sum(GlEntry.amount)).group_by(GlEntry.batch_no)).scalars()
    assert set(sums) == {0}
    assert post(per=per).entries == 0


def test_a_value_with_only_a_part_posted_gets_the_rest(books: Flask) -> None:
    begin_books(expected_cost_posting=True)
    write(
        lambda connection: connection.execute(sa.update(InventoryPostingSetup).values(inventory_account=""))
    )
    (no,) = add_values({"cost_amount_actual": "12", "cost_amount_expected": "-10"})
    assert post().entries == 2
    assert posted_amounts(no) == (0, -10)

    write(
        lambda connection: connection.execute(
            sa.update(InventoryPostingSetup).values(inventory_account="1410")
        )
    )

    assert post().entries == 2
    assert posted_amounts(no) == (12, -10)
