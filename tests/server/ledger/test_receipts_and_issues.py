"""What postings write: quantities, applications, costs, bins. Exact rows, on both databases."""

from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from tests.support.warehouse import DAY, Source, bins, ledger_count, line, move_line


def entries() -> list[tuple[object, ...]]:
    """(type, quantity, remaining, open) of every item ledger entry."""
    return [
        tuple(row)
        for row in db.session.execute(
            sa.select(
                ItemLedgerEntry.entry_type,
                ItemLedgerEntry.quantity_base,
                ItemLedgerEntry.remaining_quantity,
                ItemLedgerEntry.is_open,
            ).order_by(ItemLedgerEntry.entry_no)
        )
    ]


def costs() -> list[Decimal]:
    """Actual cost of every value entry."""
    return list(
        db.session.execute(sa.select(ValueEntry.cost_amount_actual).order_by(ValueEntry.entry_no)).scalars()
    )


def test_receipt_posts_a_purchase_entry_at_the_stated_cost_and_fills_the_bin(office: Source) -> None:
    outcome = office.send(
        "receive", line("GLOBE", 10, "DOCK", unit_cost=Decimal("0.333")), body_document_no="PO-1"
    )

    assert (outcome.status, outcome.document_no, outcome.entries) == ("posted", "IR-000001", 4)
    assert entries() == [("purchase", 10, 10, True)]
    assert costs() == [Decimal("3.33")]
    assert bins() == {"DOCK": Decimal(10)}
    row = db.session.execute(sa.select(ItemLedgerEntry.__table__)).one()
    assert (row.document_no, row.posting_date, row.location_code) == ("PO-1", DAY, "DC")


def test_receipt_without_a_cost_takes_the_item_cards(handheld: Source) -> None:
    handheld.send("receive", line("GLOBE", 4, "DOCK"))

    assert costs() == [Decimal("6.00")]


def test_issue_takes_the_oldest_receipt_first_and_each_share_is_rounded_by_itself(office: Source) -> None:
    office.send("receive", line("GLOBE", 3, "A1", unit_cost=Decimal("3.33333")))
    office.send("receive", line("GLOBE", 3, "A1", unit_cost=Decimal(20)))

    for quantity in (1, 1, 2):
        office.send("pick", line("GLOBE", quantity, "A1"))

    assert entries() == [
        ("purchase", 3, 0, False),
        ("purchase", 3, 2, True),
        ("sale", -1, 0, False),
        ("sale", -1, 0, False),
        ("sale", -2, 0, False),
    ]
    # 10.00 in thirds leaves a cent, which the cost adjustment posts as the receipt's rounding; the last
    # issue spans two receipts.
    assert costs() == [Decimal(10), Decimal(60), Decimal("-3.33"), Decimal("-3.33"), Decimal("-23.33")]


def test_receipt_with_an_older_date_is_taken_before_newer_ones_even_within_one_push(office: Source) -> None:
    newer = office.make("receive", line("GLOBE", 1, "A1", unit_cost=Decimal(9)))
    older = office.make(
        "receive", line("GLOBE", 1, "A1", unit_cost=Decimal(5)), posting_date=DAY.replace(day=1)
    )
    pick = office.make("pick", line("GLOBE", 1, "A1"))

    office.push(newer, older, pick)

    assert costs() == [Decimal(9), Decimal(5), Decimal(-5)]


def test_applications_name_receipt_and_issue(office: Source) -> None:
    office.send("receive", line("GLOBE", 3, "A1"))
    office.send("receive", line("GLOBE", 3, "A1"))
    office.send("pick", line("GLOBE", 5, "A1"))

    rows = db.session.execute(
        sa.select(
            ItemApplicationEntry.item_ledger_entry_no,
            ItemApplicationEntry.inbound_entry_no,
            ItemApplicationEntry.outbound_entry_no,
            ItemApplicationEntry.quantity_base,
        ).order_by(ItemApplicationEntry.entry_no)
    )
    assert [tuple(row) for row in rows] == [(1, 1, 0, 3), (2, 2, 0, 3), (3, 1, 3, -3), (3, 2, 3, -2)]


def test_move_writes_two_warehouse_entries_and_nothing_else(office: Source) -> None:
    office.send("receive", line("GLOBE", 10, "DOCK"))
    before = ledger_count()

    outcome = office.send("put_away", move_line("GLOBE", 4, "DOCK", "A1"))

    assert outcome.entries == 2
    assert ledger_count() == before
    assert len(costs()) == 1
    assert bins() == {"DOCK": Decimal(6), "A1": Decimal(4)}
    moved = db.session.execute(
        sa.select(WarehouseEntry.entry_type, WarehouseEntry.bin_code, WarehouseEntry.quantity_base)
        .where(WarehouseEntry.entry_type == "movement")
        .order_by(WarehouseEntry.entry_no)
    )
    assert [tuple(row) for row in moved] == [("movement", "DOCK", -4), ("movement", "A1", 4)]


