"""Average cost by period: each issue takes its share of the period's pool, in the order of entry numbers.

A pool holds the quantity and cost of everything valued up to the period's end: what was there before, every
receipt, and the issues already worked out. Their rounding stays in the pool, so the next issue takes it.
What an issue itself brings back (a return, a transfer's inbound leg) is no source of its cost.
Works on given entries, changes only them and the ledger of corrections. Source: costing rules 6.3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from server.costing.entries import ZERO, Entry, Value
from server.costing.forwarding import Forwarding
from server.costing.settlement import settle_documents
from shared.money import round_amount
from shared.quantity import WIDE

# Variant and location, both "" where the average is per item.
Scope = tuple[str, str]
ScopeOf = Callable[[Entry], Scope]
# A pool's quantity and cost.
Sum = tuple[Decimal, Decimal]
# Issues that bring stock back to where it came from chase each other's average; each round shrinks the rest.
_MOST_ROUNDS = 100


def by_item(_: Entry) -> Scope:
    """One average for the item."""
    return ("", "")


def by_place(entry: Entry) -> Scope:
    """An average for each variant and location."""
    return (entry.variant_code, entry.location_code)


@dataclass(slots=True)
class Averaging:
    """Works out periods in the order of their dates, from the first that is given."""

    forwarding: Forwarding
    scope_of: ScopeOf
    # First and last day of the period that a day lies in.
    period_of: Callable[[date], tuple[date, date]]
    # What was valued before the first period, by scope.
    opening: Mapping[Scope, Sum]
    first_day: date
    # What stands before the period that is being worked out.
    pools: dict[Scope, Sum] = field(default_factory=dict)

    def run(self) -> bool:
        """Bring every issue that is valued by average to its average; gives back whether any changed."""
        is_changed = False
        self.pools = dict(self.opening)
        members = self._members()
        for bounds in sorted(members):
            is_changed |= self._settle_period(members[bounds])
            for entry, values in members[bounds]:
                self._add(entry, values)
        return is_changed

    def _members(self) -> dict[tuple[date, date], list[tuple[Entry, list[Value]]]]:
        """What was valued in each period: entries in the order of their numbers, with those values."""
        members: dict[tuple[date, date], dict[int, list[Value]]] = {}
        entries = self.forwarding.graph.entries
        bounds_of: dict[date, tuple[date, date]] = {}
        for entry in entries.values():
            for value in entry.values:
                day = value.valuation_date
                if day < self.first_day:
                    continue
                bounds = bounds_of.get(day) or bounds_of.setdefault(day, self.period_of(day))
                members.setdefault(bounds, {}).setdefault(entry.entry_no, []).append(value)
        return {
            bounds: [(entries[no], values) for no, values in sorted(found.items())]
            for bounds, found in members.items()
        }

    def _add(self, entry: Entry, values: Iterable[Value]) -> None:
        scope = self.scope_of(entry)
        quantity, cost = self.pools.get(scope, (ZERO, ZERO))
        more, worth = _sum(entry, values)
        self.pools[scope] = (quantity + more, cost + worth)

    def _settle_period(self, members: Sequence[tuple[Entry, list[Value]]]) -> bool:
        """Until nothing changes: an average that another place's issues feed is known only after theirs."""
        averaged = [each for each in members if not each[0].is_inbound and each[0].valued_by_average]
        if not averaged:
            return False
        is_changed = False
        for _ in range(_MOST_ROUNDS):
            if not self._settle_once(members, averaged):
                return is_changed
            is_changed = True
        return is_changed

    def _settle_once(
        self,
        members: Sequence[tuple[Entry, list[Value]]],
        averaged: Sequence[tuple[Entry, list[Value]]],
    ) -> bool:
        period = _Period(self, members)
        is_changed = False
        for entry, _ in averaged:
            if self._settle_issue(entry, period):
                is_changed = True
                # What copies its cost changes now, and the pool with it.
                self.forwarding.run([entry.entry_no])
                if period.has_followers(entry):
                    period.renew()
            period.take(entry)
        return is_changed

    def _settle_issue(self, entry: Entry, period: "_Period") -> bool:
        quantity, cost = period.pool_for(entry)
        if quantity <= 0 or cost < 0:
            return False
        ledger = self.forwarding.ledger
        wanted = WIDE.divide(WIDE.multiply(cost, entry.quantity), quantity)
        documents = [value for value in entry.values if value.is_document]
        return settle_documents(ledger, entry, documents, round_amount(wanted, ledger.precision))


