"""Receive, pick, return, adjust: tables of what a worker does and what the device answers."""

# fmt: off

from datetime import date
from decimal import Decimal

import pytest

from shared.wire.adjusting import Adjust
from shared.wire.receiving import Receive
from terminal.flows import FLOWS
from terminal.flows.step import Scanned
from terminal.look.tone import Tone
from terminal.screens.task import saying_of
from tests.terminal.flows.table import CODES, FACTS, NO_BINS, NO_DOCK, Row, event_of, play


def check(flow: str, rows: list[Row]) -> None:
    assert play(flow, rows) == rows


def test_receive_counts_each_scan_at_the_dock() -> None:
    check("receive", [
        ("heart", "go receive.counted 1",        "ask.item", "receive 1 HEART DOCK"),
        ("heart", "go receive.counted 2",        "ask.item", "receive 1 HEART DOCK"),
        ("case",  "go receive.counted 6",        "ask.item", "receive 6 (1 CASE) HEART DOCK"),
        ("lamp",  "go receive.counted 1",        "ask.item", "receive 1 LAMP DOCK"),
        ("A",     "go bin.here",                 "ask.item", ""),
        ("lamp",  "go receive.counted 1",        "ask.item", "receive 1 LAMP A"),
    ])


def test_twelve_times_before_the_scan_counts_once_as_twelve() -> None:
    check("receive", [
        ("=12",     "go times.next 12",          "ask.item", ""),
        ("heart",   "go receive.counted 12",     "ask.item", "receive 12 HEART DOCK"),
        ("heart",   "go receive.counted 13",     "ask.item", "receive 1 HEART DOCK"),
        ("[times]", "-",                         "ask.item", ""),
        ("=3",      "go times.next 3",           "ask.item", ""),
        ("case",    "go receive.counted 18",     "ask.item", "receive 18 (3 CASE) HEART DOCK"),
    ])


def test_a_number_after_the_scan_says_how_many_in_all() -> None:
    check("receive", [
        ("heart", "go receive.counted 1",            "ask.item", "receive 1 HEART DOCK"),
        ("=24",   "go receive.counted 24",           "ask.item", "receive 23 HEART DOCK"),
        ("=24",   "go quantity.is_so 24",            "ask.item", ""),
        ("=20",   "stop quantity.fewer_than_counted", "ask.item", ""),
        ("=0",    "stop quantity.not_positive",      "ask.item", ""),
        ("case",  "go receive.counted 6",            "ask.item", "receive 6 (1 CASE) HEART DOCK"),
        ("=4",    "go receive.counted 24",           "ask.item", "receive 18 (3 CASE) HEART DOCK"),
    ])


def test_an_unusual_quantity_is_asked_once_and_scans_wait_for_the_answer() -> None:
    check("receive", [
        ("heart", "go receive.counted 1",        "ask.item",     "receive 1 HEART DOCK"),
        ("=2400", "look quantity.unusual 2399",  "ask.is_it_so", ""),
        ("lamp",  "stop quantity.answer_first",  "ask.is_it_so", ""),
        ("[yes]", "go receive.counted 2400",     "ask.item",     "receive 2399 HEART DOCK"),
        ("=9000", "look quantity.unusual 6600",  "ask.is_it_so", ""),
        ("[no]",  "go nothing_added",            "ask.item",     ""),
        ("=2401", "go receive.counted 2401",     "ask.item",     "receive 1 HEART DOCK"),
    ])


def test_a_count_on_the_label_counts() -> None:
    check("receive", [
        ("37 hearts", "go receive.counted 37",   "ask.item", "receive 37 HEART DOCK"),
    ])


def test_a_lot_is_asked_for_where_the_label_does_not_say_it() -> None:
    check("receive", [
        ("jug",    "go ask.lot",                 "ask.lot",  ""),
        ("lamp",   "stop finish_first.lot",      "ask.lot",  ""),
        ("long",   "look code.unknown",          "ask.lot",  ""),
        ("lot L2", "go receive.counted 1",       "ask.item", "receive 1 JUG/L2 DOCK"),
        ("jug L1", "go receive.counted 1",       "ask.item", "receive 1 JUG/L1 DOCK"),
        ("jug",    "go ask.lot",                 "ask.lot",  ""),
        ("text",   "go receive.counted 1",       "ask.item", "receive 1 JUG/TEXT DOCK"),
    ])


