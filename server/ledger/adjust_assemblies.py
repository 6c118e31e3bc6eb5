"""Assemblies within the cost adjustment: outputs take what went into them, and hand on that they changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

import sqlalchemy as sa

from server.bulk import AnySelect, select_given, update_rows
from server.costing.assembly import VARIANCES, AssembledCost, assembled_cost
from server.costing.entries import ZERO, Entry, Value, share
from server.costing.first_cost import Rates
from server.costing.settlement import Ledger
from server.ledger.load_entries import load_entries
from server.ledger.tables import AssemblyCost, ItemCost, ItemLedgerEntry, ValueEntry
from server.masterdata.facts import ItemFacts

_CONSUMPTION, _OUTPUT = "assembly_consumption", "assembly_output"


def outputs_to_settle(connection: sa.Connection, item_no: str) -> list[int]:
    """Entries that came out of the item's marked assemblies."""
    order, entry = AssemblyCost.__table__, ItemLedgerEntry.__table__
    return list(
        connection.execute(
            sa.select(entry.c.entry_no)
            .join_from(order, entry, entry.c.order_no == order.c.order_no)
            .where(
                order.c.item_no == item_no,
                sa.text("NOT is_adjusted"),
                sa.text("item_ledger_entry.order_no <> ''"),
                entry.c.entry_type == _OUTPUT,
            )
        ).scalars()
    )


def settle_outputs(
    connection: sa.Connection, item: ItemFacts, entries: Mapping[int, Entry], ledger: Ledger
) -> list[int]:
    """Bring the outputs of the item's marked assemblies to the cost of what went into them; gives back
    their numbers.
    """
    order = AssemblyCost.__table__
    orders = list(
        connection.execute(
            sa.select(order.c.order_no).where(order.c.item_no == item.no, sa.text("NOT is_adjusted"))
        ).scalars()
    )
    if not orders:
        return []
    material = _material(connection, orders)
    capacity = _capacity(connection, orders)
    settled = []
    for order_no in sorted(orders):
        outputs = [
            entry for entry in entries.values() if entry.order_no == order_no and entry.entry_type == _OUTPUT
        ]
        direct, overhead = capacity.get(order_no, (ZERO, ZERO))
        _settle_order(ledger, item, outputs, (material.get(order_no, ZERO), direct, overhead))
        settled += [entry.entry_no for entry in outputs]
    return settled


def _settle_order(
    ledger: Ledger, item: ItemFacts, outputs: list[Entry], spent: tuple[Decimal, Decimal, Decimal]
) -> None:
    """Several outputs share by quantity; the last takes the rest."""
    quantity = sum((entry.quantity for entry in outputs), ZERO)
    shares = item.standard_shares
    cost = assembled_cost(
        quantity,
        *spent,
        rates=Rates(
            item.costing_method,
            item.unit_cost,
            item.standard_cost,
            item.indirect_cost_percent,
            item.overhead_rate,
            ledger.precision,
        ),
        shares=(
            shares.material,
            shares.capacity,
            shares.capacity_overhead,
            shares.manufacturing_overhead,
        ),
    )
    done = ZERO
    before = AssembledCost(ZERO, ZERO)
    for entry in outputs:
        done += entry.quantity
        upto = _part(cost, done, quantity, ledger.precision)
        _settle_output(ledger, entry, upto, before)
        before = upto


def _part(cost: AssembledCost, done: Decimal, quantity: Decimal, precision: Decimal) -> AssembledCost:
    return AssembledCost(
        share(cost.direct, done, quantity, precision),
        share(cost.indirect, done, quantity, precision),
        {name: share(amount, done, quantity, precision) for name, amount in cost.variances.items()},
    )


