"""Parked moves that need each other's goods: found, posted all at once or not at all, and never below 0."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.database import db
from server.inbox.circles import NotFitting, find_companions, post_together
from server.inbox.decisions import NotWaiting, post_again, refuse
from server.inbox.rules import Moves, fitting_together, sum_moves
from server.inbox.tables import InboxDecision
from server.ledger.lines import BinKey
from server.ledger.tables import WarehouseEntry
from shared.wire.outcomes import Outcome
from tests.support.warehouse import Source, bins, line, move_line


def circle(handheld: Source) -> tuple[Outcome, Outcome]:
    """3 globes went from A1 to A2, 1 of them back to A1, where it was picked; the pick arrived first."""
    handheld.send("receive", line("GLOBE", 3, "A1"))
    handheld.send("pick", line("GLOBE", 1, "A1"))
    there = handheld.send("move", move_line("GLOBE", 3, "A1", "A2"))
    back = handheld.send("move", move_line("GLOBE", 1, "A2", "A1"))
    assert (there.code, back.code) == ("insufficient_at_bin", "insufficient_at_bin")
    return there, back


def moved() -> list[tuple[str, str, Decimal]]:
    """(transaction, bin, quantity) of every warehouse entry."""
    entry = WarehouseEntry.__table__
    rows = db.session.execute(
        sa.select(entry.c.transaction_id, entry.c.bin_code, entry.c.quantity_base).order_by(entry.c.entry_no)
    )
    return [tuple(row) for row in rows]


def test_moves_that_need_each_other_cannot_be_posted_one_by_one(handheld: Source) -> None:
    there, back = circle(handheld)

    assert post_again(there.transaction_id, "sara").code == "insufficient_at_bin"
    assert post_again(back.transaction_id, "sara").code == "insufficient_at_bin"

    assert bins() == {"A1": 2}


def test_moves_that_need_each_other_are_posted_at_once_each_under_its_own_id(handheld: Source) -> None:
    there, back = circle(handheld)
    companions = find_companions(there.transaction_id)
    assert companions == {there.transaction_id: there.rev, back.transaction_id: back.rev}

    outcomes = post_together(companions, "sara", "looked at both bins")

    assert {each.status for each in outcomes.values()} == {"posted"}
    assert {each.decided_by for each in outcomes.values()} == {"sara"}
    assert [each.rev for each in outcomes.values()] == [2, 2]
    assert bins() == {"A2": 2}
    assert moved()[-4:] == [
        (there.transaction_id, "A1", Decimal(-3)),
        (there.transaction_id, "A2", Decimal(3)),
        (back.transaction_id, "A2", Decimal(-1)),
        (back.transaction_id, "A1", Decimal(1)),
    ]
    decisions = db.session.execute(sa.select(InboxDecision.transaction_id, InboxDecision.decision)).all()
    assert sorted(map(tuple, decisions)) == sorted((each, "posted_together") for each in companions)


def test_the_longest_way_round_is_found_from_any_of_its_moves(handheld: Source) -> None:
    handheld.send("receive", line("GLOBE", 1, "A1"))
    handheld.send("pick", line("GLOBE", 1, "A1"))
    circle = [
        handheld.send("move", move_line("GLOBE", 1, source, target))
        for source, target in (("A1", "A2"), ("A2", "DOCK"), ("DOCK", "A1"))
    ]

    found = [set(find_companions(each.transaction_id)) for each in circle]

    assert found == [{each.transaction_id for each in circle}] * 3
    post_together(find_companions(circle[0].transaction_id), "sara")
    assert bins() == {}


def test_goods_that_nobody_brings_have_no_companions(handheld: Source) -> None:
    pick = handheld.send("pick", line("GLOBE", 5, "A1"))
    handheld.send("move", move_line("GLOBE", 5, "A2", "A1"))

    assert find_companions(pick.transaction_id) == {}


def test_a_move_that_can_be_posted_alone_has_no_companions(handheld: Source) -> None:
    there, _ = circle(handheld)
    handheld.send("receive", line("GLOBE", 1, "A1"))

    assert find_companions(there.transaction_id) == {}
    assert post_again(there.transaction_id, "sara").status == "posted"


def test_what_no_longer_fits_at_once_stays_as_it_is(handheld: Source) -> None:
    there, back = circle(handheld)
    companions = find_companions(there.transaction_id)
    handheld.send("pick", line("GLOBE", 1, "A1"))
    before = moved()

    with pytest.raises(NotFitting) as raised:
        post_together(companions, "sara")

    assert (raised.value.code, raised.value.hint) == ("insufficient_at_bin", "GLOBE, A1: 1 > 0")
    assert moved() == before
    assert bins() == {"A1": 1}
    assert db.session.execute(sa.select(InboxDecision)).all() == []
    # As the person saw them: nothing has touched them.
    assert handheld_revs(there, back) == (there.rev, back.rev)


def handheld_revs(*outcomes: Outcome) -> tuple[int, ...]:
    from server.inbox.outcomes import load_outcomes

    found = load_outcomes(db.session.connection(), {each.transaction_id for each in outcomes})
    return tuple(found[each.transaction_id].rev for each in outcomes)


def test_nothing_is_posted_at_once_when_another_decided_about_one_of_them(handheld: Source) -> None:
    there, back = circle(handheld)
    companions = find_companions(there.transaction_id)
    refuse(back.transaction_id, "tom", "it never came back")

    with pytest.raises(NotWaiting):
        post_together(companions, "sara")

    assert bins() == {"A1": 2}


def test_what_waits_for_one_of_them_is_posted_after_them(handheld: Source) -> None:
    there, _ = circle(handheld)
    after = handheld.send("pick", line("GLOBE", 2, "A2"), after=(there.transaction_id,))
    assert after.status == "waiting"

    post_together(find_companions(there.transaction_id), "sara")

    assert handheld_revs(after) == (after.rev + 1,)
    assert bins() == {}


def test_unknown_ids_are_not_posted(warehouse: Flask) -> None:
    with pytest.raises(NotWaiting):
        post_together({"019cadec-6951-7010-967b-2c067c8ee0e2": 1}, "sara")


def key(bin_code: str) -> BinKey:
    return ("DC", bin_code, "GLOBE", "", "", "")


def carry(source: str, target: str, quantity: int) -> Moves:
    return sum_moves(({key(source): Decimal(-quantity)}, {key(target): Decimal(quantity)}))


BINS = ["A", "B", "C"]
CARRIED = st.builds(carry, st.sampled_from(BINS), st.sampled_from(BINS), st.integers(1, 4))
TAKEN = st.builds(lambda place, many: {key(place): Decimal(-many)}, st.sampled_from(BINS), st.integers(1, 4))
PARKED = st.lists(st.one_of(CARRIED, CARRIED, TAKEN), min_size=1, max_size=6).map(
    lambda moves: {str(number): each for number, each in enumerate(moves)}
)
BALANCES = st.fixed_dictionaries({key(each): st.integers(0, 4).map(Decimal) for each in BINS})


def fits(group: tuple[str, ...], parked: Mapping[str, Moves], balances: Mapping[BinKey, Decimal]) -> bool:
    sums = sum_moves(parked[each] for each in group)
    return all(balances[key] + quantity >= 0 for key, quantity in sums.items())


@given(PARKED, BALANCES)
def test_what_is_found_fits_and_is_found_where_all_fit(
    parked: dict[str, Moves], balances: dict[BinKey, Decimal]
) -> None:
    found = fitting_together("0", parked, balances, ())

    assert not found or (found[0] == "0" and len(set(found)) == len(found) and fits(found, parked, balances))
    if fits(tuple(parked), parked, balances):
        assert found


def test_a_bin_without_a_limit_lends_what_is_taken_from_it() -> None:
    parked = {"0": carry("ADJ", "A", 2)}

    assert fitting_together("0", parked, {}, ()) == ()
    assert fitting_together("0", parked, {}, {key("ADJ")}) == ("0",)


def test_a_helper_whose_own_goods_are_nowhere_is_left_out() -> None:
    parked = {"asked": carry("A", "B", 2), "lost": carry("C", "A", 2), "there": carry("B", "A", 2)}

    assert fitting_together("asked", parked, {}, ()) == ("asked", "there")
