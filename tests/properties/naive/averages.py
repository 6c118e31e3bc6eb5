"""The cost of issues valued by average, period by period (rules 6.3)."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from tests.properties.naive.entries import ZERO, Books, Entry, Value
from tests.properties.naive.shares import set_total


def period_of(period: str, day: date) -> tuple[date, date]:
    """First and last day of the period that a day is in; fiscal years are calendar years."""
    if period == "day":
        return day, day
    if period == "week":
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
        return max(first, date(day.year, 1, 1)), min(last, date(day.year, 12, 31))
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=1), next_month - timedelta(days=1)


def average_issues(books: Books, derive_all: Callable[[Books], None]) -> None:
    """Value every issue by its period's average once, in the order of periods and then of entries."""
    issues = [entry for entry in books.entries if entry.is_average_valued]
    issues.sort(key=lambda entry: (period_of(books.period, entry.valuation_date), entry.no))
    for issue in issues:
        if _set_average(books, issue):
            derive_all(books)


def _set_average(books: Books, issue: Entry) -> bool:
    """Give an issue its average, if there is one; whether that changed anything."""
    quantity, cost = pool_for(books, issue)
    if quantity <= 0 or cost < 0:
        return False
    before = (issue.actual, issue.expected)
    set_total(books, issue, books.amount(cost * issue.quantity / quantity))
    return (issue.actual, issue.expected) != before


def pool_for(books: Books, issue: Entry) -> tuple[Fraction, Fraction]:
    """Quantity and cost that an issue's average is made of."""
    start, end = period_of(books.period, issue.valuation_date)
    left_out = _left_out(books, issue, start, end)
    last_step = _last_step_seen(books, issue, start, end)
    quantity = cost = ZERO
    for entry in books.of_item(issue.item):
        if books.scope(entry) != books.scope(issue) or entry in left_out:
            continue
        is_new = entry.valuation_date >= start and entry.step > last_step
        if entry.valuation_date <= end and not is_new:
            quantity += entry.quantity
            cost += entry.shipment_expected
            cost += sum((each.actual + each.expected for each in entry.documents), ZERO)
        cost += sum(
            (
                value.actual + value.expected
                for value in entry.values
                if _day_of(entry, value) <= end
                and not (_day_of(entry, value) >= start and _posted(entry, value) > last_step)
            ),
            ZERO,
        )
    return quantity, cost


def _posted(entry: Entry, value: Value) -> int:
    """The step that counts: invoices and charges belong to their receipt, a revaluation to itself."""
    return value.step if value.kind == "revaluation" else entry.step


def _day_of(entry: Entry, value: Value) -> date:
    return value.valuation_date if value.kind == "revaluation" else entry.valuation_date


def _left_out(books: Books, issue: Entry, start: date, end: date) -> set[Entry]:
    """What of the period must not make up the average of an issue: itself, later ones, what it goes into."""

    def is_within(entry: Entry) -> bool:
        return start <= entry.valuation_date <= end

    chain = {entry for entry in _chain(books, issue) if is_within(entry)}
    others = [entry for entry in books.entries if entry.is_average_valued and is_within(entry)]
    is_own_source = any(entry.is_inbound and books.scope(entry) == books.scope(issue) for entry in chain)
    return {issue} | chain | {entry for entry in others if is_own_source or entry.no > issue.no}


def _chain(books: Books, issue: Entry) -> set[Entry]:
    """What an issue's cost or stock goes into, however far."""
    found: set[Entry] = set()
    waiting = [issue]
    while waiting:
        entry = waiting.pop()
        following = (
            [each.outbound for each in books.taken_from(entry)]
            if entry.is_inbound
            else books.recipients_of(entry)
        )
        for other in following:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _last_step_seen(books: Books, issue: Entry, start: date, end: date) -> int:
    """The step before the first revaluation of the period that an issue was posted and valued before."""
    steps = [
        value.step
        for entry in books.of_item(issue.item)
        if books.scope(entry) == books.scope(issue)
        for value in entry.values
        if value.is_partial
        and start <= value.valuation_date <= end
        and issue.step < value.step
        and issue.valuation_date <= value.valuation_date
    ]
    return min(steps) - 1 if steps else books.step + 1
