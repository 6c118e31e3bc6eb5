"""Which issue takes from which receipt, decided as each is posted (rules section 2, dates section 4)."""

from datetime import date
from fractions import Fraction

from tests.properties.naive.entries import ZERO, Application, Books, Entry


class CannotApply(Exception):
    """A fixed application that cannot be had."""


def apply_new(books: Books, entry: Entry, fixed: Entry | None = None) -> None:
    """Apply an entry just posted: to the receipt it names, else by its item's costing method."""
    entry.remaining = entry.quantity
    if fixed is not None:
        _apply_fixed(books, entry, fixed)
    elif entry.is_inbound:
        _cover_open_issues(books, entry)
    else:
        _take_from_open(books, entry)


def free_quantity(books: Books, inbound: Entry) -> Fraction:
    """What a fixed application could take of a receipt at most."""
    loose = sum((each.quantity for each in books.taken_from(inbound) if not each.is_held), ZERO)
    return inbound.remaining + loose


def comes_from(books: Books, inbound: Entry, outbound: Entry) -> bool:
    """Whether a receipt's cost or stock comes from an issue, over however many others."""
    seen: set[int] = set()
    waiting = [inbound]
    while waiting:
        entry = waiting.pop()
        if entry is outbound:
            return True
        if entry.no in seen:
            continue
        seen.add(entry.no)
        if entry.is_inbound:
            sources = [entry.copies, entry.via, *(entry.assembly.consumed if entry.assembly else [])]
            waiting += [source for source in sources if source is not None]
        else:
            waiting += [each.inbound for each in books.taken_by(entry)]
    return False


def _apply_fixed(books: Books, outbound: Entry, inbound: Entry) -> None:
    wanted = -outbound.quantity
    if free_quantity(books, inbound) < wanted:
        raise CannotApply(outbound.ref)
    released = []
    for application in books.taken_from(inbound):
        if inbound.remaining >= wanted:
            break
        if not application.is_held:
            _take_back(books, application)
            released.append(application.outbound)
    _join(books, inbound, outbound, wanted, is_fixed=True)
    for issue in released:
        _take_from_open(books, issue)


def _take_back(books: Books, application: Application) -> None:
    books.applications.remove(application)
    application.inbound.remaining += application.quantity
    application.outbound.remaining -= application.quantity
    _date_anew(books, application.outbound)


def _date_anew(books: Books, issue: Entry) -> None:
    """The date of an issue by what it still takes from, and with it that of what its cost goes into."""
    taken = books.taken_by(issue)
    dates = [each.inbound.date_for_issues for each in taken]
    is_fixed = any(each.is_fixed for each in taken)
    issue.valuation_date = dates[0] if is_fixed else max([issue.day, *dates])
    for recipient in books.recipients_of(issue):
        if recipient.assembly is None:
            own = recipient.day if recipient.kind != "correction" else issue.valuation_date
            recipient.valuation_date = max(own, issue.valuation_date)
            for application in books.taken_from(recipient):
                _date_anew(books, application.outbound)


def _take_from_open(books: Books, outbound: Entry) -> None:
    if books.method(outbound) == "Specific" and not outbound.lot:
        return
    for inbound in _open_entries(books, outbound):
        if outbound.remaining == 0:
            return
        if comes_from(books, inbound, outbound):
            continue
        _join(books, inbound, outbound, min(inbound.remaining, -outbound.remaining))


def _cover_open_issues(books: Books, inbound: Entry) -> None:
    if books.method(inbound) == "Specific":
        return
    for outbound in _open_entries(books, inbound):
        if inbound.remaining == 0:
            return
        if comes_from(books, inbound, outbound):
            continue
        _join(books, inbound, outbound, min(inbound.remaining, -outbound.remaining))


def _open_entries(books: Books, entry: Entry) -> list[Entry]:
    """Open entries of the other sign in the same place, first the one to use first."""
    found = [
        other
        for other in books.of_item(entry.item)
        if other.remaining != 0
        and other.is_inbound != entry.is_inbound
        and (other.variant, other.location, other.lot) == (entry.variant, entry.location, entry.lot)
        and (not (other.order or entry.order) or other.order == entry.order)
    ]
    return sorted(found, key=lambda each: (each.day, each.no), reverse=books.method(entry) == "LIFO")


def _join(
    books: Books, inbound: Entry, outbound: Entry, quantity: Fraction, *, is_fixed: bool = False
) -> None:
    is_out_of_transit = outbound.kind == "transfer" and outbound.order != ""
    books.applications.append(
        Application(
            inbound=inbound,
            outbound=outbound,
            quantity=quantity,
            day=max(inbound.day, outbound.day),
            is_costed=books.method(outbound) != "Average" or is_fixed or is_out_of_transit,
            is_fixed=is_fixed,
            is_held=is_fixed or outbound.kind == "transfer",
        )
    )
    inbound.remaining -= quantity
    outbound.remaining += quantity
    if is_fixed and outbound.kind != "transfer":
        outbound.valuation_date = inbound.date_for_issues
    else:
        move_valuation_date(books, outbound, inbound.date_for_issues)


def move_valuation_date(books: Books, entry: Entry, day: date) -> None:
    """Value an entry on a day unless it is valued later already, and with it what its cost goes into."""
    if day <= entry.valuation_date:
        return
    entry.valuation_date = day
    if entry.is_inbound:
        for value in entry.values:
            value.valuation_date = max(value.valuation_date, day)
        for application in books.taken_from(entry):
            move_valuation_date(books, application.outbound, day)
    else:
        for recipient in books.recipients_of(entry):
            if recipient.assembly is None:
                move_valuation_date(books, recipient, day)
