"""Plans receipts: their first cost, the open issues that they cover, the unit cost on the card. Pure.

Raises EntryUnknown, InsufficientRemainingQuantity. Source: costing rules 2.1, 2.3, 2.5, 3, 5.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from server.costing.entries import Entry, share, worth
from server.costing.first_cost import Rates, ReceiptCost, expected_cost, invoiced_cost, plain_cost
from server.costing.layers import Layer
from server.costing.methods import COSTING_METHODS
from server.errors import EntryUnknown, InsufficientRemainingQuantity
from server.ledger.draft import Applied, Draft, Stands, Subject, Worth
from server.ledger.lines import EntryType, ItemJournalLine, layer_key, number_keys
from server.ledger.working_set import ZERO, OpenIssue, WorkingSet
from shared.money import round_unit_cost


def plan_receipt(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    """A receipt with its cost; what it copies or covers is applied to it."""
    entry_no = next(working_set.numbers.item_ledger_entries)
    journal = draft.journal
    source = copied_issue(working_set, line)
    cost = _first_cost(working_set, line, source)
    day = max(journal.posting_date, source.valuation_date) if source else journal.posting_date
    draft.add_item_ledger(line, entry_no, Stands(journal.posting_date, line.is_invoiced, line.is_invoiced))
    subject = subject_of(line, entry_no)
    add_receipt_values(
        draft, subject, cost, quantity=line.quantity_base, day=day, is_invoiced=line.is_invoiced
    )
    draft.apply(
        entry_no,
        Applied(entry_no, source.entry_no if source else 0, line.quantity_base, journal.posting_date),
    )
    if source is not None and source.is_to_adjust:
        working_set.leave_to_adjust(source.entry_no)
    put_in_stock(
        working_set,
        draft,
        line,
        Layer(
            entry_no,
            journal.posting_date,
            line.quantity_base,
            line.quantity_base,
            cost.total,
            day,
            line.order_no,
        ),
        copied=(line.applies_from_entry_no,) if line.applies_from_entry_no else (),
    )
    if line.is_invoiced:
        renew_unit_cost(working_set, line.item_no, cost.direct, line.quantity_base)


def put_in_stock(
    working_set: WorkingSet,
    draft: Draft,
    line: ItemJournalLine,
    layer: Layer,
    *,
    copied: Collection[int] = (),
) -> None:
    """Cover open issues with a new receipt and keep what is left of it as a layer. `copied`: issues that its
    cost comes from, which it may not cover.
    """
    key = layer_key(line)
    used = _cover_open_issues(working_set, draft, line, layer, copied=copied)
    working_set.add_layer(
        key,
        Layer(
            layer.entry_no,
            layer.posting_date,
            layer.quantity,
            layer.quantity - used,
            layer.cost_amount,
            layer.valuation_date,
            layer.order_no,
        ),
    )
    if used == layer.quantity:
        working_set.leave_to_adjust(layer.entry_no)
    if line.expiration_date is not None:
        for number in number_keys(line):
            working_set.fix_expiry(number, line.expiration_date)


def subject_of(line: ItemJournalLine, entry_no: int) -> Subject:
    """The entry that a line makes, as its values name it."""
    return Subject(
        entry_no,
        line.entry_type,
        line.item_no,
        line.variant_code,
        line.location_code,
        line.order_no,
        line.general_business_posting_group,
    )


def rates_of(working_set: WorkingSet, item_no: str) -> Rates:
    """What the item's card says of its costs."""
    item = working_set.facts.items[item_no]
    return Rates(
        item.costing_method,
        working_set.unit_cost(item_no),
        working_set.standard_costs.get(item_no, item.standard_cost),
        item.indirect_cost_percent,
        item.overhead_rate,
        working_set.facts.setup.amount_rounding_precision,
    )


