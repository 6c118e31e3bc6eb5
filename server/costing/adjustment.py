"""Adjusts the costs of one item: forwards along applications, works out averages, rounds. Pure.

It takes the item's entries and gives back what has to be added to the books; running it again on the result
adds nothing. Source: costing rules 6.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from server.costing.averaging import Averaging, Scope, Sum, by_item, by_place
from server.costing.entries import ZERO, Application, Entry
from server.costing.forwarding import Forwarding, Graph, add_roundings
from server.costing.settlement import Ledger

_MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """The company's rules that the adjustment of an item follows."""

    precision: Decimal
    is_average: bool
    is_average_per_item: bool
    period_of: Callable[[date], tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Opening:
    """What was valued before a day, by variant and location, where the entries before it are not given."""

    day: date
    sums: Mapping[Scope, Sum]


class HistoryNeeded(Exception):
    """An average period before the given entries has to be worked out too."""


@dataclass(slots=True)
class Adjustment:
    """What one item's adjustment found: corrections by value entry, roundings and new dates by entry."""

    corrections: Mapping[int, list[Decimal]]
    roundings: Mapping[int, Decimal]
    redated: Mapping[int, date]
    completed: Collection[int]
    # Entries whose cost changed.
    changed: Collection[int] = field(default_factory=set)


def adjust(
    entries: Mapping[int, Entry],
    applications: Iterable[Application],
    *,
    starts: Collection[int],
    open_days: Collection[date],
    ledger: Ledger,
    rules: Rules,
    opening: Opening | None = None,
) -> Adjustment:
    """Adjust from the entries and the average periods (by any of their days) that are marked.

    `ledger` may hold corrections of the item's assemblies already; the entries show them. Without an
    `opening` the entries are all of the item. Raises HistoryNeeded where they turn out to be too few.
    """
    forwarding = Forwarding(Graph(entries, applications), ledger)
    for entry_no in starts:
        forwarding.renew(entry_no)
    forwarding.run(starts)
    if not rules.is_average:
        add_roundings(forwarding.graph, ledger, forwarding.touched)
    else:
        days = set(open_days)
        for _ in range(_MOST_ROUNDS):
            _average(forwarding, days, rules, opening)
            # A rounding belongs to the pool of its day, so that it goes out with what is issued from there.
            days = add_roundings(forwarding.graph, ledger, forwarding.touched)
            if not days:
                break
    return Adjustment(
        {no: sums for no, sums in ledger.corrections.items() if sums[0] or sums[1]},
        ledger.roundings,
        forwarding.redated,
        forwarding.completed,
        ledger.changed,
    )


def _average(forwarding: Forwarding, open_days: set[date], rules: Rules, opening: Opening | None) -> None:
    """Averages and what follows them, until both agree; a date that moves opens the days that it left."""
    seen: set[int] = set()
    for _ in range(_MOST_ROUNDS):
        open_days |= forwarding.left_days
        forwarding.left_days.clear()
        # What changed beside the averages (an assembly's output, a fixed issue) feeds those of its day.
        entries = forwarding.graph.entries
        changed = forwarding.ledger.changed - seen
        open_days |= {entries[no].valuation_date for no in changed if no in entries}
        seen |= changed
        if not open_days:
            return
        first_day = min(rules.period_of(day)[0] for day in open_days)
        if opening is not None and first_day < opening.day:
            raise HistoryNeeded
        scope_of = by_item if rules.is_average_per_item else by_place
        averaging = Averaging(
            forwarding,
            scope_of,
            rules.period_of,
            _opening(forwarding.graph.entries.values(), first_day, scope_of, opening),
            first_day,
        )
        if not averaging.run() and not forwarding.left_days:
            return
        seen |= forwarding.ledger.changed


def _opening(
    entries: Iterable[Entry],
    first_day: date,
    scope_of: Callable[[Entry], Scope],
    opening: Opening | None,
) -> dict[Scope, Sum]:
    """Quantity and cost of everything that was valued before a day."""
    sums = _before(opening, scope_of)
    for entry in entries:
        for index, value in enumerate(entry.values):
            if value.valuation_date >= first_day:
                continue
            if opening is not None and value.valuation_date < opening.day:
                continue
            quantity, cost = sums.get(scope_of(entry), (ZERO, ZERO))
            sums[scope_of(entry)] = (
                quantity + (ZERO if index else entry.quantity),
                cost + value.actual + value.expected,
            )
    return sums


def _before(opening: Opening | None, scope_of: Callable[[Entry], Scope]) -> dict[Scope, Sum]:
    """The sums of what is not given, for the places or for the item as a whole."""
    if opening is None:
        return {}
    if scope_of is by_place:
        return dict(opening.sums)
    quantity = sum((each[0] for each in opening.sums.values()), ZERO)
    return {("", ""): (quantity, sum((each[1] for each in opening.sums.values()), ZERO))}