def test_a_serial_counts_once_and_is_always_one_piece() -> None:
    check("receive", [
        ("clock S1", "go receive.counted 1",     "ask.item",   "receive 1 CLOCK/S1 DOCK"),
        ("clock S1", "stop serial.repeated",     "ask.item",   ""),
        ("clock S2", "go receive.counted 1",     "ask.item",   "receive 1 CLOCK/S2 DOCK"),
        ("=5",       "stop quantity.serial_is_one", "ask.item", ""),
        ("[times]",  "-",                        "ask.item",   ""),
        ("=2",       "go times.next 2",          "ask.item",   ""),
        ("clock S2", "stop serial.repeated",     "ask.item",   ""),
        ("clock",    "stop quantity.serial_is_one", "ask.item", ""),
    ])


def test_a_label_may_say_more_than_the_item_keeps() -> None:
    check("receive", [
        ("heart L9", "go receive.counted 1",     "ask.item", "receive 1 HEART DOCK"),
    ])


def test_unknown_misread_badge_and_lone_lot_add_nothing_and_say_what_to_do() -> None:
    check("receive", [
        ("text",   "look code.unknown",            "ask.item", ""),
        ("broken", "stop code.misread",            "ask.item", ""),
        ("badge",  "stop badge.in_task",           "ask.item", ""),
        ("lot L2", "stop code.number_without_item", "ask.item", ""),
        ("heart",  "go receive.counted 1",         "ask.item", "receive 1 HEART DOCK"),
    ])


def test_a_code_of_several_items_is_chosen_before_anything_else_counts() -> None:
    check("receive", [
        ("several",    "look code.several",       "ask.choose_item", ""),
        ("lamp",       "stop code.answer_first",  "ask.choose_item", ""),
        ("[choose:7]", "-",                       "ask.choose_item", ""),
        ("[choose:1]", "go receive.counted 1",    "ask.item",        "receive 1 LAMP DOCK"),
        ("several",    "look code.several",       "ask.choose_item", ""),
        ("[no]",       "go nothing_added",        "ask.item",        ""),
    ])


def test_pick_takes_bin_and_item_in_any_order() -> None:
    check("pick", [
        ("heart",  "go held.ask_bin 1",           "ask.bin_for",     ""),
        ("heart",  "go held.ask_bin 2",           "ask.bin_for",     ""),
        ("lamp",   "stop finish_first.bin",       "ask.bin_for",     ""),
        ("=5",     "go held.ask_bin 5",           "ask.bin_for",     ""),
        ("A",      "go pick.counted 5",           "ask.item",        "pick 5 HEART A"),
        ("heart",  "go pick.counted 6",           "ask.item",        "pick 1 HEART A"),
        ("B",      "go bin.here",                 "ask.item",        ""),
        ("heart",  "go pick.counted 1",           "ask.item",        "pick 1 HEART B"),
    ])


def test_pick_puts_back_what_is_in_hand() -> None:
    check("pick", [
        ("heart",      "go held.ask_bin 1",       "ask.bin_for",     ""),
        ("[put_back]", "go nothing_added",        "ask.bin_or_item", ""),
        ("A",          "go bin.here",             "ask.item",        ""),
    ])


def test_an_unusual_quantity_that_was_agreed_to_is_not_asked_again_at_the_bin() -> None:
    check("pick", [
        ("=2000", "go times.next 2000",           "ask.bin_or_item", ""),
        ("heart", "look quantity.unusual 2000",   "ask.is_it_so",    ""),
        ("[yes]", "go held.ask_bin 2000",         "ask.bin_for",     ""),
        ("A",     "go pick.counted 2000",         "ask.item",        "pick 2000 HEART A"),
    ])


def test_blocked_bins_and_items_stop_the_task_that_they_are_blocked_for() -> None:
    check("pick", [
        ("no-out",  "stop bin.blocked",           "ask.bin_or_item", ""),
        ("shut",    "stop bin.blocked",           "ask.bin_or_item", ""),
        ("no-in",   "go bin.here",                "ask.item",        ""),
        ("blocked", "stop item.blocked",          "ask.item",        ""),
    ])
    check("receive", [
        ("no-in",   "stop bin.blocked",           "ask.item",        ""),
        ("no-out",  "go bin.here",                "ask.item",        ""),
        # The goods are in the building: the server decides, nothing is thrown away.
        ("blocked", "go receive.counted 1",       "ask.item",        "receive 1 OLD NO"),
    ])


def test_return_asks_for_the_bin() -> None:
    check("return", [
        ("heart", "go held.ask_bin 1",            "ask.bin_for",     ""),
        ("A",     "go return.counted 1",          "ask.item",        "return 1 HEART A"),
    ])