def copied_issue(working_set: WorkingSet, line: ItemJournalLine) -> Entry | None:
    """The issue whose cost a receipt takes back (EntryUnknown)."""
    if not line.applies_from_entry_no:
        return None
    entry = working_set.entries.get(line.applies_from_entry_no)
    same = (line.item_no, line.variant_code, line.lot_no, line.serial_no)
    if entry is None or entry.is_inbound:
        raise EntryUnknown(f"{line.applies_from_entry_no}")
    if (entry.item_no, entry.variant_code, entry.lot_no, entry.serial_no) != same:
        raise EntryUnknown(f"{line.item_no}: {line.applies_from_entry_no}")
    return entry


def _first_cost(working_set: WorkingSet, line: ItemJournalLine, source: Entry | None) -> ReceiptCost:
    rates, quantity = rates_of(working_set, line.item_no), line.quantity_base
    if source is not None:
        return ReceiptCost(share(worth(source).copy_negate(), quantity, -source.quantity, rates.precision))
    unit_cost = rates.unit_cost if line.unit_cost is None else line.unit_cost
    if line.entry_type != EntryType.PURCHASE:
        return ReceiptCost(plain_cost(quantity, unit_cost, rates))
    if line.is_invoiced:
        return invoiced_cost(quantity, unit_cost, rates)
    return ReceiptCost(expected_cost(quantity, unit_cost, rates))


def add_receipt_values(
    draft: Draft, subject: Subject, cost: ReceiptCost, *, quantity: Decimal, day: date, is_invoiced: bool
) -> None:
    """The value entries of a new receipt: direct cost always, overhead and variance where there is any."""
    draft.add_value(
        subject,
        Worth(
            day,
            quantity,
            actual=cost.direct if is_invoiced else ZERO,
            expected=ZERO if is_invoiced else cost.direct,
            invoiced_quantity=quantity if is_invoiced else ZERO,
            item_ledger_entry_quantity=quantity,
            is_expected=not is_invoiced,
        ),
    )
    add_overhead_and_variance(draft, subject, cost, quantity=quantity, day=day)


def add_overhead_and_variance(
    draft: Draft, subject: Subject, cost: ReceiptCost, *, quantity: Decimal, day: date
) -> None:
    """The value entries beside the direct cost of an invoice."""
    if cost.indirect:
        draft.add_value(subject, Worth(day, quantity, actual=cost.indirect, kind="indirect_cost"))
    if cost.variance:
        draft.add_value(
            subject,
            Worth(day, quantity, actual=cost.variance, kind="variance", variance_type="purchase"),
        )


def renew_unit_cost(working_set: WorkingSet, item_no: str, direct: Decimal, quantity: Decimal) -> None:
    """The card's last direct cost, and its unit cost where stock has just become positive (rules 5)."""
    item = working_set.facts.items[item_no]
    if item.costing_method == "Standard" or direct <= 0:
        return
    last = round_unit_cost(direct / quantity)
    working_set.change_last_direct_cost(item_no, last)
    invoiced = working_set.sums[item_no].invoiced_quantity
    if 0 < invoiced <= quantity:
        working_set.change_unit_cost(item_no, last)


# ------------------------------------------------------------------ open issues


def _cover_open_issues(
    working_set: WorkingSet,
    draft: Draft,
    line: ItemJournalLine,
    layer: Layer,
    *,
    copied: Collection[int],
) -> Decimal:
    """Apply a receipt to issues that found no stock; gives back how much they took.

    Their cost stays as posted and they are marked: the cost adjustment corrects it.
    """
    item = working_set.facts.items[line.item_no]
    free, key = layer.remaining, layer_key(line)
    method = COSTING_METHODS[item.costing_method]
    # Those of this batch too stand among the others by their dates.
    waiting = sorted(
        working_set.open_issues.get(key, ()),
        key=lambda issue: (issue.posting_date, issue.entry_no),
        reverse=method.takes_newest,
    )
    if line.applies_to_entry_no:
        waiting = _fixed_issue(waiting, line)
    elif not method.covers_open_issues:
        return ZERO
    cyclic = own_sources(working_set, copied)
    for issue in waiting:
        if issue.entry_no in cyclic:
            continue
        portion = min(free, -issue.remaining)
        if not portion:
            break
        free -= portion
        cover(working_set, draft, line, layer, issue=issue, portion=portion)
    return layer.remaining - free


