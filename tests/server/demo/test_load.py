"""The data set goes through the real inbox; what went through before posts nothing."""

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.demo.data_set import PACKAGED, PostingRow, read_bins, read_items
from server.demo.load import IMPORT_DEVICE, InProcess, LoadReport, count_transactions, load, prepare
from server.feed.tables import FeedDirty
from server.inbox.tables import InboxDecision
from server.masterdata.tables import Bin, BinContent, Item, ItemIdentifier, ItemUnitOfMeasure
from tests.support.data_sets import data_set_of
from tests.support.warehouse import ledger_count

# Too much is taken from the bin before the goods are there.
SHORT = """1,2010-12-01T09:00:00,receipt,PO1,22139,A-04-01-2,10,2.9982,
2,2010-12-01T09:30:00,sale,536365,22139,A-04-01-2,-12,2.9982,
3,2010-12-01T10:00:00,sale,536366,22139,A-04-01-2,-3,2.9982,
4,2010-12-02T08:00:00,receipt,PO2,22139,A-04-01-2,10,3.1000,
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data set of the packaged items and bins with four postings."""
    return data_set_of(tmp_path / "small", [PostingRow(*line.split(",")) for line in SHORT.splitlines()])


def test_master_data_is_complete_and_loading_it_twice_adds_nothing(app: Flask) -> None:
    with app.app_context():
        first, second = prepare(PACKAGED), prepare(PACKAGED)

        assert (first.items, first.bins) == (len(read_items()), len(read_bins()))
        assert (second.items, second.identifiers, second.bins) == (0, 0, 0)
        case = db.session.get_one(ItemUnitOfMeasure, ("10002", "CASE"))
        assert case.quantity_per_unit == 12
        assert db.session.get_one(ItemIdentifier, "19520000000018").unit_of_measure_code == "CASE"
        assert db.session.get_one(ItemIdentifier, "09520000000011").unit_of_measure_code == "PCS"
        assert db.session.get_one(BinContent, ("DC", "B-01-01-1", "10002", "")).is_default
        assert db.session.get_one(Bin, ("DC", "QUAR-01")).zone_code == "HOLD"


def test_a_card_that_somebody_changed_keeps_the_change(app: Flask) -> None:
    with app.app_context():
        prepare(PACKAGED)
        from server.database import write

        write(
            lambda connection: connection.execute(
                sa.update(Item).where(Item.no == "10002").values(description="Globe")
            )
        )
        prepare(PACKAGED)

        assert db.session.get_one(Item, "10002").description == "Globe"


def test_devices_hear_of_every_new_card(app: Flask) -> None:
    with app.app_context():
        new = prepare(PACKAGED)
        marks = db.session.execute(
            sa.select(FeedDirty.etype, sa.func.count()).group_by(FeedDirty.etype)
        ).all()

        assert dict(marks) == {
            "item": new.items,
            "identifier": new.identifiers,
            "bin": new.bins,
            "reason": 5,
            "location": 1,
        }


def test_what_was_short_on_the_way_is_posted_again_in_the_last_step(app: Flask, small: Path) -> None:
    with app.app_context():
        report = load(small, InProcess())

        assert report.answers == {"posted": 3, "parked": 1}
        assert [outcome.status for outcome in report.posted_again] == ["posted"]
        assert report.still_parked == []
        assert (report.sent, report.stored, report.posted) == (4, 4, 4)
        (decision,) = db.session.execute(sa.select(InboxDecision)).scalars()
        assert (decision.person_id, decision.decision) == ("scanledger load", "posted_again")


def test_a_second_load_posts_nothing(app: Flask, small: Path) -> None:
    with app.app_context():
        load(small, InProcess())
        before = ledger_count()
        report = load(small, InProcess())

        assert (report.sent, report.stored, report.posted) == (4, 0, 0)
        assert ledger_count() == before == 4


def test_what_is_still_short_at_the_end_stays_parked(app: Flask, small: Path) -> None:
    with app.app_context():
        report = load(small, InProcess(), days=1)

        assert report.posted == 2
        assert [outcome.code for outcome in report.still_parked] == ["insufficient_at_bin"]


def test_a_load_of_more_days_goes_on_where_the_last_one_ended(app: Flask, small: Path) -> None:
    with app.app_context():
        load(small, InProcess(), days=1)
        report: LoadReport = load(small, InProcess())

        assert (report.stored, report.posted) == (1, 2)
        assert len(report.posted_again) == 1


def test_progress_hears_of_every_transaction(app: Flask, small: Path) -> None:
    heard: list[int] = []
    with app.app_context():
        load(small, InProcess(), progress=heard.append)

    assert sum(heard) == count_transactions(small) == 4


def test_a_loaded_company_is_worth_what_the_rows_say(app: Flask, small: Path) -> None:
    from server.ledger.check.invariants import one_snapshot, totals

    with app.app_context():
        load(small, InProcess())
        with one_snapshot(db.engine) as connection:
            found = totals(connection)

        assert found.on_hand_quantity == 5
        # 29.98 and 31.00 came in; 15 of 20 went out, oldest first.
        assert found.inventory_value == Decimal("15.50")
        assert IMPORT_DEVICE == "IMPORT"
