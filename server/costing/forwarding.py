"""Forwards cost along applications until nothing changes: receipts to issues, issues to what copies them.

Works on the entries that it is given and changes only them and the ledger of corrections. Issues that are
valued by average get their cost elsewhere; here they only hand it on. Source: costing rules 2, 4, 6.1, 6.2.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from server.costing.entries import ZERO, Application, Entry, cost_to_forward, forwarded, share, worth
from server.costing.settlement import Ledger, settle, settle_value
from shared.money import round_amount
from shared.quantity import WIDE

_NO_NUMBER_YET = 2**63


@dataclass(slots=True)
class Graph:
    """Entries of one item and how they hang together, by entry number."""

    entries: Mapping[int, Entry]
    applications: Iterable[Application]
    # Issues by the receipt they take from, and receipts by the issue whose cost they copy.
    uses: dict[int, list[Application]] = field(default_factory=lambda: defaultdict(list))
    takes: dict[int, list[Application]] = field(default_factory=lambda: defaultdict(list))
    copies: dict[int, list[Application]] = field(default_factory=lambda: defaultdict(list))
    origin: dict[int, Application] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the applications by both their ends."""
        for each in self.applications:
            if each.takes:
                self.uses[each.inbound_entry_no].append(each)
                self.takes[each.outbound_entry_no].append(each)
            elif each.outbound_entry_no:
                self.copies[each.outbound_entry_no].append(each)
                self.origin[each.inbound_entry_no] = each

    def legs_of(self, layer_no: int) -> list[Application]:
        """Inbound legs of transfers that took from a layer and keep its cost."""
        return [
            leg
            for use in self.uses.get(layer_no, ())
            for leg in self.copies.get(use.outbound_entry_no, ())
            if leg.transferred_from_entry_no == layer_no
        ]


@dataclass(slots=True)
class Forwarding:
    """One pass over a graph; `redated` collects new valuation dates by entry number."""

    graph: Graph
    ledger: Ledger
    redated: dict[int, date] = field(default_factory=dict)
    # Valuation dates that something had before it was moved, for the averages of those days.
    left_days: set[date] = field(default_factory=set)
    completed: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def run(self, starts: Iterable[int]) -> bool:
        """Forward from these entries until nothing changes; gives back whether anything did."""
        waiting = deque(dict.fromkeys(starts))
        queued = set(waiting)
        is_changed = False
        while waiting:
            entry_no = waiting.popleft()
            queued.discard(entry_no)
            entry = self.graph.entries.get(entry_no)
            if entry is None:
                continue
            self.touched.add(entry_no)
            for follower in self._followers(entry):
                if self._renew(follower):
                    is_changed = True
                    if follower.entry_no not in queued:
                        queued.add(follower.entry_no)
                        waiting.append(follower.entry_no)
        return is_changed

    def renew(self, entry_no: int) -> bool:
        """Bring one entry to the cost that its applications give it."""
        entry = self.graph.entries.get(entry_no)
        return entry is not None and self._renew(entry)

    def _followers(self, entry: Entry) -> list[Entry]:
        graph = self.graph
        if entry.is_inbound:
            numbers = [each.outbound_entry_no for each in graph.uses.get(entry.entry_no, ())]
            numbers += [each.inbound_entry_no for each in graph.legs_of(entry.entry_no)]
        else:
            numbers = [each.inbound_entry_no for each in graph.copies.get(entry.entry_no, ())]
        return [graph.entries[no] for no in dict.fromkeys(numbers) if no in graph.entries]

    def _renew(self, entry: Entry) -> bool:
        self.touched.add(entry.entry_no)
        is_changed = self._redate(entry)
        if entry.is_inbound:
            is_changed |= self._renew_copy(entry)
        else:
            is_changed |= self._renew_issue(entry)
        is_changed |= self._complete(entry)
        return is_changed

    # ------------------------------------------------------------------ cost

    def _renew_issue(self, entry: Entry) -> bool:
        takes = self.graph.takes.get(entry.entry_no, [])
        if entry.valued_by_average or not (takes or entry.remaining):
            return False
        if any(each.inbound_entry_no not in self.graph.entries for each in takes):
            return False
        cost, covered = ZERO, ZERO
        for each in takes:
            source = self.graph.entries[each.inbound_entry_no]
            total = cost_to_forward(source, entry)
            cost += share(total, -each.quantity, source.quantity, self.ledger.precision)
            covered -= each.quantity
        open_part = -entry.quantity - covered
        if open_part and entry.values:
            at = entry.values[0].cost_per_unit
            cost += round_amount(WIDE.multiply(at, open_part), self.ledger.precision)
        if len(takes) == 1 and _has_components(entry):
            return self._settle_components(entry, self.graph.entries[takes[0].inbound_entry_no], -cost)
        return settle(self.ledger, entry, -cost)

    def _settle_components(self, entry: Entry, source: Entry, target: Decimal) -> bool:
        """An exact purchase return gives back direct cost, overhead and variance each for itself."""
        is_changed = False
        for kind in ("indirect_cost", "variance"):
            total = sum(
                (forwarded(each, source, entry) for each in source.values if each.entry_type == kind), ZERO
            )
            own = [each for each in entry.values if each.entry_type == kind]
            if own:
                wanted = -share(total, -entry.quantity, source.quantity, self.ledger.precision)
                have = sum((each.actual for each in own), ZERO)
                is_changed |= self.ledger.correct(entry, own[0], wanted - have, ZERO)
        return settle(self.ledger, entry, target) or is_changed

    def _renew_copy(self, entry: Entry) -> bool:
        """A return, an undone shipment or a transfer's inbound leg takes the cost that it copies."""
        origin = self.graph.origin.get(entry.entry_no)
        if origin is None:
            return False
        layer = self.graph.entries.get(origin.transferred_from_entry_no)
        issue = self.graph.entries.get(origin.outbound_entry_no)
        if layer is not None:
            cost = share(cost_to_forward(layer, issue), entry.quantity, layer.quantity, self.ledger.precision)
        elif issue is not None:
            cost = share(worth(issue).copy_negate(), entry.quantity, -issue.quantity, self.ledger.precision)
        else:
            return False
        return self._settle_copy(entry, cost)

    def _settle_copy(self, entry: Entry, cost: Decimal) -> bool:
        documents = [value for value in entry.values if value.is_document]
        if len(documents) == 1:
            return settle_value(self.ledger, entry, documents[0], cost)
        # What came on top of the copied cost (a charge, a revaluation) stays.
        others = sum(
            (each.actual for each in entry.values if not each.is_document and not each.is_rounding), ZERO
        )
        return settle(self.ledger, entry, cost + others)

    def _complete(self, entry: Entry) -> bool:
        """A transfer leg is completely invoiced once what it came from is."""
        if entry.is_completely_invoiced or entry.entry_type != "transfer":
            return False
        if entry.is_inbound:
            origin = self.graph.origin.get(entry.entry_no)
            sources = [] if origin is None else [origin.outbound_entry_no]
        else:
            sources = [each.inbound_entry_no for each in self.graph.takes.get(entry.entry_no, ())]
        known = [self.graph.entries[no] for no in sources if no in self.graph.entries]
        if not known or len(known) < len(sources) or not all(each.is_completely_invoiced for each in known):
            return False
        entry.is_completely_invoiced = True
        self.completed.add(entry.entry_no)
        return True

    # ------------------------------------------------------------------ dates

    def _redate(self, entry: Entry) -> bool:
        """An issue that was covered later is valued no earlier than its receipts; its copies follow."""
        if entry.is_inbound:
            origin = self.graph.origin.get(entry.entry_no)
            source = self.graph.entries.get(origin.outbound_entry_no) if origin else None
            wanted = source.valuation_date if source is not None else None
        else:
            takes = self.graph.takes.get(entry.entry_no, ())
            dates = [
                self.graph.entries[each.inbound_entry_no].source_date_of(entry)
                for each in takes
                if each.inbound_entry_no in self.graph.entries
            ]
            wanted = max(dates, default=None)
        if wanted is None or wanted <= entry.valuation_date:
            return False
        self.left_days.add(entry.valuation_date)
        for value in entry.values:
            value.valuation_date = max(value.valuation_date, wanted)
        self.redated[entry.entry_no] = wanted
        return True


