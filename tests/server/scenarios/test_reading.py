"""A scenario file is understood as a whole, or refused with where, what was expected and what was found."""

from decimal import Decimal
from pathlib import Path

import pytest

from server.scenarios.fields import Unreadable
from server.scenarios.reading import parse_scenario, read_scenario
from server.scenarios.steps import Movement
from tests.server.scenarios.files import EXPECT, FIFO, PURCHASE, scenario

TRACKED = "- {'no': I1, costing_method: FIFO, tracking: lot}"
SALE = "- {ref: s, do: sale, date: 2026-01-03, item: I1, quantity: 1"


def refusal(text: str) -> str:
    """What is said about a text that cannot be read."""
    with pytest.raises(Unreadable) as refused:
        parse_scenario(text)
    return str(refused.value)


def test_numbers_are_read_by_their_text() -> None:
    steps = PURCHASE.replace("2.50", "3.33333").replace("quantity: 4", "quantity: 0.1")

    read = parse_scenario(scenario(steps=steps)).steps[0]

    assert isinstance(read, Movement)
    assert (read.quantity, read.unit_cost) == (Decimal("0.1"), Decimal("3.33333"))


@pytest.mark.parametrize("written", ["", "location: ", "location: ''", "location: null"])
def test_a_missing_or_empty_location_is_the_blank_one(written: str) -> None:
    steps = PURCHASE.replace("quantity: 4", f"quantity: 4, {written}" if written else "quantity: 4")

    read = parse_scenario(scenario(steps=steps)).steps[0]

    assert isinstance(read, Movement)
    assert read.location == ""


def test_settings_that_are_not_named_are_the_plain_ones() -> None:
    settings = parse_scenario(scenario()).setup.settings

    assert (settings.automatic_cost_adjustment, settings.average_cost_period) == ("never", "day")
    assert settings.rounding_precision == Decimal("0.01")