def _settle_output(ledger: Ledger, entry: Entry, upto: AssembledCost, before: AssembledCost) -> None:
    direct, indirect = upto.direct - before.direct, upto.indirect - before.indirect
    parts = {("indirect_cost", ""): indirect}
    if upto.variances:
        # It keeps the standard cost that it came in with, whatever the card says by now.
        parts |= _variances(entry, direct, indirect)
    for (kind, variance_type), wanted in parts.items():
        own = _first(entry, kind, variance_type)
        if own is None:
            # It has no value of this kind to correct, so the difference stands with the direct cost.
            direct += wanted
            continue
        have = sum(
            (
                value.actual
                for value in entry.values
                if value.entry_type == kind and value.variance_type == variance_type
            ),
            ZERO,
        )
        ledger.correct(entry, own, wanted - have, ZERO)
    document = next(value for value in entry.values if value.is_document)
    ledger.correct(entry, document, direct - document.actual, ZERO)


def _variances(entry: Entry, direct: Decimal, indirect: Decimal) -> dict[tuple[str, str], Decimal]:
    """The variances that leave an output worth what it was: material and overhead take the difference."""
    have: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for value in entry.values:
        have[value.entry_type, value.variance_type] += value.actual
    wanted = {("variance", name): have["variance", name] for name in VARIANCES}
    wanted["variance", "manufacturing_overhead"] -= indirect - have["indirect_cost", ""]
    wanted["variance", "material"] -= direct - have["direct_cost", ""]
    return wanted


def _first(entry: Entry, kind: str, variance_type: str) -> Value | None:
    return next(
        (
            value
            for value in entry.values
            if value.entry_type == kind and value.variance_type == variance_type
        ),
        None,
    )


def _material(connection: sa.Connection, orders: list[str]) -> dict[str, Decimal]:
    """What the components of each order cost, positive."""
    rows = select_given(
        connection,
        _consumption,
        ItemLedgerEntry.__table__,
        columns=("order_no",),
        rows=[(no,) for no in orders],
    )
    consumed = load_entries(connection, [row[0] for row in rows])
    material: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in consumed.values():
        material[entry.order_no] -= sum(
            (value.actual for value in entry.values if not value.is_rounding), ZERO
        )
    return dict(material)


def _capacity(connection: sa.Connection, orders: list[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Direct cost and overhead of each order's resources."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    rows = select_given(
        connection,
        _resources,
        ValueEntry.__table__,
        columns=("order_no",),
        rows=[(no,) for no in orders],
    )
    for order_no, entry_type, amount in rows:
        direct, overhead = sums.get(order_no, (ZERO, ZERO))
        if entry_type == "direct_cost":
            sums[order_no] = (direct + amount, overhead)
        else:
            sums[order_no] = (direct, overhead + amount)
    return sums


def mark_assemblies(connection: sa.Connection, changed: Iterable[Entry]) -> None:
    """Leave the assemblies that consumed these to be adjusted, and the items that came out of them."""
    orders = sorted({entry.order_no for entry in changed if entry.entry_type == _CONSUMPTION})
    if not orders:
        return
    update_rows(
        connection,
        AssemblyCost.__table__,
        keys=("order_no",),
        values=("is_adjusted",),
        rows=[(no, False) for no in orders],
    )
    order = AssemblyCost.__table__
    items = connection.execute(
        sa.select(order.c.item_no).where(order.c.order_no.in_(orders)).distinct()
    ).scalars()
    update_rows(
        connection,
        ItemCost.__table__,
        keys=("item_no",),
        values=("is_adjusted",),
        rows=[(no, False) for no in sorted(items)],
    )


def _consumption(given: sa.FromClause) -> AnySelect:
    entry = ItemLedgerEntry.__table__
    return (
        sa.select(entry.c.entry_no)
        .join_from(given, entry, entry.c.order_no == given.c.order_no)
        .where(sa.text("item_ledger_entry.order_no <> ''"), entry.c.entry_type == _CONSUMPTION)
    )


def _resources(given: sa.FromClause) -> AnySelect:
    value = ValueEntry.__table__
    return (
        sa.select(value.c.order_no, value.c.entry_type, value.c.cost_amount_actual)
        .join_from(given, value, value.c.order_no == given.c.order_no)
        .where(sa.text("value_entry.order_no <> ''"), value.c.item_ledger_entry_no == 0)
    )
