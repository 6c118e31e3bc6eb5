"""Every refusal that posting knows: where the transaction goes, why, and that nothing was posted."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.ledger.tables import ItemRegister
from shared.wire.lines import BinLine, MoveLine
from tests.support.warehouse import MORNING, Source, bins, ledger_count, line, move_line


@dataclass(frozen=True)
class Case:
    """What is sent after 10 GLOBE stand in A1, and what must become of it."""

    kind: str
    line: BinLine | MoveLine
    status: str
    code: str
    source: str = "handheld"
    more: dict[str, Any] = field(default_factory=dict)


CASES = {
    "pick more than the bin has": Case("pick", line("GLOBE", 11, "A1"), "parked", "insufficient_at_bin"),
    "the same from the office": Case(
        "pick", line("GLOBE", 11, "A1"), "refused", "insufficient_at_bin", "office"
    ),
    "move more than the bin has": Case(
        "move", move_line("GLOBE", 11, "A1", "A2"), "parked", "insufficient_at_bin"
    ),
    "adjust down more than the bin has": Case(
        "adjust", line("GLOBE", -11, "A1"), "parked", "insufficient_at_bin", more={"body_reason_code": "LOST"}
    ),
    "negative stock without bins where it is prevented": Case(
        "pick", line("GLOBE", 1), "parked", "insufficient_stock", more={"location": "YARD"}
    ),
    "unknown item": Case("pick", line("NOBODY", 1, "A1"), "parked", "item_unknown"),
    "blocked item": Case("receive", line("BLOCKED", 1, "A1"), "parked", "item_blocked"),
    "unknown variant": Case("receive", line("GLOBE", 1, "A1", variant_code="X"), "parked", "variant_unknown"),
    "blocked variant": Case("receive", line("GLOBE", 1, "A1", variant_code="OLD"), "parked", "item_blocked"),
    "unknown location": Case(
        "receive", line("GLOBE", 1, "A1"), "parked", "location_unknown", more={"location": "MOON"}
    ),
    "unknown bin": Case("receive", line("GLOBE", 1, "Z9"), "parked", "bin_unknown"),
    "no bin where bins are kept": Case("receive", line("GLOBE", 1), "refused", "bin_missing"),
    "a bin where none are kept": Case(
        "receive", line("GLOBE", 1, "A1"), "refused", "bin_not_used", more={"location": "YARD"}
    ),
    "into a blocked bin": Case("receive", line("GLOBE", 1, "SHUT"), "refused", "bin_blocked"),
    "into a bin blocked for coming in": Case(
        "move", move_line("GLOBE", 1, "A1", "NOIN"), "refused", "bin_blocked"
    ),
    "to the same bin": Case("move", move_line("GLOBE", 1, "A1", "A1"), "refused", "same_bin"),
    "nothing": Case("receive", line("GLOBE", 0, "A1"), "refused", "quantity_not_positive"),
    "less than nothing": Case("pick", line("GLOBE", -1, "A1"), "refused", "quantity_not_positive"),
    "two pieces of one serial": Case(
        "receive", line("GLOBE", 2, "A1", serial_no="S1"), "refused", "serial_quantity"
    ),
    "a unit that the item lacks": Case(
        "receive", line("GLOBE", 1, "A1", unit_of_measure_code="TON"), "parked", "unreadable"
    ),
    "pieces that do not fit the unit's factor": Case(
        "receive",
        line("GLOBE", 1, "A1", unit_of_measure_code="CASE", quantity_base=Decimal(10)),
        "awaiting_approval",
        "unit_factor_changed",
    ),
    "unknown reason": Case(
        "adjust", line("GLOBE", 1, "A1"), "parked", "reason_unknown", more={"body_reason_code": "WHY"}
    ),
    "a reason for the other direction": Case(
        "adjust", line("GLOBE", 1, "A1"), "refused", "reason_direction", more={"body_reason_code": "LOST"}
    ),
    "more than the reason's limit": Case(
        "adjust",
        line("GLOBE", -51, "A1"),
        "awaiting_approval",
        "over_limit",
        more={"body_reason_code": "LOST"},
    ),
    "a handheld that states its posting date": Case(
        "receive",
        line("GLOBE", 1, "A1"),
        "refused",
        "stated_date_not_allowed",
        more={"posting_date": date(2026, 1, 1)},
    ),
    "a handheld that states a cost": Case(
        "receive", line("GLOBE", 1, "A1", unit_cost=Decimal(1)), "refused", "stated_date_not_allowed"
    ),
    "a worker whom nobody knows": Case(
        "receive", line("GLOBE", 1, "A1"), "awaiting_approval", "worker_unknown", more={"worker_id": "ghost"}
    ),
    "a clock that nobody can trust": Case(
        "receive",
        line("GLOBE", 1, "A1"),
        "awaiting_approval",
        "doubtful_time",
        more={"occurred_wall": MORNING - timedelta(days=61), "boot_id": "old"},
    ),
    "a kind from the future": Case(
        "receive", line("GLOBE", 1, "A1"), "parked", "needs_newer_server", more={"kind_version": 2}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refusal_has_its_code_and_posts_nothing(warehouse: Flask, name: str) -> None:
    case = CASES[name]
    Source("import").send("receive", line("GLOBE", 10, "A1"))

    outcome = Source(case.source).send(case.kind, case.line, **case.more)

    assert (outcome.status, outcome.code, outcome.rev) == (case.status, case.code, 1)
    assert ledger_count() == 1
    assert bins() == {"A1": Decimal(10)}
    assert db.session.execute(sa.select(sa.func.count()).select_from(ItemRegister)).scalar_one() == 1


def test_serial_that_is_in_stock_cannot_come_in_again_even_elsewhere(handheld: Source) -> None:
    first = handheld.send("receive", line("GLOBE", 1, "A1", serial_no="S1"))
    again = handheld.send("receive", line("GLOBE", 1, "A2", serial_no="S1"))
    handheld.send("pick", line("GLOBE", 1, "A1", serial_no="S1"))
    back = handheld.send("return", line("GLOBE", 1, "A2", serial_no="S1"))

    assert [first.status, again.code, back.status] == ["posted", "serial_in_stock", "posted"]


def test_first_receipt_fixes_a_lots_expiry_date(handheld: Source) -> None:
    may, june = date(2026, 5, 1), date(2026, 6, 1)
    first = handheld.send("receive", line("GLOBE", 1, "A1", lot_no="L", expiration_date=may))
    other = handheld.send("receive", line("GLOBE", 1, "A1", lot_no="L", expiration_date=june))
    same = handheld.send("receive", line("GLOBE", 1, "A1", lot_no="L", expiration_date=may))

    assert [first.status, other.code, same.status] == ["posted", "expiry_differs", "posted"]


def test_transaction_of_several_lines_posts_all_or_nothing(office: Source) -> None:
    office.send("receive", line("GLOBE", 5, "A1"), line("BUNTING", 5, "A1"))

    outcome = office.send("pick", line("GLOBE", 5, "A1"), line("BUNTING", 6, "A1"))
    after = office.send("pick", line("GLOBE", 5, "A1"), line("BUNTING", 5, "A1"))

    assert outcome.code == "insufficient_at_bin"
    assert (after.status, ledger_count()) == ("posted", 4)
    assert bins() == {}


def test_refused_line_leaves_no_trace_for_the_next_of_the_same_push(office: Source) -> None:
    office.send("receive", line("GLOBE", 5, "A1"))

    too_much = office.make("pick", line("GLOBE", 3, "A1"), line("GLOBE", 3, "A1"))
    fits = office.make("pick", line("GLOBE", 5, "A1"))
    statuses = [result.status for result in office.push(too_much, fits).results]

    assert statuses == ["refused", "posted"]
