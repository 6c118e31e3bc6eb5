"""Move and put away: tables of what a worker does and what the device answers."""

# fmt: off

from tests.terminal.flows.table import NO_DOCK, Row, play


def check(flow: str, rows: list[Row]) -> None:
    assert play(flow, rows) == rows


def test_move_goes_from_bin_to_bin_and_stays_at_the_first() -> None:
    check("move", [
        ("A",     "go bin.from_here",           "ask.item_to_take",   ""),
        ("heart", "go in_hand.ask_target 1",    "ask.target",         ""),
        ("heart", "go in_hand.ask_target 2",    "ask.target",         ""),
        ("B",     "go move.counted 2",          "ask.item_to_take",   "move 2 HEART A→B"),
        ("case",  "go in_hand.ask_target 6",    "ask.target",         ""),
        ("B",     "go move.counted 6",          "ask.item_to_take",   "move 6 (1 CASE) HEART A→B"),
        ("B",     "go bin.from_here",           "ask.item_to_take",   ""),
        ("lamp",  "go in_hand.ask_target 1",    "ask.target",         ""),
        ("A",     "go move.counted 1",          "ask.item_to_take",   "move 1 LAMP B→A"),
    ])


def test_move_takes_the_item_before_its_bin() -> None:
    check("move", [
        ("heart", "go in_hand.ask_source 1",    "ask.source",         ""),
        ("A",     "go in_hand.ask_target 1",    "ask.target",         ""),
        ("A",     "stop bin.same",              "ask.target",         ""),
        ("B",     "go move.counted 1",          "ask.item_to_take",   "move 1 HEART A→B"),
    ])


def test_another_item_waits_until_the_first_is_in_its_bin() -> None:
    check("move", [
        ("A",     "go bin.from_here",           "ask.item_to_take",   ""),
        ("heart", "go in_hand.ask_target 1",    "ask.target",         ""),
        ("lamp",  "stop finish_first.target",   "ask.target",         ""),
        ("case",  "stop finish_first.target",   "ask.target",         ""),
        ("[put_back]", "go nothing_added",      "ask.item_to_take",   ""),
        ("lamp",  "go in_hand.ask_target 1",    "ask.target",         ""),
    ])


def test_a_number_in_hand_is_how_many_in_all_and_after_the_bin_too() -> None:
    check("move", [
        ("A",     "go bin.from_here",           "ask.item_to_take",   ""),
        ("heart", "go in_hand.ask_target 1",    "ask.target",         ""),
        ("=30",   "go in_hand.ask_target 30",   "ask.target",         ""),
        ("B",     "go move.counted 30",         "ask.item_to_take",   "move 30 HEART A→B"),
        ("=36",   "go move.counted 36",         "ask.item_to_take",   "move 6 HEART A→B"),
        ("=3",    "stop quantity.fewer_than_counted", "ask.item_to_take", ""),
        ("=36",   "go quantity.is_so 36",       "ask.item_to_take",   ""),
    ])


def test_twelve_times_and_unusual_quantities_in_a_move() -> None:
    check("move", [
        ("=1200", "go times.next 1200",         "ask.source_or_item", ""),
        ("heart", "look quantity.unusual 1200", "ask.is_it_so",       ""),
        ("A",     "stop quantity.answer_first", "ask.is_it_so",       ""),
        ("[yes]", "go in_hand.ask_source 1200", "ask.source",         ""),
        ("A",     "go in_hand.ask_target 1200", "ask.target",         ""),
        ("B",     "go move.counted 1200",       "ask.item_to_take",   "move 1200 HEART A→B"),
        ("=5000", "look quantity.unusual 3800", "ask.is_it_so",       ""),
        ("[yes]", "go move.counted 5000",       "ask.item_to_take",   "move 3800 HEART A→B"),
    ])


def test_blocked_bins_stop_only_the_way_that_is_blocked() -> None:
    check("move", [
        ("no-out", "stop bin.blocked",          "ask.source_or_item", ""),
        ("no-in",  "go bin.from_here",          "ask.item_to_take",   ""),
        ("heart",  "go in_hand.ask_target 1",   "ask.target",         ""),
        ("shut",   "stop bin.blocked",          "ask.target",         ""),
        ("no-out", "go move.counted 1",         "ask.item_to_take",   "move 1 HEART NI→NO"),
    ])


