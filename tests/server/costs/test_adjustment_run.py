"""A run adjusts item by item, keeps what it did, survives what fails, and never works beside another."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from server.database import db, write
from server.errors import PostingDateNotAllowed
from server.ledger import adjustment_run
from server.ledger.adjust import adjust_item, items_to_adjust
from server.ledger.adjustment_run import NoItemCategories, RunResult, exclude_item, run_adjustment
from server.ledger.run_lock import AdjustmentUnderWay, one_run_at_once
from server.ledger.tables import CostAdjustmentRun, CostAdjustmentRunItem, ItemCost, ValueEntry
from tests.server.costs.books import NOON, Books


@pytest.fixture
def to_adjust(books: Books) -> Books:
    """Two items, each sold before a charge came on its receipt."""
    for item in ("GLOBE", "LOOSE"):
        receipt = books.purchase("2026-03-01", 10, 10, item=item)
        books.sale("2026-03-02", 4, item=item)
        books.charge("2026-03-03", receipt, 20)
    return books


def run(**more: Any) -> RunResult:
    return run_adjustment(user_id="", now=NOON, **more)


def runs() -> list[tuple[Any, ...]]:
    table = CostAdjustmentRun.__table__.c
    columns = [table[name] for name in ("status", "items", "value_entries", "scope")]
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(table.run_no))]


def lines() -> list[tuple[Any, ...]]:
    table = CostAdjustmentRunItem.__table__.c
    columns = (table.item_no, table.status, table.value_entries, table.cost_amount)
    db.session.rollback()
    return [
        tuple(row) for row in db.session.execute(sa.select(*columns).order_by(table.run_no, table.item_no))
    ]


def waiting() -> list[str]:
    db.session.rollback()
    return items_to_adjust(db.session.connection())


def test_a_run_adjusts_every_item_and_keeps_what_it_did(to_adjust: Books) -> None:
    result = run()

    assert (result.status, result.items, result.value_entries, result.cost_amount) == (
        "done", 2, 2, Decimal(-16),
    )  # fmt: skip
    assert runs() == [("done", 2, 2, "")]
    assert lines() == [("GLOBE", "done", 1, Decimal(-8)), ("LOOSE", "done", 1, Decimal(-8))]
    assert waiting() == []


def test_a_second_run_writes_nothing(to_adjust: Books) -> None:
    run()

    result = run()

    assert (result.items, result.value_entries, result.cost_amount) == (0, 0, Decimal(0))
    assert len(lines()) == 2


def test_a_run_over_some_items_leaves_the_others(to_adjust: Books) -> None:
    assert run(item_nos=["LOOSE"]).items == 1

    assert runs() == [("done", 1, 1, "LOOSE")]
    assert waiting() == ["GLOBE"]


def test_an_excluded_item_is_left_out_and_listed_until_it_is_taken_in_again(to_adjust: Books) -> None:
    write(lambda connection: exclude_item(connection, "GLOBE", is_excluded=True))

    result = run()

    assert (result.items, result.excluded) == (1, ("GLOBE",))
    assert lines() == [("GLOBE", "excluded", 0, 0), ("LOOSE", "done", 1, Decimal(-8))]
    write(lambda connection: exclude_item(connection, "GLOBE", is_excluded=False))
    assert (run().items, waiting()) == (1, [])


def test_what_one_item_fails_at_stops_no_other(to_adjust: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjustment_run, "adjust_item", failing("GLOBE", RuntimeError("a bug")))

    result = run()

    assert result.status == "done"
    assert [(each.item_no, each.hint) for each in result.failed] == [("GLOBE", "RuntimeError: a bug")]
    assert lines() == [("GLOBE", "failed", 0, 0), ("LOOSE", "done", 1, Decimal(-8))]
    assert waiting() == ["GLOBE"]


def test_a_failed_items_half_written_entries_are_not_kept(
    to_adjust: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_the_end(connection: sa.Connection, item_no: str, **more: Any) -> Any:
        adjust_item(connection, item_no, **more)
        raise RuntimeError("late")

    before = value_entries()
    monkeypatch.setattr(adjustment_run, "adjust_item", fail_at_the_end)

    assert len(run().failed) == 2

    assert value_entries() == before
    assert waiting() == ["GLOBE", "LOOSE"]


def test_a_posting_date_that_nobody_may_post_on_ends_the_run_as_failed(
    to_adjust: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = PostingDateNotAllowed("2026-03-02 < 2026-04-01 (person)")
    monkeypatch.setattr(adjustment_run, "adjust_item", failing("GLOBE", refusal))

    result = run()

    assert (result.status, result.value_entries, result.hint) == ("failed", 0, str(refusal))
    assert runs() == [("failed", 1, 0, "")]
    assert waiting() == ["GLOBE", "LOOSE"]


def test_a_run_that_was_killed_is_marked_stopped_and_the_next_goes_on(
    to_adjust: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(adjustment_run, "adjust_item", failing("LOOSE", Killed()))
    with pytest.raises(Killed):
        run()
    monkeypatch.undo()
    assert runs() == [("running", 1, 1, "")]

    result = run()

    assert (result.items, result.value_entries) == (1, 1)
    assert runs() == [("stopped", 1, 1, ""), ("done", 1, 1, "")]
    assert waiting() == []


def test_a_run_stopped_at_the_keyboard_says_so_at_once(
    to_adjust: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjustment_run, "adjust_item", failing("LOOSE", KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        run()

    assert runs() == [("stopped", 2, 1, "")]


def test_an_item_that_never_settles_fails_after_its_turns(
    to_adjust: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark_again(connection: sa.Connection, item_no: str, **more: Any) -> Any:
        adjusted = adjust_item(connection, item_no, **more)
        connection.execute(sa.update(ItemCost).where(ItemCost.item_no == "GLOBE").values(is_adjusted=False))
        return adjusted

    monkeypatch.setattr(adjustment_run, "adjust_item", mark_again)
    monkeypatch.setattr(adjustment_run, "MOST_TURNS", 3)

    result = run()

    assert [each.item_no for each in result.failed] == ["GLOBE"]
    assert lines() == [("GLOBE", "failed", 1, Decimal(-8)), ("LOOSE", "done", 1, Decimal(-8))]


def test_two_runs_never_work_at_once(to_adjust: Books) -> None:
    with one_run_at_once(), pytest.raises(AdjustmentUnderWay):
        run()

    assert runs() == []
    assert run().items == 2


def test_a_run_tells_how_far_it_is(to_adjust: Books) -> None:
    told: list[tuple[str, int, int]] = []

    run(progress=lambda *each: told.append(each))

    assert told == [("GLOBE", 1, 2), ("LOOSE", 2, 2)]


def test_items_have_no_categories(to_adjust: Books) -> None:
    with pytest.raises(NoItemCategories, match="no item category TOYS"):
        run(category="TOYS")

    assert runs() == []


def failing(item_no: str, error: BaseException) -> Any:
    """Adjusts as ever, but raises at this item."""

    def adjust(connection: sa.Connection, wanted: str, **more: Any) -> Any:
        if wanted == item_no:
            raise error
        return adjust_item(connection, wanted, **more)

    return adjust


def value_entries() -> int:
    db.session.rollback()
    return db.session.execute(sa.select(sa.func.count()).select_from(ValueEntry)).scalar_one()
