"""Plans revaluations: of all that is left of an item, of what is left of one receipt, of a whole receipt.

Pure. Raises EntryUnknown, NotRevaluable, NegativeInventory, UnadjustedEntries, NotEndOfAverageCostPeriod,
ValuationDateTooEarly. Source: costing rules 7.
"""

from datetime import date
from decimal import Decimal

from server.costing.entries import Entry
from server.costing.first_cost import amount_of
from server.costing.periods import period_of
from server.costing.revaluation import (
    Revaluable,
    Revaluation,
    remaining_on,
    revaluable_layers,
    revalue_whole,
    spread,
    value_on,
)
from server.errors import (
    ItemUnknown,
    NegativeInventory,
    NotEndOfAverageCostPeriod,
    NotRevaluable,
    UnadjustedEntries,
)
from server.ledger.dates import check_valuation_date
from server.ledger.draft import Draft, Worth
from server.ledger.lines import RevaluationLine, RevaluationMode
from server.ledger.plan_invoices import known_entry, subject_of_entry
from server.ledger.working_set import ZERO, ItemSums, WorkingSet
from shared.money import round_unit_cost


def plan_revaluation(working_set: WorkingSet, draft: Draft, line: RevaluationLine) -> None:
    """Give stock a new value on the journal's posting date."""
    day = draft.journal.posting_date
    if line.mode == RevaluationMode.ENTRY:
        _plan_whole_entry(working_set, draft, line)
        return
    if line.mode == RevaluationMode.REMAINING:
        layers = _remaining_layer(working_set, known_entry(working_set, line.applies_to_entry_no), day)
    else:
        layers = _layers_of_item(working_set, line.item_no, day)
    if not layers:
        raise NotRevaluable(f"{line.item_no or line.applies_to_entry_no} {day}")
    quantity = sum((each.quantity for each in layers), ZERO)
    precision = working_set.facts.setup.amount_rounding_precision
    total = _new_total(line, quantity, precision)
    for each in spread(layers, total, precision):
        _add(working_set, draft, each, is_partial=True)
    if line.updates_standard_cost:
        working_set.change_standard_cost(layers[0].entry.item_no, _new_unit_cost(line, total, quantity))


def _plan_whole_entry(working_set: WorkingSet, draft: Draft, line: RevaluationLine) -> None:
    entry = known_entry(working_set, line.applies_to_entry_no)
    item = working_set.facts.items[entry.item_no]
    if not entry.is_inbound or not entry.is_completely_invoiced:
        raise NotRevaluable(str(entry.entry_no))
    for each in working_set.applications:
        source = working_set.entries.get(each.outbound_entry_no)
        copies = each.inbound_entry_no == entry.entry_no and not each.takes
        if copies and source is not None and source.is_to_adjust:
            raise UnadjustedEntries(str(source.entry_no))
    if item.costing_method == "Average" and any(value.is_partial for value in entry.values):
        raise NotRevaluable(str(entry.entry_no))
    precision = working_set.facts.setup.amount_rounding_precision
    total = _new_total(line, entry.quantity, precision)
    _add(working_set, draft, revalue_whole(entry, total), is_partial=False)
    if line.updates_standard_cost:
        working_set.change_standard_cost(entry.item_no, _new_unit_cost(line, total, entry.quantity))


def _remaining_layer(working_set: WorkingSet, entry: Entry, day: date) -> list[Revaluable]:
    item = working_set.facts.items[entry.item_no]
    may_be_expected = item.costing_method == "Standard"
    is_invoiced = entry.is_completely_invoiced and (entry.last_invoice_date or entry.posting_date) <= day
    if not entry.is_inbound or item.costing_method == "Average" or not (is_invoiced or may_be_expected):
        raise NotRevaluable(str(entry.entry_no))
    quantity = remaining_on([entry], working_set.applications, day)[entry.entry_no]
    return [Revaluable(entry, quantity, value_on(entry, quantity, day))] if quantity > 0 else []


def _layers_of_item(working_set: WorkingSet, item_no: str, day: date) -> list[Revaluable]:
    facts = working_set.facts
    item = facts.items.get(item_no)
    if item is None:
        raise ItemUnknown(item_no)
    entries = [entry for entry in working_set.entries.values() if entry.item_no == item_no]
    if item.costing_method == "Average":
        last = period_of(
            day, facts.setup.average_cost_period, facts.setup.accounting_periods, facts.setup.fiscal_years
        )[1]
        if day != last:
            raise NotEndOfAverageCostPeriod(f"{item_no}: {day} / {last}")
        if _has_unadjusted(working_set.sums.get(item_no, ItemSums()), entries, day):
            raise UnadjustedEntries(item_no)
    uncovered = [
        entry for entry in entries if not entry.is_inbound and entry.remaining and entry.posting_date <= day
    ]
    if uncovered:
        raise NegativeInventory(f"{item_no}: {uncovered[0].entry_no}, {uncovered[0].posting_date}")
    return revaluable_layers(
        entries,
        working_set.applications,
        day,
        costing_method=item.costing_method,
        is_per_item=facts.setup.average_cost_calc_type == "item",
    )


def _has_unadjusted(sums: ItemSums, entries: list[Entry], day: date) -> bool:
    """Whether something valued up to a day waits for the cost adjustment."""
    if sums.is_adjusted:
        return False
    is_marked = any(entry.is_to_adjust and entry.valuation_date <= day for entry in entries)
    return is_marked or (sums.unadjusted_from is not None and sums.unadjusted_from <= day)


def _new_total(line: RevaluationLine, quantity: Decimal, precision: Decimal) -> Decimal:
    if line.inventory_value_revalued is not None:
        return line.inventory_value_revalued
    assert line.unit_cost_revalued is not None
    return amount_of(quantity, line.unit_cost_revalued, precision)


def _new_unit_cost(line: RevaluationLine, total: Decimal, quantity: Decimal) -> Decimal:
    return round_unit_cost(total / quantity) if line.unit_cost_revalued is None else line.unit_cost_revalued


def _add(working_set: WorkingSet, draft: Draft, change: Revaluation, *, is_partial: bool) -> None:
    entry = change.entry
    day = max(draft.journal.posting_date, entry.valuation_date)
    check_valuation_date(working_set.facts.setup, day)
    subject = subject_of_entry(entry)
    draft.add_value(
        subject,
        Worth(day, change.valued_quantity, actual=change.actual, kind="revaluation", is_partial=is_partial),
    )
    if change.expected:
        draft.add_value(
            subject,
            Worth(
                day,
                change.valued_quantity,
                expected=change.expected,
                kind="revaluation",
                is_expected=True,
                is_partial=is_partial,
            ),
        )
    working_set.leave_to_adjust(entry.entry_no)