def test_lots_and_serials_move_by_their_number() -> None:
    check("move", [
        ("A",        "go bin.from_here",        "ask.item_to_take",   ""),
        ("jug",      "go ask.lot",              "ask.lot",            ""),
        ("B",        "stop finish_first.lot",   "ask.lot",            ""),
        ("text",     "go in_hand.ask_target 1", "ask.target",         ""),
        ("B",        "go move.counted 1",       "ask.item_to_take",   "move 1 JUG/TEXT A→B"),
        ("clock S1", "go in_hand.ask_target 1", "ask.target",         ""),
        ("clock S1", "stop serial.repeated",    "ask.target",         ""),
        ("B",        "go move.counted 1",       "ask.item_to_take",   "move 1 CLOCK/S1 A→B"),
    ])


def test_unknown_misread_and_several_in_a_move() -> None:
    check("move", [
        ("text",       "look code.unknown",        "ask.source_or_item", ""),
        ("broken",     "stop code.misread",        "ask.source_or_item", ""),
        ("badge",      "stop badge.in_task",       "ask.source_or_item", ""),
        ("lot L2",     "stop code.number_without_item", "ask.source_or_item", ""),
        ("several",    "look code.several",        "ask.choose_item",    ""),
        ("A",          "stop code.answer_first",   "ask.choose_item",    ""),
        ("[choose:0]", "go in_hand.ask_source 1",  "ask.source",         ""),
    ])


def test_put_away_starts_at_the_dock() -> None:
    check("put_away", [
        ("case", "go in_hand.ask_target 6",     "ask.target",         ""),
        ("A",    "go put_away.counted 6",       "ask.item_to_take",   "put_away 6 (1 CASE) HEART DOCK→A"),
        ("lamp", "go in_hand.ask_target 1",     "ask.target",         ""),
        ("B",    "go put_away.counted 1",       "ask.item_to_take",   "put_away 1 LAMP DOCK→B"),
    ])


def test_put_away_takes_the_bin_before_the_item() -> None:
    check("put_away", [
        ("A",     "go bin.to_here",             "ask.item_to_take",   ""),
        ("B",     "go bin.to_here",             "ask.item_to_take",   ""),
        ("heart", "go put_away.counted 1",      "ask.item_to_take",   "put_away 1 HEART DOCK→B"),
        ("=4",    "go put_away.counted 4",      "ask.item_to_take",   "put_away 3 HEART DOCK→B"),
        ("DOCK",  "stop bin.same",              "ask.item_to_take",   ""),
    ])


def test_put_away_from_another_bin_than_the_dock() -> None:
    check("put_away", [
        ("[other_source]", "go ask.source_or_item",   "ask.source_or_item", ""),
        ("B",              "go bin.from_here",        "ask.item_to_take",   ""),
        ("heart",          "go in_hand.ask_target 1", "ask.target",         ""),
        ("A",              "go put_away.counted 1",   "ask.item_to_take",   "put_away 1 HEART B→A"),
    ])


def test_put_away_without_a_dock_asks_where_from() -> None:
    rows: list[Row] = [
        ("heart", "go in_hand.ask_source 1",    "ask.source",         ""),
        ("B",     "go in_hand.ask_target 1",    "ask.target",         ""),
        ("A",     "go put_away.counted 1",      "ask.item_to_take",   "put_away 1 HEART B→A"),
    ]

    assert play("put_away", rows, NO_DOCK) == rows


def test_look_up_changes_nothing_whatever_is_scanned() -> None:
    check("look_up", [
        ("heart",      "go look_up.found",          "look_up.ask",     ""),
        ("A",          "go look_up.found",          "look_up.ask",     ""),
        ("text",       "look code.unknown",         "look_up.ask",     ""),
        ("broken",     "stop code.misread",         "look_up.ask",     ""),
        ("badge",      "go badge.of",               "look_up.ask",     ""),
        ("lot L2",     "look code.number_without_item", "look_up.ask", ""),
        ("several",    "look code.several",         "ask.choose_item", ""),
        ("[choose:1]", "-",                         "look_up.ask",     ""),
        ("=5",         "-",                         "look_up.ask",     ""),
    ])