def test_the_unit_cost_of_a_standard_item_is_its_standard_cost() -> None:
    items = "- {'no': I1, costing_method: Standard, unit_cost: 3, standard_cost: 4.5}"

    assert parse_scenario(scenario(items=items)).setup.items["I1"].unit_cost == Decimal("4.5")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (scenario() + "remark: x\n", "remark: expected one of the keys"),
        (scenario().replace("locations:", "places:"), "setup.places: expected one of the keys"),
        (scenario(items=FIFO.replace("}", ", colour: red}")), "setup.items[0].colour: expected one of"),
        (scenario(settings="work_day: 2026-01-01"), "setup.settings.work_day: expected one of the keys"),
        (scenario(steps=PURCHASE.replace("}", ", price: 1}")), "steps[0].price: expected one of the keys"),
        (scenario(steps=SALE + ", unit_cost: 1}"), "steps[0].unit_cost: expected one of the keys"),
        (scenario(expect=EXPECT.replace("remaining", "left")), "expected a figure to check"),
        (
            scenario(expect="- {after: p, item_entries: [{ref: p, remaining: 4, left: 4}]}"),
            "expect[0].item_entries[0].left: expected one of the keys",
        ),
        (
            scenario(expect="- {after: p, entries: []}"),
            "expect[0].entries: expected one of the keys after, item_entries",
        ),
    ],
)
def test_an_unknown_key_is_refused_wherever_it_stands(text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (PURCHASE.replace("do: purchase", "do: buy"), "steps[0].do: expected one of positive_adjustment"),
        (PURCHASE.replace("item: I1", "item: I2"), "steps[0].item: expected one of I1, found 'I2'"),
        (PURCHASE.replace("quantity", "location: GREEN, quantity"), "steps[0].location: expected one of the"),
        (PURCHASE.replace("quantity", "variant: X, quantity"), "steps[0].variant: expected one of the varia"),
        (PURCHASE + "\n" + SALE + ", applies_to: q}", "steps[1].applies_to: expected a receipt of a step"),
        (PURCHASE + "\n" + SALE + "}\n" + PURCHASE, "steps[2].ref: expected each ref once, found 'p'"),
        (SALE + ", applies_to: p}\n" + PURCHASE, "steps[0].applies_to: expected a receipt of a step before"),
        (PURCHASE + "\n- {ref: r, do: revaluation, date: 2026-01-03, mode: item, item: I1}", "found nothing"),
        (PURCHASE + "\n- {ref: c, do: close_period, ending: 2026-01-31}", "one of the inventory_periods"),
        (PURCHASE + "\n- {ref: u, do: undo_shipment, of: p}", "steps[1].of: expected an issue of a step"),
        (PURCHASE + "\n- {ref: u, do: set}", "expected at least one of allow_posting_from"),
        (PURCHASE.replace("}", ", expect_error: no-way}"), "steps[0].expect_error: expected one of posting"),
        (PURCHASE.replace("}", ", lot: L1}"), "steps[0].lot: expected no lot: I1 is not tracked"),
        (PURCHASE.replace(", unit_cost: 2.50", ""), "steps[0]: expected the key unit_cost"),
    ],
)
def test_a_step_names_only_what_is_there_by_then(steps: str, said: str) -> None:
    assert said in refusal(scenario(steps=steps, expect="- {after: p}"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("quantity: 4", "quantity: '4'", "steps[0].quantity: expected a number, found '4'"),
        ("quantity: 4", "quantity: true", "steps[0].quantity: expected a number, found true"),
        ("quantity: 4", "quantity: 0", "steps[0].quantity: expected a number above 0, found 0"),
        ("quantity: 4", "quantity: -4", "steps[0].quantity: expected a number above 0, found -4"),
        ("quantity: 4", "quantity: .nan", "steps[0].quantity: expected a number, found nan"),
        ("quantity: 4", "quantity: 0.000001", "steps[0].quantity: expected at most 5 decimals"),
        ("unit_cost: 2.50", "unit_cost: -1", "expected a number that is not below 0, found -1"),
        ("2026-01-02", "2026-01-02 10:00:00", "steps[0].date: expected a date like 2026-01-31"),
        ("2026-01-02", "'2026-01-02'", "steps[0].date: expected a date like 2026-01-31"),
        ("ref: p", "ref: 7", "steps[0].ref: expected text (write it in quotes), found 7"),
        ("'no': I1", "no: I1", "setup.items[0]: expected keys that are text (write 'no' in quotes)"),
        ("costing_method: FIFO", "costing_method: Fifo", "expected one of FIFO, LIFO, Average"),
        ("[BLUE, RED, TRANSIT]", "[BLUE, BLUE]", "setup.locations: expected each code once"),
        ("[BLUE, RED, TRANSIT]", "BLUE", "setup.locations: expected a list, found 'BLUE'"),
        ("remaining: 4", "remaining: many", "item_entries[0].remaining: expected a number, found 'many'"),
        ("remaining: 4", "open: 0", "item_entries[0].open: expected true or false, found 0"),
        ("after: p", "after: q", "expect[0].after: expected one of p, found 'q'"),
        ("{ref: p, remaining", "{ref: q, remaining", "ref: expected an item entry made by then (p)"),
        ("settings: {}", "settings: []", "setup.settings: expected a mapping of keys to values"),
        ("item: I1, quantity", "item: I1, item: I1, quantity", "line 9: expected each key once"),
        ("steps:", "steps: [", "expected YAML"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(old: str, new: str, said: str) -> None:
    assert old in scenario()

    assert said in refusal(scenario().replace(old, new, 1))


def test_a_checkpoint_knows_only_entries_made_by_then() -> None:
    steps = PURCHASE + "\n" + SALE + "}"

    said = refusal(scenario(steps=steps, expect="- {after: p, item_entries: [{ref: s, remaining: 0}]}"))

    assert said == ("expect[0].item_entries[0].ref: expected an item entry made by then (p), found 's'")


def test_a_step_that_must_be_refused_makes_no_entry_to_name() -> None:
    steps = PURCHASE.replace("}", ", expect_error: tracking-required}")

    assert "made by then (nothing at all)" in refusal(scenario(items=TRACKED, steps=steps))


def test_adjustment_by_days_needs_a_work_date() -> None:
    assert "expected a work_date" in refusal(scenario(settings="automatic_cost_adjustment: month"))


def test_shares_of_a_standard_cost_sum_to_it() -> None:
    items = (
        "- {'no': I1, costing_method: Standard, standard_cost: 5,"
        " standard_cost_shares: {material: 3, capacity: 1}}"
    )

    said = refusal(scenario(items=items))

    assert said == "setup.items[0].standard_cost_shares: expected shares that sum to 5, found 4"


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"\xff\xfe", b"a: !!python/object:os.system {}\n"])
def test_a_file_that_is_no_scenario_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "strange.yaml"
    path.write_bytes(content)

    with pytest.raises(Unreadable):
        read_scenario(path)


def test_a_scenario_that_checks_nothing_is_refused() -> None:
    said = refusal(scenario().partition("expect:")[0] + "expect: []\n")

    assert said == "expect: expected at least one checkpoint, found nothing"
