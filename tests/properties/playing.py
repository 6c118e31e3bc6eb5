"""Plays scenario documents on the engine and reads what the ledgers then say, in the order posted.

Always holds: whoever reads does so before the connection is rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.ledger.adjust import adjust_costs
from server.ledger.post import post_journal
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.masterdata.tables import Item
from server.scenarios.checking import Difference
from server.scenarios.company import PERSON, set_up
from server.scenarios.reading import parse_scenario
from server.scenarios.running import MOMENT, _Runner, names_of, run_scenario
from server.scenarios.scratch import rolled_back
from server.scenarios.steps import Movement, Scenario
from tests.properties.documents import text_of

LATER = MOMENT + timedelta(days=1)
_entry = ItemLedgerEntry.__table__.c
_value = ValueEntry.__table__.c


class Figures(NamedTuple):
    """One entry after all was posted; `document_no` is the ref of its step."""

    document_no: str
    item_no: str
    quantity: Decimal
    remaining: Decimal
    invoiced: Decimal
    actual: Decimal
    expected: Decimal
    valuation_date: date


@contextmanager
def played(engine: sa.Engine, document: dict[str, Any]) -> Iterator[sa.Connection]:
    """The connection on which a document was played without a difference from what it expects."""
    with rolled_back(engine) as connection:
        assert differences(connection, document) == []
        yield connection


def differences(connection: sa.Connection, document: dict[str, Any]) -> list[Difference]:
    """What the engine does otherwise than a document expects; a refused step is one."""
    return run_scenario(read(document), connection)


def read(document: dict[str, Any]) -> Scenario:
    """A document as the engine's runner takes it."""
    nothing = [{"after": document["steps"][-1]["ref"], "items": []}]
    return parse_scenario(text_of(document | {"expect": document["expect"] or nothing}))


def play_in_batches(connection: sa.Connection, document: dict[str, Any]) -> int:
    """Post neighbouring steps of one day as lines of one journal; how many journals had several lines."""
    scenario = read(document)
    set_up(connection, scenario)
    runner = _Runner(scenario, connection)
    batches = 0
    for place, batch in enumerate(_batches(scenario)):
        now = MOMENT + timedelta(seconds=place)
        if len(batch) == 1:
            assert runner._outcome(batch[0], now) == []
            continue
        batches += 1
        journals = [runner._journal(step, now) for step in batch]
        lines = tuple(line for journal in journals for line in journal.lines)
        posting = post_journal(connection, replace(journals[0], lines=lines), now)
        rows = sorted(posting.item_ledger, key=lambda row: row.entry_no)
        for step, row in zip(batch, rows, strict=True):
            runner._made |= names_of(step, [row])
    return batches


def _batches(scenario: Scenario) -> list[list[Any]]:
    """Steps in the order posted; those stand together that make one entry each and name no entry: a line
    that names one may take it from the lines before it, which the same journal cannot take back.
    """
    batches: list[list[Any]] = []
    for step in scenario.steps:
        last = batches[-1] if batches else []
        if (
            isinstance(step, Movement)
            and last
            and isinstance(last[0], Movement)
            and last[0].day == step.day
            and not any(each.applies_to or each.applies_from for each in (*last, step))
        ):
            last.append(step)
        else:
            batches.append([step])
    return batches


def adjust_once_more(connection: sa.Connection) -> tuple[int, int]:
    """Value entries before and after another adjustment."""
    before = count_values(connection)
    adjust_costs(connection, user_id=PERSON, now=datetime.combine(LATER.date(), LATER.timetz()))
    return before, count_values(connection)


def count_values(connection: sa.Connection) -> int:
    """How many value entries there are."""
    return connection.scalar(sa.select(sa.func.count()).select_from(ValueEntry)) or 0


def entry_figures(connection: sa.Connection) -> list[Figures]:
    """Every entry, in the order posted."""
    costs = (
        sa.select(
            _value.item_ledger_entry_no,
            sa.func.sum(_value.cost_amount_actual).label("actual"),
            sa.func.sum(_value.cost_amount_expected).label("expected"),
            sa.func.max(_value.valuation_date).label("valuation_date"),
        )
        .group_by(_value.item_ledger_entry_no)
        .subquery()
    )
    rows = connection.execute(
        sa.select(
            _entry.document_no,
            _entry.item_no,
            _entry.quantity_base,
            _entry.remaining_quantity,
            _entry.invoiced_quantity,
            costs.c.actual,
            costs.c.expected,
            costs.c.valuation_date,
        )
        .join(costs, costs.c.item_ledger_entry_no == _entry.entry_no)
        .order_by(_entry.entry_no)
    )
    return [Figures(*row) for row in rows]


def unit_costs(connection: sa.Connection) -> dict[str, Decimal]:
    """What stands on the cards."""
    return {row.no: row.unit_cost for row in connection.execute(sa.select(Item.no, Item.unit_cost))}
