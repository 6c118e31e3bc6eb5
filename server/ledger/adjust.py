"""Adjusts costs in the books: loads an item, lets the rules work, writes only new rows and engine columns.

Where it starts is marked by postings: entries, average periods, assemblies. Adjusting clears the marks of the
item and may set those of what is made from it, so callers go on until nothing is left to adjust.
Always holds: one item in one database transaction, locked against postings of that item; a second run writes
nothing. Source: costing rules 6, 8.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from server.costing.adjustment import Adjustment, HistoryNeeded, Rules, adjust
from server.costing.entries import Entry
from server.costing.periods import period_of
from server.costing.settlement import Ledger
from server.ledger.adjust_assemblies import mark_assemblies, outputs_to_settle, settle_outputs
from server.ledger.adjust_write import card_after, write_adjustment
from server.ledger.gl_posting import post_to_gl
from server.ledger.load_to_adjust import is_long, load_all, load_from_marks
from server.ledger.rows import ValueRow
from server.ledger.tables import AssemblyCost, AverageCostPoint, ItemCost, ItemLedgerEntry
from server.masterdata.facts import Facts, ItemFacts, SetupFacts
from server.masterdata.load import load_facts
from shared.moments import months_before

__all__ = ["Adjusted", "adjust_after_posting", "adjust_costs", "adjust_item", "items_to_adjust"]

# Assemblies of assemblies end somewhere; a loop in them would not.
_MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What adjusting an item wrote: how many value entries, their numbers, and their amounts in all."""

    value_entries: int
    cost_amount: Decimal
    numbers: tuple[int, ...] = ()


def items_to_adjust(connection: sa.Connection, item_nos: Sequence[str] | None = None) -> list[str]:
    """Items with costs to adjust, components before what is made from them; excluded ones left out."""
    table = ItemCost.__table__
    is_made = sa.exists().where(AssemblyCost.item_no == table.c.item_no)
    query = (
        sa.select(table.c.item_no)
        .where(sa.text("NOT is_adjusted"), sa.not_(table.c.is_excluded))
        .order_by(is_made, table.c.item_no)
    )
    if item_nos is not None:
        query = query.where(table.c.item_no.in_(item_nos))
    return list(connection.execute(query).scalars())


def adjust_costs(
    connection: sa.Connection,
    *,
    user_id: str,
    now: datetime,
    item_nos: Sequence[str] | None = None,
) -> int:
    """Adjust everything in the caller's one transaction; gives back how many value entries were written.

    Raises PostingDateNotAllowed for the whole run if one entry may not get its date.
    """
    return len(_adjust_until_settled(connection, user_id=user_id, now=now, item_nos=item_nos))


def _adjust_until_settled(
    connection: sa.Connection,
    *,
    user_id: str,
    now: datetime,
    item_nos: Sequence[str] | None,
) -> list[int]:
    wanted = None if item_nos is None else list(item_nos)
    numbers: list[int] = []
    for _ in range(_MOST_LEVELS):
        items = items_to_adjust(connection, wanted)
        if not items:
            return numbers
        for item_no in items:
            numbers += adjust_item(connection, item_no, user_id=user_id, now=now).numbers
        if wanted is not None:
            wanted = sorted({*wanted, *_made_from(connection, items)})
    raise RuntimeError(f"costs did not settle: {', '.join(items_to_adjust(connection, wanted)[:5])}")


def _made_from(connection: sa.Connection, item_nos: Iterable[str]) -> list[str]:
    """Items that consumed some of these."""
    entry, order = ItemLedgerEntry.__table__, AssemblyCost.__table__
    return list(
        connection.execute(
            sa.select(order.c.item_no)
            .join_from(order, entry, entry.c.order_no == order.c.order_no)
            .where(sa.text("item_ledger_entry.order_no <> ''"), entry.c.item_no.in_(list(item_nos)))
            .distinct()
        ).scalars()
    )


def adjust_item(connection: sa.Connection, item_no: str, *, user_id: str, now: datetime) -> Adjusted:
    """Adjust one item and clear its marks. Raises PostingDateNotAllowed, and then has written nothing."""
    facts = _locked_facts(connection, item_no, user_id)
    item = facts.items[item_no]
    starts = _marked(connection, item_no)
    entries, adjustment = _adjustment(connection, facts.setup, item, starts)
    numbers = write_adjustment(
        connection, facts, entries, adjustment, item_no=item_no, user_id=user_id, now=now
    )
    _settle_marks(connection, item_no, starts)
    mark_assemblies(connection, [entries[no] for no in adjustment.changed if no in entries])
    amount = sum((sums[0] + sums[1] for sums in adjustment.corrections.values()), Decimal(0))
    card_after(connection, item, facts.setup.amount_rounding_precision)
    if facts.setup.automatic_cost_posting and numbers:
        post_to_gl(connection, user_id=user_id, now=now, only_value_entry_nos=numbers)
    return Adjusted(len(numbers), amount + sum(adjustment.roundings.values(), Decimal(0)), tuple(numbers))


def _adjustment(
    connection: sa.Connection, setup: SetupFacts, item: ItemFacts, starts: Sequence[int]
) -> tuple[Mapping[int, Entry], Adjustment]:
    """What has to be added, found in as much of the item's history as it takes."""
    rules, open_days = _rules(setup, item), _open_days(connection, item.no)
    outputs = outputs_to_settle(connection, item.no)
    is_part = is_long(connection, item.no)
    while True:
        if is_part:
            marked = [*starts, *outputs]
            loaded = load_from_marks(connection, item.no, marked, open_days, rules=rules)
        else:
            loaded = load_all(connection, item.no)
        ledger = Ledger(setup.amount_rounding_precision)
        settled = settle_outputs(connection, item, loaded.entries, ledger)
        try:
            return loaded.entries, adjust(
                loaded.entries,
                loaded.applications,
                starts=[*starts, *settled],
                open_days=open_days,
                ledger=ledger,
                rules=rules,
                opening=loaded.opening,
            )
        except HistoryNeeded:
            is_part = False


