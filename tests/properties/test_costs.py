"""Costs over random histories: back-dated, partly invoiced, short of stock, returned, transferred, revalued.

Each property stands in a short form for every run and in a long one for `make prove`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings

from server.general_ledger.tables import GlEntry
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.scenarios.scratch import rolled_back
from tests.properties.clearing import cleared
from tests.properties.documents import with_expectations
from tests.properties.histories import METHODS, Shape, histories
from tests.properties.playing import (
    Figures,
    adjust_once_more,
    differences,
    entry_figures,
    play_in_batches,
    played,
    unit_costs,
)
from tests.properties.reordering import adjusting_after_every_step, adjusting_once, one_item_after_the_other

Document = dict[str, Any]
Property = Callable[[sa.Engine, Document], None]
SHORT, LONG = 10, 600
ANY = Shape()
# Histories whose end says nothing of when was adjusted: no cost is taken from the card for good.
WITHOUT_CARD = Shape(card_returns=False, adjusts=False)
WITHOUT_AVERAGE = Shape(methods=("FIFO", "LIFO", "Standard", "Specific"))
# A revaluation of an average dated after the issues that it should reach leaves value behind, by the rules.
NOT_REVALUED = Shape(revaluations=False)
# An adjustment in between renews the card of every item, so that its place would matter.
INDEPENDENT = Shape(assemblies=False, revaluations=False, adjusts=False)
CROWDED = Shape(days=1, adjusts=False, most_steps=24)
WITH_GL = Shape(
    settings=(
        *ANY.settings,
        ("expected_cost_to_gl", (True, False)),
        ("automatic_cost_posting", (True, False)),
        ("automatic_cost_adjustment", ("never", "always")),
    )
)
_value, _entry, _gl = ValueEntry.__table__.c, ItemLedgerEntry.__table__.c, GlEntry.__table__.c


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> sa.Engine:
    """Each database in turn."""
    found: sa.Engine = request.getfixturevalue(f"{request.param}_scratch")
    return found


def expect_for(engine: sa.Engine, shape: Shape, holds: Property, examples: int) -> None:
    """A property holds on so many histories of a shape, always the same ones."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        # A failing history is told as it is: looking for a smaller one takes minutes.
        phases=(Phase.generate,) if examples == SHORT else tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )
    @given(document=histories(shape))
    def every(document: Document) -> None:
        holds(engine, document)

    every()


def agrees_with_the_model(engine: sa.Engine, document: Document) -> None:
    """Every figure of every entry is the naive model's."""
    with rolled_back(engine) as connection:
        assert differences(connection, with_expectations(document)) == []


def adjusts_once(engine: sa.Engine, document: Document) -> None:
    """A second adjustment writes nothing."""
    with played(engine, document) as connection:
        before, after = adjust_once_more(connection)
        assert after == before


def leaves_no_value_without_stock(engine: sa.Engine, document: Document) -> None:
    """An item of which nothing is left, nothing open and all invoiced is worth nothing."""
    with played(engine, cleared(document)) as connection:
        found = entry_figures(connection)
    for item in {each.item_no for each in found}:
        entries = [each for each in found if each.item_no == item]
        if not any(each.remaining for each in entries):
            assert sum(each.quantity for each in entries) == 0
            assert sum(each.actual for each in entries) == 0
            assert sum(each.expected for each in entries) == 0


def conserves_value(engine: sa.Engine, document: Document) -> None:
    """Transfers, assemblies and corrections move value and make none, to the cent."""
    with played(engine, document) as connection:
        for step in document["steps"]:
            if step["do"].startswith("transfer"):
                assert direct_cost_of(connection, step["ref"]) == 0
            if step["do"] == "assembly":
                assert direct_cost_of(connection, step["ref"]) == sum(
                    resource["direct_cost"] + resource["overhead"] for resource in step.get("resources", [])
                )
            if step["do"] == "undo_receipt":
                assert cost_of_entries(connection, step["ref"], step["of"]) == 0


def direct_cost_of(connection: sa.Connection, *refs: str) -> Decimal:
    """Direct cost, actual and expected, that steps posted on entries, without charges of other steps."""
    found = connection.scalar(
        sa.select(sa.func.sum(_value.cost_amount_actual) + sa.func.sum(_value.cost_amount_expected)).where(
            _value.document_no.in_(refs), _value.entry_type == "direct_cost", _value.item_ledger_entry_no != 0
        )
    )
    return found or Decimal(0)


def cost_of_entries(connection: sa.Connection, *refs: str) -> Decimal:
    """All cost, actual and expected, of the entries of steps, charges and whatever else there is included."""
    entries = sa.select(_entry.entry_no).where(_entry.document_no.in_(refs))
    found = connection.scalar(
        sa.select(sa.func.sum(_value.cost_amount_actual) + sa.func.sum(_value.cost_amount_expected)).where(
            _value.item_ledger_entry_no.in_(entries)
        )
    )
    return found or Decimal(0)


