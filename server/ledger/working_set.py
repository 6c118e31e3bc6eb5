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

from server.costing.entries import Application, Entry
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
    valuation_date: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry that a line names lies, and what it moved; `bin_code` "" at a location without bins."""

    entry_no: int
    item_no: str
    variant_code: str
    location_code: str
    lot_no: str
    serial_no: str
    entry_type: str
    quantity_base: Decimal
    unit_of_measure_code: str
    quantity_per_unit: Decimal
    bin_code: str = ""


@dataclass(frozen=True, slots=True)
class ItemSums:
    """What all entries of an item sum to, over all variants and locations."""

    quantity_base: Decimal = ZERO
    invoiced_quantity: Decimal = ZERO
    cost_amount_actual: Decimal = ZERO
    cost_amount_expected: Decimal = ZERO
    is_adjusted: bool = True
    is_online: bool = True
    unadjusted_from: date | None = None

    def plus(
        self, day: date, *, quantity: Decimal, invoiced: Decimal, actual: Decimal, expected: Decimal
    ) -> "ItemSums":
        """The sums with something more, valued on a day; it leaves the item to be adjusted from there."""
        return replace(
            self,
            quantity_base=self.quantity_base + quantity,
            invoiced_quantity=self.invoiced_quantity + invoiced,
            cost_amount_actual=self.cost_amount_actual + actual,
            cost_amount_expected=self.cost_amount_expected + expected,
            is_adjusted=False,
            unadjusted_from=min(day, self.unadjusted_from or day),
        )


@dataclass(frozen=True, slots=True)
class Invoicing:
    """How far an entry is invoiced."""

    invoiced_quantity: Decimal
    is_completely_invoiced: bool
    last_invoice_date: date | None


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
    # Entries that lines name, those they are applied to, and what holds between them.
    entries: dict[int, Entry] = field(default_factory=dict)
    applications: list[Application] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    sums: dict[str, ItemSums] = field(default_factory=dict)
    # What the write must store: entry number to what remains of it.
    remaining: dict[int, Decimal] = field(default_factory=dict)
    entries_to_adjust: set[int] = field(default_factory=set)
    invoicing: dict[int, Invoicing] = field(default_factory=dict)
    # Entry number to the new valuation date of all its values.
    valuation_dates: dict[int, date] = field(default_factory=dict)
    # Issues that are no longer valued by average, because a receipt was fixed to them.
    not_by_average: set[int] = field(default_factory=set)
    # Item, variant, location and day of what was valued, of items at average cost.
    average_points: set[tuple[str, str, str, date]] = field(default_factory=set)
    assemblies: dict[str, str] = field(default_factory=dict)
    unit_costs: dict[str, Decimal] = field(default_factory=dict)
    last_direct_costs: dict[str, Decimal] = field(default_factory=dict)
    standard_costs: dict[str, Decimal] = field(default_factory=dict)
    changed_sums: set[str] = field(default_factory=set)
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
        self.leave_to_adjust(issue.entry_no)

    def uncover_issue(self, key: LayerKey, issue: OpenIssue) -> None:
        """An issue whose receipt was given to another: it waits for a new one."""
        others = [other for other in self.open_issues.get(key, ()) if other.entry_no != issue.entry_no]
        self._set(self.open_issues, key, [*others, issue])
        self._set(self.remaining, issue.entry_no, issue.remaining)
        self.leave_to_adjust(issue.entry_no)

    def give_back(self, key: LayerKey, layer: Layer) -> None:
        """A receipt with more left of it than before."""
        others = [other for other in self.layers.get(key, ()) if other.entry_no != layer.entry_no]
        insort(others, layer, key=lambda other: (other.posting_date, other.entry_no))
        self._set(self.layers, key, others)
        self._set(self.remaining, layer.entry_no, layer.remaining)

    # ------------------------------------------------------------------ costs

    def leave_to_adjust(self, entry_no: int) -> None:
        """The next cost adjustment starts from this entry."""
        self._add(self.entries_to_adjust, entry_no)

    def add_cost(self, item_no: str, day: date, **more: Decimal) -> None:
        """Add to what the item sums to, as `ItemSums.plus` says."""
        self._set(self.sums, item_no, self.sums.get(item_no, ItemSums()).plus(day, **more))
        self._add(self.changed_sums, item_no)

    def invoice(self, entry_no: int, invoicing: Invoicing) -> None:
        """Remember how far an entry is invoiced now."""
        self._set(self.invoicing, entry_no, invoicing)

    def value_on(self, entry_no: int, valuation_date: date) -> None:
        """Move all values of an entry to a later valuation date."""
        self._set(self.valuation_dates, entry_no, valuation_date)

    def take_from_average(self, entry_no: int) -> None:
        """An issue that a receipt was fixed to is not valued by average any more."""
        self._add(self.not_by_average, entry_no)

    def mark_average(self, item_no: str, variant_code: str, location_code: str, day: date) -> None:
        """Something of an item at average cost was valued on a day."""
        self._add(self.average_points, (item_no, variant_code, location_code, day))

    def add_assembly(self, order_no: str, item_no: str) -> None:
        """An assembly whose output is to follow its components' cost."""
        self._set(self.assemblies, order_no, item_no)

    def unit_cost(self, item_no: str) -> Decimal:
        """The unit cost of the item card as it stands within this batch."""
        return self.unit_costs.get(item_no, self.facts.items[item_no].unit_cost)

    def change_unit_cost(self, item_no: str, unit_cost: Decimal) -> None:
        """A new unit cost on the item card."""
        self._set(self.unit_costs, item_no, unit_cost)

    def change_last_direct_cost(self, item_no: str, unit_cost: Decimal) -> None:
        """What the item's last invoice said."""
        self._set(self.last_direct_costs, item_no, unit_cost)

    def change_standard_cost(self, item_no: str, unit_cost: Decimal) -> None:
        """A new standard cost on the item card; of a standard item it is the unit cost too."""
        self._set(self.standard_costs, item_no, unit_cost)
        if self.facts.items[item_no].costing_method == "Standard":
            self._set(self.unit_costs, item_no, unit_cost)

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
