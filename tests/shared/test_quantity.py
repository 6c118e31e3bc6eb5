"""Quantities are exact, money is never made or lost, moments are never naive, ids sort by their making."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import id_of_content, is_id, uuid7
from shared.moments import MomentError, business_day, milliseconds_between, moment_text, parse_moment
from shared.money import AmountError, round_amount, split_amount
from shared.quantity import (
    LARGEST_QUANTITY,
    QuantityError,
    check_quantity,
    parse_quantity,
    quantity_text,
    round_half_up,
    to_base,
)

quantities = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda steps: Decimal(steps).scaleb(-5))


@given(quantities)
def test_a_quantity_reads_back_as_it_was_written(quantity: Decimal) -> None:
    text = quantity_text(quantity)

    assert parse_quantity(text) == quantity
    assert "E" not in text
    assert quantity_text(parse_quantity(text)) == text


@pytest.mark.parametrize("text", ["", "1e3", "NaN", "+1", "1_0", " 1", "01", "1.", "1.123456", "9" * 14, "٣"])
def test_what_is_not_digits_is_no_quantity(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "1E+30", "0.000001"])
def test_what_cannot_be_kept_exactly_is_refused(quantity: str) -> None:
    with pytest.raises(QuantityError):
        check_quantity(Decimal(quantity))


def test_base_quantities_round_half_away_from_zero_and_never_vanish() -> None:
    assert to_base(Decimal(3), Decimal(12)) == 36
    assert to_base(Decimal("0.5"), Decimal(1), Decimal(1)) == 1
    assert to_base(Decimal("-0.5"), Decimal(1), Decimal(1)) == -1
    with pytest.raises(QuantityError):
        to_base(Decimal("0.1"), Decimal(1), Decimal(1))
    with pytest.raises(QuantityError):
        to_base(Decimal(1), Decimal(0))
    with pytest.raises(QuantityError):
        to_base(LARGEST_QUANTITY, Decimal(2))


@given(quantities, st.sampled_from(["0.00001", "0.01", "0.05", "1"]))
def test_rounding_goes_to_the_nearest_step(value: Decimal, step: str) -> None:
    rounded = round_half_up(value, Decimal(step))

    assert abs(rounded - value) * 2 <= Decimal(step)
    assert rounded % Decimal(step) == 0


@given(
    st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.lists(st.integers(1, 1000), min_size=1, max_size=12),
)
def test_the_shares_of_an_amount_sum_to_it_in_whatever_portions(amount: Decimal, portions: list[int]) -> None:
    left_amount, left_quantity, given_out = amount, Decimal(sum(portions)), Decimal(0)
    for portion in portions:
        share = split_amount(left_amount, Decimal(portion), left_quantity)
        given_out += share
        left_amount -= share
        left_quantity -= portion

    assert given_out == amount
    assert left_amount == 0


@pytest.mark.parametrize(("taken", "of_quantity"), [(0, 5), (-1, 5), (6, 5)])
def test_a_share_is_above_nothing_and_at_most_the_whole(taken: int, of_quantity: int) -> None:
    with pytest.raises(AmountError):
        split_amount(Decimal(10), Decimal(taken), Decimal(of_quantity))


def test_an_amount_of_more_than_18_digits_is_refused() -> None:
    with pytest.raises(AmountError):
        round_amount(Decimal("1E15"))


@given(st.integers(0, 2**47), st.integers(1, 10**6), st.integers(0, 2**80))
def test_ids_sort_in_the_order_of_their_making(unix_ms: int, later_ms: int, chance: int) -> None:
    first, second = uuid7(unix_ms, chance), uuid7(unix_ms + later_ms, 0)

    assert is_id(first)
    assert first < second
    assert (first[14], first[19] in "89ab") == ("7", True)


def test_the_same_content_has_the_same_id() -> None:
    assert id_of_content(5, b"row 1") == id_of_content(5, b"row 1") != id_of_content(5, b"row 2")
    with pytest.raises(ValueError, match="milliseconds"):
        uuid7(-1, 0)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_a_moment_reads_back_as_it_was_written(moment: datetime) -> None:
    assert parse_moment(moment_text(moment)) == moment


def test_naive_moments_are_refused() -> None:
    naive = datetime(2026, 1, 1)
    with pytest.raises(MomentError):
        moment_text(naive)
    with pytest.raises(MomentError):
        parse_moment("2026-01-01T00:00:00")


def test_the_business_day_is_the_locations() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    assert business_day(late, "Europe/London").isoformat() == "2026-07-01"
    assert business_day(late, "America/New_York").isoformat() == "2026-06-30"
    assert milliseconds_between(late, late + timedelta(seconds=2)) == 2_000