class _Period:
    """The pools of one period while its issues are worked out one after another."""

    def __init__(self, averaging: Averaging, members: Sequence[tuple[Entry, list[Value]]]) -> None:
        self._averaging, self._members = averaging, members
        self._by_no = {entry.entry_no: (entry, values) for entry, values in members}
        self._done: dict[Scope, Sum] = {}
        self._sources: dict[Scope, Sum] = {}
        self._revaluations = [
            (value, entry) for entry, values in members for value in values if value.is_partial
        ]
        self.renew()

    def renew(self) -> None:
        """Add up the sources again: all that is not an issue at average cost."""
        self._sources = {}
        for entry, values in self._members:
            if entry.is_inbound or not entry.valued_by_average:
                _add_to(self._sources, self._averaging.scope_of(entry), _sum(entry, values))

    def take(self, entry: Entry) -> None:
        """Count an issue that is worked out among the sources of the later ones."""
        _, values = self._by_no[entry.entry_no]
        _add_to(self._done, self._averaging.scope_of(entry), _sum(entry, values))

    def has_followers(self, entry: Entry) -> bool:
        """Whether anything copies an issue's cost."""
        return bool(self._averaging.forwarding.graph.copies.get(entry.entry_no))

    def pool_for(self, entry: Entry) -> Sum:
        """Quantity and cost that an issue takes its share of."""
        scope = self._averaging.scope_of(entry)
        if self._revaluations:
            return self._pool_around_revaluations(entry, scope)
        quantity, cost = self._averaging.pools.get(scope, (ZERO, ZERO))
        more, worth = self._sources.get(scope, (ZERO, ZERO))
        quantity, cost = quantity + more, cost + worth
        chain = self._chain(entry)
        comes_back = False
        for no in chain:
            other, values = self._by_no[no]
            if self._averaging.scope_of(other) != scope:
                continue
            comes_back = comes_back or other.is_inbound
            if other.is_inbound or not other.valued_by_average:
                less, lost = _sum(other, values)
                quantity, cost = quantity - less, cost - lost
        if comes_back:
            return quantity, cost
        more, worth = self._done.get(scope, (ZERO, ZERO))
        quantity, cost = quantity + more, cost + worth
        for no in chain:
            other, values = self._by_no[no]
            is_averaged = not other.is_inbound and other.valued_by_average
            if is_averaged and no < entry.entry_no and self._averaging.scope_of(other) == scope:
                less, lost = _sum(other, values)
                quantity, cost = quantity - less, cost - lost
        return quantity, cost

    def _pool_around_revaluations(self, entry: Entry, scope: Scope) -> Sum:
        """The same, value by value: an issue posted before a revaluation and valued not after it neither
        sees the revaluation nor what was posted after it.
        """
        first = entry.values[0].entry_no
        later = [
            value.entry_no
            for value, _ in self._revaluations
            if value.entry_no > first and entry.valuation_date <= value.valuation_date
        ]
        limit = min(later, default=None)
        chain = set(self._chain(entry))
        comes_back = any(
            self._by_no[no][0].is_inbound and self._averaging.scope_of(self._by_no[no][0]) == scope
            for no in chain
        )
        quantity, cost = self._averaging.pools.get(scope, (ZERO, ZERO))
        for other, values in self._members:
            if self._averaging.scope_of(other) != scope or other is entry or other.entry_no in chain:
                continue
            is_averaged = not other.is_inbound and other.valued_by_average
            if is_averaged and (comes_back or other.entry_no > entry.entry_no):
                continue
            if limit is not None and other.values[0].entry_no > limit:
                continue
            seen = [each for each in values if limit is None or not each.is_partial or each.entry_no < limit]
            more, worth = _sum(other, seen)
            quantity, cost = quantity + more, cost + worth
        return quantity, cost

    def _chain(self, entry: Entry) -> list[int]:
        """Everything in this period that gets its cost, or its quantity, from what the issue brings back."""
        graph = self._averaging.forwarding.graph
        if not graph.copies.get(entry.entry_no):
            return []
        found: dict[int, None] = {}
        waiting = [each.inbound_entry_no for each in graph.copies[entry.entry_no]]
        while waiting:
            no = waiting.pop()
            if no in found or no not in self._by_no or no == entry.entry_no:
                continue
            found[no] = None
            if self._by_no[no][0].is_inbound:
                waiting += [each.outbound_entry_no for each in graph.uses.get(no, ())]
            else:
                waiting += [each.inbound_entry_no for each in graph.copies.get(no, ())]
        return list(found)


def _sum(entry: Entry, values: Iterable[Value]) -> Sum:
    """What some values of an entry add to a pool; its quantity comes with its first value."""
    values = list(values)
    quantity = entry.quantity if values and values[0] is entry.values[0] else ZERO
    return quantity, sum((value.actual + value.expected for value in values), ZERO)


def _add_to(sums: dict[Scope, Sum], scope: Scope, more: Sum) -> None:
    quantity, cost = sums.get(scope, (ZERO, ZERO))
    sums[scope] = (quantity + more[0], cost + more[1])
