"""What a batch of postings works on in memory: loaded once, changed by each plan, written once.

Every change goes through `_set`, which remembers the old value, so that a refused transaction leaves no
trace: `mark` before it, `back_to` after it.
"""

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from server.costing.layers import Layer
from server.ledger.lines import BinKey, ItemKey, LayerKey, NumberKey
from server.masterdata.facts import Facts

ZERO = Decimal(0)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """An issue that found no stock: `remaining` is negative."""

    entry_no: int
    posting_date: date
    quantity: Decimal
    remaining: Decimal


@dataclass(slots=True)
class Numbers:
    """Entry numbers given out beforehand; what a batch does not use becomes a gap."""

    registers: Iterator[int]
    item_ledger_entries: Iterator[int]
    value_entries: Iterator[int]
    warehouse_entries: Iterator[int]


@dataclass(slots=True)
class WorkingSet:
    """Balances, open entries and number cards of every key that the batch touches."""

    facts: Facts
    numbers: Numbers
    item_balances: dict[ItemKey, Decimal] = field(default_factory=dict)
    bin_balances: dict[BinKey, Decimal] = field(default_factory=dict)
    layers: dict[LayerKey, list[Layer]] = field(default_factory=dict)
    open_issues: dict[LayerKey, list[OpenIssue]] = field(default_factory=dict)
    expiry_dates: dict[NumberKey, date | None] = field(default_factory=dict)
    # Serials in stock anywhere: (item, variant, serial) to the pieces there, 0 or 1.
    serials: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    # What the write must store: entry number to what remains of it.
    remaining: dict[int, Decimal] = field(default_factory=dict)
    issues_to_adjust: set[int] = field(default_factory=set)
    changed_items: set[ItemKey] = field(default_factory=set)
    changed_bins: set[BinKey] = field(default_factory=set)
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Take back every change since the mark."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def change_item(self, key: ItemKey, quantity_base: Decimal) -> None:
        """Add to the total of an item at a location."""
        self._set(self.item_balances, key, self.item_balances.get(key, ZERO) + quantity_base)
        self._add(self.changed_items, key)

    def change_bin(self, key: BinKey, quantity_base: Decimal) -> None:
        """Add to the balance of a bin."""
        self._set(self.bin_balances, key, self.bin_balances.get(key, ZERO) + quantity_base)
        self._add(self.changed_bins, key)

    def change_serial(self, key: tuple[str, str, str], quantity_base: Decimal) -> None:
        """Add to the pieces in stock of a serial."""
        self._set(self.serials, key, self.serials.get(key, ZERO) + quantity_base)

    def fix_expiry(self, key: NumberKey, expiration_date: date) -> None:
        """Remember the date that a lot's first receipt fixes."""
        self._set(self.expiry_dates, key, expiration_date)

    def add_layer(self, key: LayerKey, layer: Layer) -> None:
        """A new receipt; it takes its place by posting date and number."""
        self._set(self.remaining, layer.entry_no, layer.remaining)
        if not layer.remaining:
            return
        layers = list(self.layers.get(key, ()))
        insort(layers, layer, key=lambda other: (other.posting_date, other.entry_no))
        self._set(self.layers, key, layers)

    def take_from_layer(self, key: LayerKey, layer: Layer, quantity: Decimal) -> None:
        """Lower what remains of a receipt by a positive quantity."""
        left = replace(layer, remaining=layer.remaining - quantity)
        layers = [left if other.entry_no == layer.entry_no else other for other in self.layers[key]]
        self._set(self.layers, key, [other for other in layers if other.remaining])
        self._set(self.remaining, layer.entry_no, left.remaining)

    def add_open_issue(self, key: LayerKey, issue: OpenIssue) -> None:
        """A new issue; kept for later receipts as far as it is not covered."""
        self._set(self.remaining, issue.entry_no, issue.remaining)
        if issue.remaining:
            self._set(self.open_issues, key, [*self.open_issues.get(key, ()), issue])

    def cover_issue(self, key: LayerKey, issue: OpenIssue, quantity: Decimal) -> None:
        """Cover a positive quantity of an open issue by a receipt."""
        left = replace(issue, remaining=issue.remaining + quantity)
        issues = [left if other.entry_no == issue.entry_no else other for other in self.open_issues[key]]
        self._set(self.open_issues, key, [other for other in issues if other.remaining])
        self._set(self.remaining, issue.entry_no, left.remaining)
        self._add(self.issues_to_adjust, issue.entry_no)

    def _set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        before = mapping.get(key, _MISSING)
        if before is _MISSING:
            self._undo.append(lambda: mapping.pop(key))
        else:
            self._undo.append(lambda: mapping.__setitem__(key, before))
        mapping[key] = value

    def _add(self, members: set[Any], member: Any) -> None:
        if member not in members:
            members.add(member)
            self._undo.append(lambda: members.discard(member))
