"""Whatever the values are: lines balance, no amount is lost on the way, a second plan is empty."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS
from server.general_ledger.posting_plan import AccountSetup, Plan, UnpostedValue, plan_entries, plan_groups

ROLES = {**INVENTORY_COLUMNS, **GENERAL_COLUMNS}
SETUP = AccountSetup(
    inventory={("", ""): {role: f"a {role}" for role in INVENTORY_COLUMNS}},
    # The group SHUT has no account at all.
    general={
        ("", ""): {role: f"a {role}" for role in GENERAL_COLUMNS},
        ("", "SHUT"): dict.fromkeys(GENERAL_COLUMNS, ""),
    },
    accounts={f"a {role}": False for role in ROLES},
    closed=((date(2026, 1, 1), date(2026, 1, 31)),),
)
amounts = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def values(draw: st.DrawFn) -> list[UnpostedValue]:
    return [
        UnpostedValue(
            entry_no=number,
            posting_date=draw(st.sampled_from([date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)])),
            document_no="",
            item_no="GLOBE",
            location_code=draw(st.sampled_from(["", "DC"])),
            inventory_posting_group="",
            general_business_posting_group="",
            general_product_posting_group=draw(st.sampled_from(["", "RETAIL", "SHUT"])),
            item_ledger_entry_type=draw(st.sampled_from(["purchase", "sale", "transfer", ""])),
            entry_type=draw(st.sampled_from(["direct_cost", "indirect_cost", "revaluation", "gift"])),
            variance_type="",
            item_charge_no="",
            cost_amount_actual=draw(amounts),
            cost_posted_to_gl=draw(st.one_of(st.just(Decimal(0)), amounts)),
            cost_amount_expected=draw(amounts),
            expected_cost_posted_to_gl=Decimal(0),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]


def after(found: list[UnpostedValue], plan: Plan) -> list[UnpostedValue]:
    """The values once the plan is written."""
    posted = {each.value_entry_no: each for each in plan.posted}
    return [
        value._replace(
            cost_posted_to_gl=posted[value.entry_no].cost_posted_to_gl,
            expected_cost_posted_to_gl=posted[value.entry_no].expected_cost_posted_to_gl,
        )
        if value.entry_no in posted
        else value
        for value in found
    ]


@given(values(), st.booleans(), st.booleans())
def test_a_plan_balances_keeps_every_amount_and_leaves_nothing_for_a_second(
    found: list[UnpostedValue], per_group: bool, posts_expected: bool
) -> None:
    make = plan_groups if per_group else plan_entries

    plan = make(found, SETUP, posts_expected=posts_expected)

    assert sum((line.amount for line in plan.lines), Decimal(0)) == 0
    assert all(line.amount for line in plan.lines)
    related: dict[int, Decimal] = defaultdict(Decimal)
    by_value: dict[int, Decimal] = defaultdict(Decimal)
    for relation in plan.relations:
        related[relation.place] += relation.amount
        by_value[relation.value_entry_no] += relation.amount
    assert [related[place] for place in range(len(plan.lines))] == [line.amount for line in plan.lines]
    assert set(by_value.values()) <= {0}

    again = make(after(found, plan), SETUP, posts_expected=posts_expected)
    assert (again.lines, again.posted) == ([], [])
    assert again.skipped == plan.skipped


@given(values())
def test_both_ways_post_the_same_amounts_of_the_same_values(found: list[UnpostedValue]) -> None:
    one, other = (make(found, SETUP, posts_expected=True) for make in (plan_entries, plan_groups))

    assert one.posted == other.posted
    assert one.skipped == other.skipped

    def sums(plan: Plan) -> dict[tuple[object, ...], Decimal]:
        totals: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        for line in plan.lines:
            totals[line.account_no, line.category, line.posting_date, line.location_code] += line.amount
        return {key: amount for key, amount in totals.items() if amount}

    assert sums(one) == sums(other)
