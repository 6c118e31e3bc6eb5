"""Searches for cents that were lost or made.

Every issue costs what its receipts gave it, each share rounded by itself; what the shares of a used-up
receipt leave over is its rounding. An item out of stock is worth nothing. Where costs are still to be
adjusted, and for issues at average cost, the sum is not known, so those are left out.
"""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from server.costing.entries import share
from server.ledger.check.findings import Difference, text_of
from server.ledger.tables import ItemApplicationEntry, ItemCost, ItemLedgerEntry, ValueEntry
from server.masterdata.load import load_setup

_entry = ItemLedgerEntry.__table__
_value = ValueEntry.__table__
_application = ItemApplicationEntry.__table__
_item = ItemCost.__table__
_cost = sa.func.sum(_value.c.cost_amount_actual + _value.c.cost_amount_expected)


def value_not_conserved(connection: sa.Connection) -> Iterator[Difference]:
    """Issues that cost something else than their shares of the receipts that they take from."""
    precision: Decimal | None = None
    given: dict[int, Decimal] = {}
    stated: dict[int, Decimal] = {}
    for outbound, quantity, whole, worth, cost in connection.execution_options(stream_results=True).execute(
        _shares()
    ):
        # The set-up is read only where there is something to share out: an empty company may have none.
        precision = precision or load_setup(connection).amount_rounding_precision
        part = share(worth, -quantity, whole, precision)
        given[outbound] = given.get(outbound, Decimal(0)) - part
        stated[outbound] = cost
    for outbound, cost in stated.items():
        if given[outbound] != cost:
            yield Difference(f"item_ledger_entry {outbound}", text_of(given[outbound]), text_of(cost))


def _shares() -> "sa.Select[*tuple[int, Decimal, Decimal, Decimal, Decimal]]":
    """Every application of a settled issue: its quantity, and quantity and worth of the receipt."""
    outbound, inbound = _entry.alias("outbound"), _entry.alias("inbound")
    holding = (
        sa.select(
            _application.c.inbound_entry_no,
            _application.c.outbound_entry_no,
            sa.func.sum(_application.c.quantity_base).label("quantity"),
        )
        .where(
            _application.c.outbound_entry_no != 0,
            _application.c.item_ledger_entry_no == _application.c.outbound_entry_no,
        )
        .group_by(_application.c.inbound_entry_no, _application.c.outbound_entry_no)
        .subquery("holding")
    )
    worth = _worth()
    given, taken = worth.alias("given"), worth.alias("taken")
    return (
        sa.select(
            holding.c.outbound_entry_no,
            holding.c.quantity,
            inbound.c.quantity_base,
            sa.type_coerce(given.c.worth, _value.c.cost_amount_actual.type),
            sa.type_coerce(taken.c.cost, _value.c.cost_amount_actual.type),
        )
        .join_from(holding, outbound, outbound.c.entry_no == holding.c.outbound_entry_no)
        .join(inbound, inbound.c.entry_no == holding.c.inbound_entry_no)
        .join(given, given.c.item_ledger_entry_no == inbound.c.entry_no)
        .join(taken, taken.c.item_ledger_entry_no == outbound.c.entry_no)
        .where(
            holding.c.quantity != 0,
            outbound.c.remaining_quantity == 0,
            taken.c.by_average == 0,
            outbound.c.entry_no.not_in(_unsettled()),
        )
    )


def _worth() -> sa.Subquery:
    """Per entry: its cost, what of that it hands on, and whether it is valued by average."""
    return (
        sa.select(
            _value.c.item_ledger_entry_no,
            sa.func.sum(
                sa.case(
                    (
                        _value.c.entry_type != "rounding",
                        _value.c.cost_amount_actual + _value.c.cost_amount_expected,
                    ),
                    else_=0,
                )
            ).label("worth"),
            _cost.label("cost"),
            sa.func.max(sa.case((_value.c.valued_by_average_cost, 1), else_=0)).label("by_average"),
        )
        .group_by(_value.c.item_ledger_entry_no)
        .subquery("worth")
    )


def _unsettled() -> "sa.Select[tuple[int]]":
    """Issues whose own cost, or a receipt's of theirs, the adjustment has still to look at.

    A used-up receipt is marked for its rounding only, which its issues do not bear; a marked one that is
    revalued or charged stands in an item that is not adjusted, and is left out with all its issues.
    """
    marked = _entry.alias("marked")
    partial = sa.select(_value.c.item_ledger_entry_no).where(_value.c.is_partial_revaluation)
    late = (
        sa.select(_value.c.item_ledger_entry_no)
        .join(marked, marked.c.entry_no == _value.c.item_ledger_entry_no)
        .where(marked.c.applied_entry_to_adjust)
        .group_by(_value.c.item_ledger_entry_no)
        .having(sa.func.count(sa.distinct(_value.c.register_no)) > 1)
    )
    special = sa.union(partial, late).subquery("special")
    users = sa.select(_application.c.outbound_entry_no).where(
        _application.c.inbound_entry_no.in_(sa.select(special.c[0]))
    )
    own = sa.select(marked.c.entry_no).where(marked.c.applied_entry_to_adjust, marked.c.quantity_base < 0)
    both = sa.union(users, own).subquery("both")
    return sa.select(both.c[0])


def worth_without_stock(connection: sa.Connection) -> Iterator[Difference]:
    """Adjusted items out of stock, all invoiced and covered, that are still worth something."""
    loose = sa.select(_entry.c.item_no).where(
        sa.or_(_entry.c.is_open, sa.not_(_entry.c.is_completely_invoiced))
    )
    for item_no, worth in connection.execute(
        sa.select(_item.c.item_no, _item.c.cost_amount_actual + _item.c.cost_amount_expected).where(
            _item.c.is_adjusted,
            _item.c.quantity_base == 0,
            _item.c.cost_amount_actual + _item.c.cost_amount_expected != 0,
            _item.c.item_no.not_in(loose),
        )
    ):
        yield Difference(f"item {item_no}", "0", text_of(worth))


def sums_apart(connection: sa.Connection) -> Iterator[Difference]:
    """Items whose kept sums are not those of their value entries."""
    entries = (
        sa.select(
            _value.c.item_no,
            sa.func.sum(_value.c.item_ledger_entry_quantity).label("quantity"),
            sa.func.sum(_value.c.cost_amount_actual).label("actual"),
            sa.func.sum(_value.c.cost_amount_expected).label("expected"),
        )
        .where(_value.c.item_ledger_entry_no != 0)
        .group_by(_value.c.item_no)
        .subquery("entries")
    )
    rows = connection.execute(
        sa.select(
            entries.c.item_no,
            entries.c.quantity,
            entries.c.actual,
            entries.c.expected,
            _item.c.quantity_base,
            _item.c.cost_amount_actual,
            _item.c.cost_amount_expected,
        )
        .join_from(entries, _item, _item.c.item_no == entries.c.item_no, isouter=True)
        .where(
            sa.or_(
                _item.c.item_no.is_(None),
                entries.c.quantity != _item.c.quantity_base,
                entries.c.actual != _item.c.cost_amount_actual,
                entries.c.expected != _item.c.cost_amount_expected,
            )
        )
    )
    for item_no, *parts in rows:
        expected, found = (" ".join(text_of(part) for part in half) for half in (parts[:3], parts[3:]))
        yield Difference(f"item_cost {item_no}", expected, found)