def _has_components(entry: Entry) -> bool:
    return any(value.entry_type in ("indirect_cost", "variance") for value in entry.values)


def add_roundings(graph: Graph, ledger: Ledger, touched: Iterable[int]) -> set[date]:
    """The rounding value of every used-up receipt whose rounded shares do not sum to its cost (6.2), among
    the entries touched and the receipts that touched issues take from. Gives back the days of new ones.
    """
    days: set[date] = set()
    inbound_nos: dict[int, None] = {}
    for entry_no in touched:
        inbound_nos[entry_no] = None
        inbound_nos.update((each.inbound_entry_no, None) for each in graph.takes.get(entry_no, ()))
    for entry_no in inbound_nos:
        entry = graph.entries.get(entry_no)
        if entry is None or not entry.is_inbound or entry.remaining or not entry.is_completely_invoiced:
            continue
        uses = [each for each in graph.uses.get(entry_no, ()) if each.is_cost_application]
        users = [graph.entries.get(each.outbound_entry_no) for each in uses]
        if -sum((each.quantity for each in uses), ZERO) != entry.quantity:
            continue
        if any(user is None or not user.is_completely_invoiced for user in users):
            continue
        given = ZERO
        for each, user in zip(uses, users, strict=True):
            given += share(cost_to_forward(entry, user), -each.quantity, entry.quantity, ledger.precision)
        # Roundings of earlier runs are part of what it cost, so a second run finds nothing.
        if entry.actual != given:
            _round(ledger, entry, given - entry.actual)
            days.add(entry.valuation_date)
    return days


def _round(ledger: Ledger, entry: Entry, amount: Decimal) -> None:
    """Note a rounding, and let the entry show it."""
    ledger.roundings[entry.entry_no] = ledger.roundings.get(entry.entry_no, ZERO) + amount
    document = next(value for value in entry.values if value.is_document)
    entry.values.append(
        replace(
            document,
            # It has no number yet; whatever it gets is the highest.
            entry_no=_NO_NUMBER_YET,
            entry_type="rounding",
            valued_quantity=ZERO,
            invoiced_quantity=ZERO,
            actual=amount,
            expected=ZERO,
            is_expected=False,
        )
    )
