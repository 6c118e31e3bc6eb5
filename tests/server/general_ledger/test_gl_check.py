"""`ledger check` finds what the general ledger and its value entries tell differently (I13)."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.general_ledger.tables import GlEntry, GlItemRelation
from server.ledger.check.invariants import LEDGER_INVARIANTS, Result, check, one_snapshot
from server.ledger.gl_posting import post_to_gl
from server.ledger.tables import ValueEntry
from tests.server.ledger.test_check import triggers_asleep
from tests.support.values import add_values, begin_books
from tests.support.warehouse import MORNING

I13 = [each for each in LEDGER_INVARIANTS if each.name == "I13"]
CENT = Decimal("0.01")


@pytest.fixture(params=["entry", "group"])
def posted(request: pytest.FixtureRequest, app: Flask) -> Iterator[Flask]:
    """A company whose values of every kind are posted, per entry and per group in turn."""
    with app.app_context():
        begin_books(expected_cost_posting=True)
        add_values(
            {"cost_amount_expected": "10"},
            {"cost_amount_actual": "12", "cost_amount_expected": "-10"},
            {"cost_amount_actual": "-4", "item_ledger_entry_type": "sale"},
            {"cost_amount_actual": "2.50", "item_ledger_entry_type": ""},
            {"cost_amount_actual": "-2.50", "item_ledger_entry_type": "assembly_output"},
            {"cost_amount_actual": "7", "entry_type": "revaluation"},
        )
        write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING, per=request.param))
        # Not posted yet.
        add_values({"cost_amount_actual": "99"})
        yield app


def found() -> Result:
    with one_snapshot(db.engine) as connection:
        (result,) = check(connection, I13)
    return result


Spoil = Callable[[], Any]
first_entry = sa.select(sa.func.min(GlEntry.entry_no)).scalar_subquery()
first_value = ValueEntry.entry_no == 2
SPOILS: dict[str, Spoil] = {
    "a G/L entry of another amount": lambda: (
        sa.update(GlEntry).where(GlEntry.entry_no == first_entry).values(amount=GlEntry.amount + CENT)
    ),
    "a G/L entry that is gone": lambda: sa.delete(GlEntry).where(GlEntry.entry_no == first_entry),
    "a relation that is gone": lambda: sa.delete(GlItemRelation).where(
        GlItemRelation.gl_entry_no == first_entry
    ),
    "a relation to another value": lambda: (
        sa.update(GlItemRelation)
        .where(GlItemRelation.gl_entry_no == first_entry, GlItemRelation.value_entry_no == 1)
        .values(value_entry_no=7)
    ),
    "a part of a cost": lambda: sa.update(ValueEntry).where(first_value).values(cost_posted_to_gl=CENT),
    "a posted cost that the G/L does not have": lambda: (
        sa.update(ValueEntry).where(ValueEntry.entry_no == 7).values(cost_posted_to_gl=99)
    ),
    "a cost that is posted and does not say so": lambda: (
        sa.update(ValueEntry).where(first_value).values(cost_posted_to_gl=0)
    ),
    "an expected cost that is posted and does not say so": lambda: (
        sa.update(ValueEntry).where(first_value).values(expected_cost_posted_to_gl=0)
    ),
    "a resource's cost that is posted and does not say so": lambda: (
        sa.update(ValueEntry).where(ValueEntry.entry_no == 4).values(cost_posted_to_gl=0)
    ),
}


def test_what_is_posted_as_it_should_be_shows_no_difference(posted: Flask) -> None:
    assert found().differences == 0


@pytest.mark.parametrize("spoil", SPOILS)
def test_each_thing_that_is_wrong_is_found(posted: Flask, spoil: str) -> None:
    with triggers_asleep() as connection:
        assert connection.execute(SPOILS[spoil]()).rowcount > 0

    assert found().differences > 0


def test_an_entry_of_somebody_else_is_no_difference_if_its_batch_balances(posted: Flask) -> None:
    rows = [
        {"batch_no": 999, "account_no": account, "posting_date": MORNING.date(), "amount": amount}
        for account, amount in (("1410", Decimal(25)), ("5110", Decimal(-25)))
    ]
    write(
        lambda connection: connection.execute(
            sa.insert(GlEntry),
            [row | {"category": "", "document_no": "GJ-1", "posted_at": MORNING} for row in rows],
        )
    )
    assert found().differences == 0

    with triggers_asleep() as connection:
        connection.execute(sa.delete(GlEntry).where(GlEntry.batch_no == 999, GlEntry.account_no == "1410"))
    assert [(row.where, row.found) for row in found().rows] == [("batch_no 999", "-25")]
