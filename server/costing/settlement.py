"""Brings an entry to a new cost: the difference to what it has becomes corrections of its documents.

A correction names the value that it corrects and what it adds to its actual and expected amounts; the books
only ever get new rows. Amounts have the entry's sign. Source: costing rules 6.1 (distribution).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from server.costing.entries import ZERO, Entry, Value, share


@dataclass(slots=True)
class Ledger:
    """The corrections found so far, by the value that each corrects; new rounding values by entry."""

    precision: Decimal
    corrections: dict[int, list[Decimal]] = field(default_factory=dict)
    roundings: dict[int, Decimal] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def correct(self, entry: Entry, value: Value, actual: Decimal, expected: Decimal) -> bool:
        """Add to the amounts of a value; gives back whether that changes anything."""
        if not actual and not expected:
            return False
        value.actual += actual
        value.expected += expected
        sums = self.corrections.setdefault(value.entry_no, [ZERO, ZERO])
        sums[0] += actual
        sums[1] += expected
        self.changed.add(entry.entry_no)
        return True


def settle(ledger: Ledger, entry: Entry, target: Decimal) -> bool:
    """Bring an entry's whole cost to `target`, shared over its documents by quantity; the rounding residue
    of one document goes to the next. Gives back whether anything changed.
    """
    documents = [value for value in entry.values if value.is_document]
    others = sum(
        (value.actual for value in entry.values if not value.is_document and not value.is_rounding), ZERO
    )
    return settle_documents(ledger, entry, documents, target - others)


def settle_documents(ledger: Ledger, entry: Entry, documents: Iterable[Value], target: Decimal) -> bool:
    """The same for the given documents of the entry."""
    is_changed = False
    invoiced = given = ZERO
    has_expected = any(value.is_expected for value in entry.values)
    for value in documents:
        if value.is_expected:
            # Once all is invoiced nothing is expected any more, so there is nothing to correct.
            if not entry.is_completely_invoiced:
                is_changed |= ledger.correct(entry, value, ZERO, target - value.expected)
            continue
        invoiced += value.valued_quantity
        part = share(target, invoiced, entry.quantity, ledger.precision) - given
        given += part
        balance = ZERO
        if has_expected and not entry.is_completely_invoiced:
            balance = -part - value.expected
        is_changed |= ledger.correct(entry, value, part - value.actual, balance)
    return is_changed


def settle_value(ledger: Ledger, entry: Entry, value: Value, cost: Decimal) -> bool:
    """Bring one document to a cost of its own: expected cost for a shipment, actual for an invoice."""
    if value.is_expected:
        if entry.is_completely_invoiced:
            return False
        return ledger.correct(entry, value, ZERO, cost - value.expected)
    balance = ZERO if entry.is_completely_invoiced else -cost - value.expected
    if not any(other.is_expected for other in entry.values):
        balance = ZERO
    return ledger.correct(entry, value, cost - value.actual, balance)
