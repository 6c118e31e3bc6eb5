"""Plans issues: which receipts they take from, and what they cost at first. Pure.

Issues take open receipts in the order of the item's costing method, within the same item, variant, location,
lot and serial, unless they name one. Raises InsufficientStock, EntryUnknown,
InsufficientRemainingQuantity. Source: costing rules 2.2 to 2.7, 3, 4.2, 4.3.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from server.costing.entries import Entry, cost_to_forward, forwarded, share
from server.costing.first_cost import amount_of
from server.costing.layers import Applied as AppliedLayers
from server.costing.layers import Layer, Taken, apply_issue
from server.costing.methods import COSTING_METHODS
from server.errors import EntryUnknown, InsufficientRemainingQuantity, InsufficientStock
from server.ledger.dates import check_open_period
from server.ledger.draft import Applied, Draft, Stands, Subject, Worth
from server.ledger.lines import MAY_GO_NEGATIVE, EntryType, ItemJournalLine, LayerKey, layer_key
from server.ledger.plan_receipts import issues_copied_by, own_sources, subject_of
from server.ledger.working_set import ZERO, OpenIssue, WorkingSet


@dataclass(frozen=True, slots=True)
class IssueCost:
    """What an issue costs at first, positive; the parts of an exact purchase return stand apart."""

    direct: Decimal
    indirect: Decimal = ZERO
    variance: Decimal = ZERO
    # The card's unit cost, where the issue or a part of it starts from that.
    unit_cost: Decimal | None = None
    # Kinds of value that are kept at 0 too, because a later charge may give them something.
    kept: frozenset[str] = frozenset()

    @property
    def total(self) -> Decimal:
        """All parts together."""
        return self.direct + self.indirect + self.variance


def plan_issue(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> Decimal:
    """An issue with its applications and first cost; gives the cost back, positive."""
    entry_no = next(working_set.numbers.item_ledger_entries)
    fixed = free_named_receipt(working_set, draft, line) if line.applies_to_entry_no else None
    applied = take(working_set, line, fixed)
    item = working_set.facts.items[line.item_no]
    is_average = item.costing_method == "Average" and fixed is None
    day = valuation_date(draft.journal.posting_date, applied, fixed)
    record_taking(working_set, draft, line, entry_no, applied=applied, is_cost=not is_average)
    if fixed is not None:
        apply_again(working_set, draft, line)
    cost = _first_cost(working_set, line, applied, fixed)
    draft.add_item_ledger(
        line, entry_no, Stands(draft.journal.posting_date, line.is_invoiced, line.is_invoiced)
    )
    add_issue_values(draft, subject_of(line, entry_no), line, cost, day=day, is_average=is_average)
    if applied.uncovered or _is_preliminary(working_set, line, fixed):
        working_set.leave_to_adjust(entry_no)
    working_set.add_open_issue(
        layer_key(line),
        OpenIssue(entry_no, draft.journal.posting_date, line.quantity_base, -applied.uncovered, day),
    )
    return cost.total


def take(
    working_set: WorkingSet, line: ItemJournalLine, fixed: Layer | None = None, from_order_no: str = ""
) -> AppliedLayers:
    """Choose the receipts of an issue; what is not covered must be allowed to go negative."""
    facts, key = working_set.facts, layer_key(line)
    method = COSTING_METHODS[facts.items[line.item_no].costing_method]
    open_layers = working_set.layers.get(key, ())
    if fixed is not None:
        layers = [layer for layer in open_layers if layer.entry_no == fixed.entry_no]
    elif from_order_no:
        layers = [layer for layer in open_layers if layer.order_no == from_order_no]
    else:
        layers = [layer for layer in open_layers if not _is_in_transit(working_set, layer, line)]
    applied = apply_issue(
        -line.quantity_base, method.order_layers(layers), facts.setup.amount_rounding_precision
    )
    if applied.uncovered and not _may_go_negative(working_set, line):
        on_hand = -line.quantity_base - applied.uncovered
        raise InsufficientStock(line.item_no, line.location_code, asked=-line.quantity_base, on_hand=on_hand)
    return applied


def _is_in_transit(working_set: WorkingSet, layer: Layer, line: ItemJournalLine) -> bool:
    """What lies in transit for a transfer is for its receipt alone."""
    return bool(layer.order_no) and working_set.facts.locations[line.location_code].use_as_in_transit


def valuation_date(posting_date: date, applied: AppliedLayers, fixed: Layer | None) -> date:
    """No earlier than any receipt that the issue takes from; exactly that of a receipt it names."""
    if fixed is not None:
        return fixed.valuation_date
    return max([posting_date, *(part.layer.valuation_date for part in applied.taken)])


def record_taking(
    working_set: WorkingSet,
    draft: Draft,
    line: ItemJournalLine,
    entry_no: int,
    *,
    applied: AppliedLayers,
    is_cost: bool,
) -> None:
    """Lower the receipts and write the applications of an issue."""
    for part in applied.taken:
        taken_from(working_set, layer_key(line), part)
        later = max(draft.journal.posting_date, part.layer.posting_date)
        draft.apply(
            entry_no,
            Applied(
                part.layer.entry_no,
                entry_no,
                -part.quantity,
                later,
                is_cost,
                part.layer.entry_no == line.applies_to_entry_no,
            ),
        )


def taken_from(working_set: WorkingSet, key: LayerKey, part: Taken) -> None:
    """Lower a receipt by what is taken; one that is used up may leave a rounding to post."""
    working_set.take_from_layer(key, part.layer, part.quantity)
    if part.quantity == part.layer.remaining:
        working_set.leave_to_adjust(part.layer.entry_no)


def add_issue_values(
    draft: Draft,
    subject: Subject,
    line: ItemJournalLine,
    cost: IssueCost,
    *,
    day: date,
    is_average: bool,
) -> None:
    """The value entries of a new issue, negative."""
    quantity = line.quantity_base
    draft.add_value(
        subject,
        Worth(
            day,
            quantity,
            actual=-cost.direct if line.is_invoiced else ZERO,
            expected=ZERO if line.is_invoiced else -cost.direct,
            invoiced_quantity=quantity if line.is_invoiced else ZERO,
            item_ledger_entry_quantity=quantity,
            is_expected=not line.is_invoiced,
            by_average=is_average,
            unit_cost=cost.unit_cost,
        ),
    )
    parts = (("indirect_cost", cost.indirect), ("variance", cost.variance))
    for kind, amount in parts:
        if amount or kind in cost.kept:
            variance_type = "purchase" if kind == "variance" else ""
            draft.add_value(
                subject, Worth(day, quantity, actual=-amount, kind=kind, variance_type=variance_type)
            )


def _first_cost(
    working_set: WorkingSet, line: ItemJournalLine, applied: AppliedLayers, fixed: Layer | None
) -> IssueCost:
    setup, item = working_set.facts.setup, working_set.facts.items[line.item_no]
    precision, unit_cost = setup.amount_rounding_precision, working_set.unit_cost(line.item_no)
    if fixed is not None:
        source = working_set.entries[fixed.entry_no]
        if line.entry_type == EntryType.PURCHASE and line.is_invoiced:
            kept = frozenset({"variance"}) if item.costing_method == "Standard" else frozenset[str]()
            return replace(_returned(source, -line.quantity_base, precision), kept=kept)
        return IssueCost(share(cost_to_forward(source), -line.quantity_base, source.quantity, precision))
    if setup.cost_at_posting == "applied" and COSTING_METHODS[item.costing_method].takes_layer_cost:
        total = applied.cost_amount + amount_of(applied.uncovered, unit_cost, precision)
        return IssueCost(total, unit_cost=unit_cost if applied.uncovered else None)
    return IssueCost(amount_of(-line.quantity_base, unit_cost, precision), unit_cost=unit_cost)


def _returned(source: Entry, quantity: Decimal, precision: Decimal) -> IssueCost:
    """An exact purchase return gives back each part of the receipt's cost for itself."""
    total = share(cost_to_forward(source), quantity, source.quantity, precision)
    parts = {
        kind: share(
            sum((forwarded(each, source, None) for each in source.values if each.entry_type == kind), ZERO),
            quantity,
            source.quantity,
            precision,
        )
        for kind in ("indirect_cost", "variance")
    }
    indirect, variance = parts["indirect_cost"], parts["variance"]
    return IssueCost(total - indirect - variance, indirect, variance)