def cover(
    working_set: WorkingSet,
    draft: Draft,
    line: ItemJournalLine,
    layer: Layer,
    *,
    issue: OpenIssue,
    portion: Decimal,
) -> None:
    """Apply a positive quantity of a receipt to an open issue; the issue is valued no earlier than it."""
    item = working_set.facts.items[line.item_no]
    is_fixed = line.applies_to_entry_no == issue.entry_no
    working_set.cover_issue(layer_key(line), issue, portion)
    later = max(layer.posting_date, issue.posting_date)
    is_cost = is_fixed or item.costing_method != "Average"
    draft.apply(issue.entry_no, Applied(layer.entry_no, issue.entry_no, -portion, later, is_cost, is_fixed))
    if is_fixed and portion == -issue.remaining:
        working_set.take_from_average(issue.entry_no)
    if item.costing_method == "Average":
        working_set.mark_average(line.item_no, line.variant_code, line.location_code, issue.valuation_date)
    if layer.valuation_date > issue.valuation_date:
        working_set.value_on(issue.entry_no, layer.valuation_date)
        _move_followers(working_set, issue.entry_no, layer.valuation_date)


def _move_followers(working_set: WorkingSet, issue_no: int, day: date) -> None:
    """Returns and transfer legs that copy an issue's cost are valued no earlier than it, and what was taken
    from those neither (rules 4.4).
    """
    waiting = [issue_no]
    while waiting:
        no = waiting.pop()
        followers = [
            each.outbound_entry_no if each.takes else each.inbound_entry_no
            for each in working_set.applications
            if (each.takes and each.inbound_entry_no == no)
            or (not each.takes and each.outbound_entry_no == no)
        ]
        for follower_no in followers:
            entry = working_set.entries.get(follower_no)
            if entry is None:
                continue
            known = working_set.valuation_dates.get(follower_no, entry.valuation_date)
            if known >= day:
                continue
            working_set.value_on(follower_no, day)
            if working_set.facts.items[entry.item_no].costing_method == "Average":
                working_set.mark_average(entry.item_no, entry.variant_code, entry.location_code, known)
            waiting.append(follower_no)


def _fixed_issue(waiting: list[OpenIssue], line: ItemJournalLine) -> list[OpenIssue]:
    chosen = [issue for issue in waiting if issue.entry_no == line.applies_to_entry_no]
    if not chosen or -chosen[0].remaining < line.quantity_base:
        left = -chosen[0].remaining if chosen else 0
        raise InsufficientRemainingQuantity(f"{line.applies_to_entry_no}: {line.quantity_base} > {left}")
    return chosen


def issues_copied_by(working_set: WorkingSet, receipt_nos: Collection[int]) -> set[int]:
    """The issues whose cost these receipts copy."""
    return {
        each.outbound_entry_no
        for each in working_set.applications
        if each.inbound_entry_no in receipt_nos and not each.takes and each.outbound_entry_no
    }


def own_sources(working_set: WorkingSet, issue_nos: Collection[int]) -> set[int]:
    """The issues whose cost a receipt copies, and those that their cost comes from in turn."""
    found: set[int] = set()
    waiting = list(issue_nos)
    while waiting:
        no = waiting.pop()
        if no in found:
            continue
        found.add(no)
        sources = {
            each.inbound_entry_no
            for each in working_set.applications
            if each.outbound_entry_no == no and each.takes
        }
        waiting += issues_copied_by(working_set, sources)
    return found
