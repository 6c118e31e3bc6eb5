"""Plans an assembly: components and resources go in, an item comes out that costs what they do. Pure.

Raises what receipts and issues raise. Source: costing rules 3, 8.
"""

from dataclasses import replace
from decimal import Decimal

from server.costing.assembly import AssembledCost, assembled_cost
from server.costing.layers import Layer
from server.ledger.checks import check_bins, check_line, check_numbers, check_tracking
from server.ledger.draft import Applied, Draft, Stands, Subject, Worth
from server.ledger.lines import AssemblyLine, EntryType, ItemJournalLine, Resource
from server.ledger.plan_issues import plan_issue
from server.ledger.plan_places import plan_place
from server.ledger.plan_receipts import put_in_stock, rates_of, renew_unit_cost, subject_of
from server.ledger.working_set import ZERO, WorkingSet


def plan_assembly(working_set: WorkingSet, draft: Draft, line: AssemblyLine) -> None:
    """Consume the components, cost the resources, put out the item."""
    material = ZERO
    for each in line.components:
        component = replace(each, entry_type=EntryType.ASSEMBLY_CONSUMPTION, order_no=line.order_no)
        _check(working_set, draft, component)
        plan_place(working_set, draft, component)
        material += plan_issue(working_set, draft, component)
    for resource in line.resources:
        _add_resource(draft, line, resource)
    output = replace(line.output, entry_type=EntryType.ASSEMBLY_OUTPUT, order_no=line.order_no)
    _check(working_set, draft, output)
    plan_place(working_set, draft, output)
    facts = working_set.facts.items[output.item_no]
    cost = assembled_cost(
        output.quantity_base,
        material,
        sum((each.direct_cost for each in line.resources), ZERO),
        sum((each.overhead for each in line.resources), ZERO),
        rates=rates_of(working_set, output.item_no),
        shares=(
            facts.standard_shares.material,
            facts.standard_shares.capacity,
            facts.standard_shares.capacity_overhead,
            facts.standard_shares.manufacturing_overhead,
        ),
    )
    _plan_output(working_set, draft, output, cost)
    working_set.add_assembly(line.order_no, output.item_no)


def _check(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    check_line(working_set.facts, line)
    check_bins(working_set.facts, line)
    check_numbers(working_set, line)
    if draft.journal.requires_numbers:
        check_tracking(working_set.facts, line)


def _add_resource(draft: Draft, line: AssemblyLine, resource: Resource) -> None:
    """A resource's cost belongs to the order alone: it has no entry and no item."""
    day = draft.journal.posting_date
    subject = Subject(0, "", "", "", line.output.location_code, line.order_no)
    for kind, amount in (("direct_cost", resource.direct_cost), ("indirect_cost", resource.overhead)):
        if amount:
            draft.add_value(subject, Worth(day, ZERO, actual=amount, kind=kind))


def _plan_output(working_set: WorkingSet, draft: Draft, output: ItemJournalLine, cost: AssembledCost) -> None:
    entry_no = next(working_set.numbers.item_ledger_entries)
    day, quantity = draft.journal.posting_date, output.quantity_base
    draft.add_item_ledger(output, entry_no, Stands(day))
    subject = subject_of(output, entry_no)
    draft.add_value(
        subject,
        Worth(
            day,
            quantity,
            actual=cost.direct,
            invoiced_quantity=quantity,
            item_ledger_entry_quantity=quantity,
        ),
    )
    # Of 0 too, where it may become something: a correction needs a value to correct.
    rates = rates_of(draft.working_set, output.item_no)
    has_overhead = bool(rates.indirect_cost_percent or rates.overhead_rate)
    if cost.indirect or has_overhead:
        draft.add_value(subject, Worth(day, quantity, actual=cost.indirect, kind="indirect_cost"))
    for variance_type, amount in cost.variances.items():
        may_come = variance_type == "material" or (variance_type == "manufacturing_overhead" and has_overhead)
        if amount or may_come:
            draft.add_value(
                subject,
                Worth(day, quantity, actual=amount, kind="variance", variance_type=variance_type),
            )
    draft.apply(entry_no, Applied(entry_no, 0, quantity, day))
    layer = Layer(entry_no, day, quantity, quantity, cost.total, day, output.order_no)
    put_in_stock(working_set, draft, output, layer)
    renew_unit_cost(working_set, output.item_no, Decimal(cost.direct), quantity)