def adjusts_as_well_in_small_steps(engine: sa.Engine, document: Document) -> None:
    """Adjusted after every step or once at the end: every entry costs the same."""
    document = cleared(document)
    with played(engine, adjusting_once(document)) as connection:
        at_once = entry_figures(connection)
    with played(engine, adjusting_after_every_step(document)) as connection:
        step_by_step = entry_figures(connection)

    assert step_by_step == at_once


def keeps_independent_items_apart(engine: sa.Engine, document: Document) -> None:
    """Items that have nothing to do with each other may be posted in any order."""
    with played(engine, document) as connection:
        mixed, cards = by_document(entry_figures(connection)), unit_costs(connection)
    with played(engine, one_item_after_the_other(document)) as connection:
        apart, other_cards = by_document(entry_figures(connection)), unit_costs(connection)

    assert apart == mixed
    assert other_cards == cards


def by_document(figures: list[Figures]) -> list[Figures]:
    """The entries by their steps, whatever the order posted."""
    return sorted(figures, key=lambda each: each.document_no)


def knows_no_batches(engine: sa.Engine, document: Document) -> None:
    """Lines of one journal and journals of one line come to the same."""
    with rolled_back(engine) as connection:
        play_in_batches(connection, document)
        together, cards = entry_figures(connection), unit_costs(connection)
    with played(engine, document) as connection:
        apart, other_cards = entry_figures(connection), unit_costs(connection)

    assert [each[1:] for each in together] == [each[1:] for each in apart]
    assert cards == other_cards


def posts_the_same_to_the_general_ledger(engine: sa.Engine, document: Document) -> None:
    """The inventory accounts are the value entries, the interim account is expected cost, all balances."""
    is_expected = document["setup"]["settings"]["expected_cost_to_gl"]
    steps = [*document["steps"], {"ref": "gl", "do": "post_to_gl"}]
    with played(engine, document | {"steps": steps}) as connection:
        actual, expected = connection.execute(
            sa.select(
                sa.func.coalesce(sa.func.sum(_value.cost_amount_actual), 0),
                sa.func.coalesce(sa.func.sum(_value.cost_amount_expected), 0),
            ).where(_value.item_ledger_entry_no != 0)
        ).one()

        assert balance(connection, "inventory") == actual
        assert balance(connection, "inventory_interim") == (expected if is_expected else 0)
        assert balance(connection) == 0


def balance(connection: sa.Connection, *roles: str) -> Decimal:
    """What the accounts of these roles stand at; without roles, all accounts."""
    statement = sa.select(sa.func.sum(_gl.amount))
    return connection.scalar(statement.where(_gl.category.in_(roles)) if roles else statement) or Decimal(0)


PROPERTIES = [
    (ANY, agrees_with_the_model),
    (ANY, adjusts_once),
    (WITHOUT_AVERAGE, leaves_no_value_without_stock),
    (NOT_REVALUED, leaves_no_value_without_stock),
    (ANY, conserves_value),
    (WITHOUT_CARD, adjusts_as_well_in_small_steps),
    (INDEPENDENT, keeps_independent_items_apart),
    (CROWDED, knows_no_batches),
    (WITH_GL, posts_the_same_to_the_general_ledger),
]
EVERY_KIND = {
    *("purchase", "purchase_receipt", "purchase_invoice", "purchase_return", "sale", "sales_shipment"),
    *("sales_invoice", "sales_return", "sales_return_receipt", "sales_return_invoice", "transfer"),
    *("transfer_shipment", "transfer_receipt", "positive_adjustment", "negative_adjustment", "item_charge"),
    *("assembly", "undo_receipt", "undo_shipment", "adjust_cost", "set_item", "revaluation"),
    *("applies_to", "applies_from", "item", "remaining", "entry"),
}
NAMES = [holds.__name__ + ("_not_revalued" if shape is NOT_REVALUED else "") for shape, holds in PROPERTIES]


@pytest.mark.parametrize(("shape", "holds"), PROPERTIES, ids=NAMES)
def test_over_any_history_the_engine(engine: sa.Engine, shape: Shape, holds: Property) -> None:
    expect_for(engine, shape, holds, SHORT)


@pytest.mark.prove
@pytest.mark.parametrize(("shape", "holds"), PROPERTIES, ids=NAMES)
def test_over_very_many_histories_the_engine(engine: sa.Engine, shape: Shape, holds: Property) -> None:
    expect_for(engine, shape, holds, LONG)


def test_the_histories_hold_every_kind_of_step_and_every_method() -> None:
    found: set[str] = set()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(document=histories(ANY))
    def look(document: Document) -> None:
        methods = {card["no"]: card["costing_method"] for card in document["setup"]["items"]}
        for step in document["steps"]:
            found.update({step["do"], methods.get(step.get("item", ""), ""), step.get("mode", "")})
            found.update(key for key in ("applies_to", "applies_from") if key in step)

    look()

    assert EVERY_KIND | set(METHODS) <= found
