"""Plans transfers: an issue at one location and a receipt at another that takes its cost along. Pure.

Each receipt that the transfer takes from gets a leg of its own at the new place, so that its cost and age can
be told apart there; at average cost one leg copies the issue. Raises InsufficientStock, TransferWithin.
Source: costing rules 2.8, 3.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from server.costing.entries import cost_to_forward, share
from server.costing.first_cost import amount_of
from server.costing.layers import Applied as AppliedLayers
from server.costing.layers import Layer
from server.errors import InsufficientStock, SamePlace
from server.ledger.checks import check_bins, check_line, check_numbers, check_tracking
from server.ledger.draft import Applied, Draft, Stands, Worth
from server.ledger.lines import ItemJournalLine, TransferLine
from server.ledger.movements import leg_of
from server.ledger.plan_issues import record_taking, take, valuation_date
from server.ledger.plan_places import plan_place
from server.ledger.plan_receipts import issues_copied_by, put_in_stock, subject_of
from server.ledger.working_set import ZERO, WorkingSet


def plan_transfer(working_set: WorkingSet, draft: Draft, line: TransferLine) -> None:
    """Both sides of a transfer."""
    out, into = _checked_legs(working_set, draft, line)
    applied = take(working_set, out, from_order_no=line.from_order_no)
    if applied.uncovered:
        on_hand = line.quantity_base - applied.uncovered
        raise InsufficientStock(line.item_no, line.location_code, asked=line.quantity_base, on_hand=on_hand)
    plan_place(working_set, draft, out)
    plan_place(working_set, draft, into)
    item = working_set.facts.items[line.item_no]
    is_average = item.costing_method == "Average"
    day = valuation_date(draft.journal.posting_date, applied, None)
    by_average = is_average and not line.from_order_no
    costs = _costs(working_set, out, applied, by_average=by_average)
    out_no = _plan_out(working_set, draft, out, applied, costs=costs, day=day, by_average=by_average)
    copied = issues_copied_by(working_set, {part.layer.entry_no for part in applied.taken})
    if is_average:
        is_complete = all(_is_complete(working_set, part.layer) for part in applied.taken)
        total = sum(costs, ZERO)
        _plan_in(
            working_set, draft, into, out_no, cost=total, day=day, is_complete=is_complete, copied=copied
        )
        return
    for part, cost in zip(applied.taken, costs, strict=True):
        leg = replace(into, quantity_base=part.quantity)
        is_complete = _is_complete(working_set, part.layer)
        _plan_in(
            working_set,
            draft,
            leg,
            out_no,
            cost=cost,
            day=day,
            is_complete=is_complete,
            copied=copied,
            layer_no=part.layer.entry_no,
        )


def _checked_legs(
    working_set: WorkingSet, draft: Draft, line: TransferLine
) -> tuple[ItemJournalLine, ItemJournalLine]:
    """The issue and the receipt of a transfer, each checked like any other."""
    if line.location_code == line.new_location_code:
        raise SamePlace(line.location_code)
    out, into = leg_of(line, is_out=True), leg_of(line, is_out=False)
    for each in (out, into):
        check_line(working_set.facts, each)
        check_bins(working_set.facts, each)
    check_numbers(working_set, out)
    if draft.journal.requires_numbers:
        check_tracking(working_set.facts, out)
    return out, into


def _costs(
    working_set: WorkingSet, out: ItemJournalLine, applied: AppliedLayers, *, by_average: bool
) -> list[Decimal]:
    """What goes along, per receipt taken from; at average cost the card's unit cost in one sum."""
    precision = working_set.facts.setup.amount_rounding_precision
    if by_average:
        return [amount_of(-out.quantity_base, working_set.unit_cost(out.item_no), precision)]
    costs = []
    for part in applied.taken:
        entry = working_set.entries.get(part.layer.entry_no)
        total = part.layer.cost_amount if entry is None else cost_to_forward(entry)
        costs.append(share(total, part.quantity, part.layer.quantity, precision))
    return costs


def _plan_out(
    working_set: WorkingSet,
    draft: Draft,
    out: ItemJournalLine,
    applied: AppliedLayers,
    *,
    costs: list[Decimal],
    day: date,
    by_average: bool,
) -> int:
    entry_no = next(working_set.numbers.item_ledger_entries)
    record_taking(working_set, draft, out, entry_no, applied=applied, is_cost=not by_average)
    is_complete = all(_is_complete(working_set, part.layer) for part in applied.taken)
    draft.add_item_ledger(out, entry_no, Stands(draft.journal.posting_date, True, is_complete))
    draft.add_value(
        subject_of(out, entry_no),
        Worth(
            day,
            out.quantity_base,
            actual=-sum(costs, ZERO),
            invoiced_quantity=out.quantity_base,
            item_ledger_entry_quantity=out.quantity_base,
            by_average=by_average,
        ),
    )
    working_set.remaining[entry_no] = ZERO
    return entry_no


def _plan_in(
    working_set: WorkingSet,
    draft: Draft,
    leg: ItemJournalLine,
    out_no: int,
    *,
    cost: Decimal,
    day: date,
    is_complete: bool,
    copied: Collection[int],
    layer_no: int = 0,
) -> None:
    entry_no = next(working_set.numbers.item_ledger_entries)
    posting_date = draft.journal.posting_date
    draft.add_item_ledger(leg, entry_no, Stands(posting_date, True, is_complete))
    draft.add_value(
        subject_of(leg, entry_no),
        Worth(
            day,
            leg.quantity_base,
            actual=cost,
            invoiced_quantity=leg.quantity_base,
            item_ledger_entry_quantity=leg.quantity_base,
        ),
    )
    draft.apply(
        entry_no, Applied(entry_no, out_no, leg.quantity_base, posting_date, transferred_from=layer_no)
    )
    layer = Layer(entry_no, posting_date, leg.quantity_base, leg.quantity_base, cost, day, leg.order_no)
    put_in_stock(working_set, draft, leg, layer, copied=copied)


def _is_complete(working_set: WorkingSet, layer: Layer) -> bool:
    entry = working_set.entries.get(layer.entry_no)
    return entry is None or entry.is_completely_invoiced