def test_return_posts_a_sale_that_comes_back_and_adjustments_post_by_their_sign(office: Source) -> None:
    office.send("receive", line("GLOBE", 10, "A1"))
    office.send("return", line("GLOBE", 2, "A1"))
    office.send("adjust", line("GLOBE", 3, "A1"), body_reason_code="FOUND")
    office.send("adjust", line("GLOBE", -1, "A1"), body_reason_code="LOST")

    assert [entry[:2] for entry in entries()] == [
        ("purchase", 10),
        ("sale", 2),
        ("positive_adjmt", 3),
        ("negative_adjmt", -1),
    ]


def test_case_counts_its_pieces(handheld: Source) -> None:
    case = line("GLOBE", 2, "DOCK", unit_of_measure_code="CASE", quantity_base=Decimal(24))

    handheld.send("receive", case)

    row = db.session.execute(sa.select(ItemLedgerEntry.__table__)).one()
    assert (row.quantity_base, row.unit_of_measure_code, row.quantity_per_unit) == (24, "CASE", 12)


def test_lots_apply_only_to_themselves(office: Source) -> None:
    office.send("receive", line("GLOBE", 5, "A1", lot_no="L1", unit_cost=Decimal(1)))
    office.send("receive", line("GLOBE", 5, "A1", lot_no="L2", unit_cost=Decimal(2)))

    office.send("pick", line("GLOBE", 2, "A1", lot_no="L2"))
    other = office.send("pick", line("GLOBE", 6, "A1", lot_no="L1"))

    assert costs()[-1] == Decimal(-4)
    assert (other.status, other.code) == ("refused", "insufficient_at_bin")


def test_issue_without_stock_stays_open_where_set_up_allows_it_and_the_next_receipt_covers_it(
    office: Source,
) -> None:
    short = office.send("pick", line("LOOSE", 5), location="YARD")
    office.send("receive", line("LOOSE", 3, unit_cost=Decimal(2)), location="YARD")
    office.send("receive", line("LOOSE", 3, unit_cost=Decimal(2)), location="YARD")

    assert short.status == "posted"
    assert entries() == [("sale", -5, 0, False), ("purchase", 3, 0, False), ("purchase", 3, 1, True)]
    # Its cost stays at the card's until the cost adjustment corrects it; the entry says that it must.
    assert costs()[0] == Decimal("-7.50")
    to_adjust = db.session.execute(
        sa.select(ItemLedgerEntry.entry_no).where(ItemLedgerEntry.applied_entry_to_adjust)
    ).scalars()
    # And the receipt that is used up: its shares may leave a rounding.
    assert sorted(to_adjust) == [1, 2]


def test_register_covers_what_its_transaction_wrote(office: Source) -> None:
    office.send("receive", line("GLOBE", 3, "A1"), body_document_no="PO-9")
    office.send("put_away", move_line("GLOBE", 3, "A1", "A2"))

    rows = db.session.execute(sa.select(ItemRegister.__table__).order_by(ItemRegister.no)).all()
    assert [
        (row.source_code, row.from_item_ledger_entry_no, row.to_value_entry_no, row.from_warehouse_entry_no)
        for row in rows
    ] == [("receive", 1, 1, 1), ("put_away", 0, 0, 2)]
    assert rows[1].to_warehouse_entry_no == 3


def test_posting_date_is_the_business_day_of_the_location(warehouse: Flask) -> None:
    handheld = Source("handheld", now=Source.now.replace(hour=3))

    handheld.send("receive", line("LOOSE", 1), location="YARD")

    # Three in the morning in UTC is still the evening before in New York.
    assert db.session.execute(sa.select(ItemLedgerEntry.posting_date)).scalar_one() == DAY.replace(day=1)


def test_balances_are_the_sums_of_the_ledgers(office: Source) -> None:
    office.send("receive", line("GLOBE", 10, "A1", lot_no="L1"))
    office.send("receive", line("GLOBE", 10, "A1", lot_no="L2"))
    office.send("pick", line("GLOBE", 4, "A1", lot_no="L1"))

    total = db.session.execute(sa.select(ItemBalance.quantity_base)).scalar_one()
    assert total == sum(Decimal(str(entry[1])) for entry in entries()) == sum(bins().values()) == 16
