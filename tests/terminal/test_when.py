"""When the device tries again: jitter within its limits, pauses kept, a scan goes up soon."""

from hypothesis import given
from hypothesis import strategies as st

from terminal.sync.when import (
    AFTER_CONFIRM_MS,
    LONGEST_MS,
    SHORTEST_MS,
    Schedule,
    after_busy,
    after_confirm,
    after_failure,
    after_success,
    at_once,
)

draws = st.integers(0, 2**16 - 1)
moments = st.integers(0, 2**40)


@given(moments, st.integers(1, 600), draws)
def test_a_poll_comes_within_a_fifth_of_what_the_server_asked(now_ms: int, poll_s: int, draw: int) -> None:
    wait_ms = after_success(now_ms, poll_s, lambda bits: draw).due_at_ms - now_ms

    assert poll_s * 800 <= wait_ms <= poll_s * 1_200


@given(moments, st.integers(0, 40), draws)
def test_failures_wait_between_one_second_and_five_minutes(now_ms: int, failures: int, draw: int) -> None:
    schedule = Schedule()
    for _ in range(failures + 1):
        schedule = after_failure(schedule, now_ms, lambda bits: draw)

    assert SHORTEST_MS <= schedule.due_at_ms - now_ms <= LONGEST_MS


def test_the_limit_doubles_with_each_failure() -> None:
    schedule, waits = Schedule(), []
    for _ in range(10):
        schedule = after_failure(schedule, 0, lambda bits: 2**16 - 1)
        waits.append(-(-schedule.due_at_ms // 1000))

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(moments, st.integers(1, 250), draws)
def test_nothing_shortens_a_pause_that_the_server_asked_for(now_ms: int, pause_s: int, draw: int) -> None:
    schedule = after_busy(Schedule(), now_ms, pause_s, lambda bits: draw)

    for nudged in (after_confirm(schedule, now_ms), at_once(schedule, now_ms)):
        assert nudged.due_at_ms >= now_ms + pause_s * 1_000


def test_a_busy_server_that_names_no_time_is_left_alone_for_a_while() -> None:
    schedule = after_busy(Schedule(), 0, 0, lambda bits: 0)

    assert schedule.due_at_ms == SHORTEST_MS
    assert at_once(schedule, 10).due_at_ms == SHORTEST_MS


def test_a_confirmed_scan_goes_up_soon_but_not_during_failures() -> None:
    calm = after_success(0, 30, lambda bits: 0)
    failing = after_failure(calm, 0, lambda bits: 2**16 - 1)

    assert after_confirm(calm, 50).due_at_ms == 50 + AFTER_CONFIRM_MS
    assert after_confirm(failing, 50) == failing
    assert at_once(failing, 50).due_at_ms == 50