def _is_preliminary(working_set: WorkingSet, line: ItemJournalLine, fixed: Layer | None) -> bool:
    """Whether the first cost is not what its receipts say."""
    item = working_set.facts.items[line.item_no]
    if fixed is not None or not COSTING_METHODS[item.costing_method].takes_layer_cost:
        return False
    return working_set.facts.setup.cost_at_posting != "applied"


def _may_go_negative(working_set: WorkingSet, line: ItemJournalLine) -> bool:
    """Features 7.14: only sales and negative adjustments, untracked, where set-up does not prevent it."""
    facts = working_set.facts
    if facts.setup.negative_inventory == "any_issue" and not facts.items[line.item_no].prevents_negative:
        return not line.applies_to_entry_no and not facts.locations[line.location_code].bin_mandatory
    return (
        (line.entry_type in MAY_GO_NEGATIVE or (line.entry_type == EntryType.PURCHASE))
        and not line.lot_no
        and not line.serial_no
        and not line.applies_to_entry_no
        and not facts.locations[line.location_code].bin_mandatory
        and not facts.items[line.item_no].prevents_negative
    )


# ------------------------------------------------------------------ a receipt that the issue names


def free_named_receipt(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> Layer:
    """The receipt that an issue names, with enough left: automatic applications give way, oldest first.

    What gave way is found again in the working set's open issues by `apply_again`.
    """
    entry, key = working_set.entries.get(line.applies_to_entry_no), layer_key(line)
    if entry is None or not entry.is_inbound or entry.key != key:
        raise EntryUnknown(f"{line.item_no}: {line.applies_to_entry_no}")
    wanted = -line.quantity_base
    # Lines of the same journal before this one may have taken some already.
    left = working_set.remaining.get(entry.entry_no, entry.remaining)
    released = _release(working_set, draft, entry, wanted - left)
    remaining = left + sum((quantity for _, quantity in released), ZERO)
    if remaining < wanted:
        raise InsufficientRemainingQuantity(f"{entry.entry_no}: {wanted} > {remaining}")
    layer = Layer(
        entry.entry_no,
        entry.posting_date,
        entry.quantity,
        remaining,
        cost_to_forward(entry),
        entry.source_date,
        entry.order_no,
    )
    working_set.give_back(key, layer)
    for issue_no, quantity in released:
        _reopen(working_set, key, working_set.entries[issue_no], quantity)
    draft.released = [no for no, _ in released]
    return layer


def _release(
    working_set: WorkingSet, draft: Draft, entry: Entry, missing: Decimal
) -> list[tuple[int, Decimal]]:
    """Take back automatic applications of a receipt, in the order they were made, until what is missing is
    free; gives back the issues with what each lost.
    """
    released: list[tuple[int, Decimal]] = []
    for each in sorted(working_set.applications, key=lambda other: other.entry_no):
        if missing <= 0:
            break
        if each.inbound_entry_no != entry.entry_no or not each.takes or each.is_fixed:
            continue
        issue = working_set.entries.get(each.outbound_entry_no)
        if issue is None or issue.is_correction or issue.entry_type == EntryType.TRANSFER:
            continue
        check_open_period(working_set.facts.setup, each.posting_date)
        missing += each.quantity
        released.append((issue.entry_no, -each.quantity))
        draft.apply(
            each.item_ledger_entry_no,
            Applied(
                entry.entry_no,
                issue.entry_no,
                -each.quantity,
                each.posting_date,
                each.is_cost_application,
            ),
        )
    return released


def _reopen(working_set: WorkingSet, key: LayerKey, issue: Entry, quantity: Decimal) -> None:
    known = {each.entry_no: each for each in working_set.open_issues.get(key, ())}.get(issue.entry_no)
    remaining = (known.remaining if known else issue.remaining) - quantity
    working_set.uncover_issue(
        key, OpenIssue(issue.entry_no, issue.posting_date, issue.quantity, remaining, issue.posting_date)
    )


def apply_again(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    """Apply the issues that lost their receipt to others, by the costing method."""
    key, facts = layer_key(line), working_set.facts
    item = facts.items[line.item_no]
    method = COSTING_METHODS[item.costing_method]
    is_cost = item.costing_method != "Average"
    for issue_no in draft.released:
        issue = next(each for each in working_set.open_issues[key] if each.entry_no == issue_no)
        layers = method.order_layers(
            [each for each in working_set.layers.get(key, ()) if not _copies(working_set, each, issue_no)]
        )
        applied = apply_issue(-issue.remaining, layers, facts.setup.amount_rounding_precision)
        days = [issue.posting_date]
        for part in applied.taken:
            taken_from(working_set, key, part)
            current = next(each for each in working_set.open_issues[key] if each.entry_no == issue_no)
            working_set.cover_issue(key, current, part.quantity)
            later = max(issue.posting_date, part.layer.posting_date)
            draft.apply(issue_no, Applied(part.layer.entry_no, issue_no, -part.quantity, later, is_cost))
            days.append(part.layer.valuation_date)
        entry = working_set.entries[issue_no]
        days += [
            working_set.entries[each.inbound_entry_no].source_date
            for each in working_set.applications
            if each.outbound_entry_no == issue_no
            and each.takes
            and each.inbound_entry_no != line.applies_to_entry_no
            and each.inbound_entry_no in working_set.entries
        ]
        if max(days) != entry.valuation_date:
            working_set.value_on(issue_no, max(days))
        working_set.leave_to_adjust(issue_no)
        if not is_cost:
            for day in (entry.valuation_date, max(days)):
                working_set.mark_average(line.item_no, line.variant_code, line.location_code, day)
    draft.released = []


def _copies(working_set: WorkingSet, layer: Layer, issue_no: int) -> bool:
    """Whether a receipt's cost comes from an issue: the one may not cover the other."""
    return issue_no in own_sources(working_set, issues_copied_by(working_set, {layer.entry_no}))