def _marked(connection: sa.Connection, item_no: str) -> list[int]:
    """The entries of the item that the adjustment starts from."""
    entry = ItemLedgerEntry.__table__
    return list(
        connection.execute(
            sa.select(entry.c.entry_no)
            .where(entry.c.item_no == item_no, sa.text("applied_entry_to_adjust"))
            .order_by(entry.c.entry_no)
        ).scalars()
    )


def _locked_facts(connection: sa.Connection, item_no: str, user_id: str) -> Facts:
    """What is known of the item; its postings are kept out until this transaction is committed."""
    facts = load_facts(
        connection,
        item_nos=(item_no,),
        location_codes=(),
        bins=(),
        reason_codes=(),
        person_ids=(user_id,),
    )
    table = ItemCost.__table__
    connection.execute(
        sa.select(table.c.item_no).where(table.c.item_no == item_no).with_for_update(key_share=True)
    )
    return facts


def _rules(setup: SetupFacts, item: ItemFacts) -> Rules:
    return Rules(
        setup.amount_rounding_precision,
        item.costing_method == "Average",
        setup.average_cost_calc_type == "item",
        lambda day: period_of(day, setup.average_cost_period, setup.accounting_periods, setup.fiscal_years),
    )


def _open_days(connection: sa.Connection, item_no: str) -> list[date]:
    """Last days of the average periods that are still to be worked out."""
    table = AverageCostPoint.__table__
    return list(
        connection.execute(
            sa.select(table.c.valuation_date).where(table.c.item_no == item_no, sa.not_(table.c.is_adjusted))
        ).scalars()
    )


def _settle_marks(connection: sa.Connection, item_no: str, starts: Sequence[int]) -> None:
    entry, point, order = (
        ItemLedgerEntry.__table__,
        AverageCostPoint.__table__,
        AssemblyCost.__table__,
    )
    if starts:
        connection.execute(
            sa.update(entry)
            .where(entry.c.item_no == item_no, sa.text("applied_entry_to_adjust"))
            .values(applied_entry_to_adjust=False)
        )
    connection.execute(
        sa.update(point)
        .where(point.c.item_no == item_no, sa.not_(point.c.is_adjusted))
        .values(is_adjusted=True)
    )
    connection.execute(
        sa.update(order)
        .where(order.c.item_no == item_no, sa.text("NOT is_adjusted"))
        .values(is_adjusted=True)
    )
    table = ItemCost.__table__
    connection.execute(
        sa.update(table)
        .where(table.c.item_no == item_no)
        .values(is_adjusted=True, is_online=True, unadjusted_from=None)
    )


# ------------------------------------------------------------------ after each posting


def adjust_after_posting(
    connection: sa.Connection,
    setup: SetupFacts,
    values: Collection[ValueRow],
    *,
    user_id: str,
    now: datetime,
) -> list[int]:
    """Adjust the items of new value entries as far as the set-up's span reaches; numbers of what it wrote.

    A cost outside the span switches the item off until the batch has adjusted it.
    """
    today = setup.work_date or now.date()
    span = setup.automatic_cost_adjustment
    items = {row.item_no for row in values if row.item_no}
    if span != "always":
        late = _outside(connection, values, _first_day(span, today))
        _switch_off(connection, late)
        items = _online(connection, items)
    if not items:
        return []
    return _adjust_until_settled(connection, user_id=user_id, now=now, item_nos=sorted(items))


def _first_day(span: str, today: date) -> date:
    """The earliest day that still lies in the span, counted back from the work date."""
    months = {"month": 1, "quarter": 3, "year": 12}
    if span in months:
        return months_before(today, months[span])
    return date.fromordinal(today.toordinal() - {"day": 1, "week": 7}[span])


def _outside(connection: sa.Connection, values: Collection[ValueRow], first_day: date) -> set[str]:
    """Items with a cost outside the span: by the entry's posting date, at average cost by the valuation
    date.
    """
    facts: Facts = load_facts(
        connection,
        item_nos={row.item_no for row in values if row.item_no},
        location_codes=(),
        bins=(),
        reason_codes=(),
    )
    entry = ItemLedgerEntry.__table__
    numbers = sorted({row.item_ledger_entry_no for row in values})
    posted = {
        row[0]: row[1]
        for row in connection.execute(
            sa.select(entry.c.entry_no, entry.c.posting_date).where(entry.c.entry_no.in_(numbers))
        )
    }
    late = set()
    for row in values:
        if not row.item_no:
            continue
        is_average = facts.items[row.item_no].costing_method == "Average"
        day = row.valuation_date if is_average else posted[row.item_ledger_entry_no]
        if day < first_day:
            late.add(row.item_no)
    return late


def _switch_off(connection: sa.Connection, item_nos: Collection[str]) -> None:
    table = ItemCost.__table__
    if item_nos:
        connection.execute(
            sa.update(table).where(table.c.item_no.in_(sorted(item_nos))).values(is_online=False)
        )


def _online(connection: sa.Connection, item_nos: Collection[str]) -> set[str]:
    table = ItemCost.__table__
    return set(
        connection.execute(
            sa.select(table.c.item_no).where(table.c.item_no.in_(sorted(item_nos)), table.c.is_online)
        ).scalars()
    )