def test_adjust_wants_its_reason_first_and_takes_the_sign_from_it() -> None:
    check("adjust", [
        ("heart",            "stop adjust.answer_first", "adjust.ask_reason",    ""),
        ("[reason:DAMAGED]", "-",                        "ask.bin_or_item",      ""),
        ("A",                "go bin.here",              "ask.item",             ""),
        ("heart",            "go adjust.counted -1",     "ask.item",             "adjust -1 HEART A"),
        ("=3",               "go adjust.counted -3",     "ask.item",             "adjust -2 HEART A"),
        ("[other_reason]",   "-",                        "adjust.ask_reason",    ""),
        ("[reason:COUNT]",   "-",                        "adjust.ask_direction", ""),
        ("case",             "stop adjust.answer_first", "adjust.ask_direction", ""),
        ("[more]",           "-",                        "ask.item",             ""),
        ("case",             "go adjust.counted 6",      "ask.item",             "adjust 6 (1 CASE) HEART A"),
        ("[reason:NONE]",    "stop adjust.answer_first", "ask.item",             ""),
    ])


def test_a_location_without_bins_asks_for_none() -> None:
    rows = [("heart", "go pick.counted 1", "ask.item", "pick 1 HEART")]

    assert play("pick", rows, NO_BINS) == rows


def test_without_a_dock_receive_asks_for_the_bin() -> None:
    rows: list[Row] = [
        ("heart", "go held.ask_bin 1",    "ask.bin_for", ""),
        ("A",     "go receive.counted 1", "ask.item",    "receive 1 HEART A"),
    ]

    assert play("receive", rows, NO_DOCK) == rows


# fmt: on


def test_an_adjustment_names_its_reason() -> None:
    flow = FLOWS["adjust"]
    step = flow.begin(FACTS)
    for event in ("[reason:DAMAGED]", "A", "heart"):
        step = flow.advance(step.state, event_of(event))

    assert step.transaction is not None
    assert isinstance(step.transaction.body, Adjust)
    assert step.transaction.body.reason_code == "DAMAGED"


@pytest.mark.parametrize(("direction", "sign"), [("more", 1), ("less", -1)])
def test_an_adjustment_is_written_as_the_change_that_it_is(direction: str, sign: int) -> None:
    flow = FLOWS["adjust"]
    step = flow.begin(FACTS)
    for word in ("[reason:COUNT]", f"[{direction}]", "A", "case"):
        step = flow.advance(step.state, event_of(word))

    assert step.answer is not None
    assert step.answer.detail is not None
    assert (step.answer.big, step.answer.detail.params["n"]) == (Decimal(6 * sign), Decimal(6 * sign))
    assert (step.prompt.quantity, step.prompt.is_change, step.answer.is_change) == (Decimal(sign), True, True)
    tone = Tone()
    assert saying_of(tone, step.answer).big == ("+6" if sign > 0 else "−6")


@pytest.mark.parametrize(("flow", "expected"), [("receive", date(2027, 3, 31)), ("pick", None)])
def test_the_expiry_of_a_label_goes_with_goods_that_come_in(flow: str, expected: date | None) -> None:
    step = FLOWS[flow].begin(FACTS)
    for word in ("A", "jug L1"):
        step = FLOWS[flow].advance(step.state, Scanned(resolved=CODES[word], raw=word))

    assert step.transaction is not None
    (line,) = step.transaction.body.lines
    assert getattr(line, "expiration_date", None) == expected


def test_quantities_that_cannot_be_kept_exactly_are_stopped() -> None:
    from terminal.flows.step import AnswerKind, Quantity

    step = FLOWS["receive"].begin(FACTS)
    step = FLOWS["receive"].advance(step.state, Scanned(resolved=CODES["heart"], raw=""))
    for keyed in ("0.000001", "99999999999999"):
        stopped = FLOWS["receive"].advance(step.state, Quantity(Decimal(keyed)))
        assert stopped.answer is not None
        assert stopped.answer.kind is AnswerKind.STOP
        assert stopped.transaction is None


def test_the_screen_of_a_confirmed_line_shows_item_bin_and_how_many() -> None:
    step = FLOWS["receive"].begin(FACTS)
    for word in ("case", "case"):
        step = FLOWS["receive"].advance(step.state, Scanned(resolved=CODES[word], raw=word))

    assert isinstance(step.transaction and step.transaction.body, Receive)
    assert step.prompt.bin_code == "DOCK"
    assert step.prompt.item == CODES["case"]
    assert step.prompt.quantity == Decimal(2)
    assert step.answer is not None
    assert step.answer.detail is not None
    assert step.answer.detail.params["n"] == Decimal(6)
    assert step.answer.counted
