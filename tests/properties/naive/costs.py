"""What every entry costs after an adjustment, by definition (rules 6.1, 6.2, 8, 9).

Always holds: nothing is carried from one run to the next but amounts that a rule leaves as they are.
"""

from fractions import Fraction

from tests.properties.naive.averages import average_issues
from tests.properties.naive.entries import ZERO, Books, Entry, Value
from tests.properties.naive.shares import documents_cost, is_completely_invoiced, set_total, share
from tests.properties.naive.unit_costs import cost_of_card

ROUNDS = 60


class NotStable(Exception):
    """Costs that keep changing however often they are computed."""


def adjust(books: Books, items: set[str]) -> set[str]:
    """Bring every cost to what it should be, and the cards of `items` and of all that changed.

    Returns the items whose cost changed.
    """
    before = {entry.no: entry.cost for entry in books.entries}
    for _ in range(ROUNDS):
        state = _state(books)
        _derive_all(books)
        average_issues(books, _derive_all)
        _round_residuals(books)
        if _state(books) == state:
            break
    else:
        raise NotStable
    changed = {entry.item for entry in books.entries if entry.cost != before[entry.no]}
    for item in items | changed:
        cost_of_card(books, books.items[item])
    return changed


def _state(books: Books) -> list[tuple[Fraction, Fraction]]:
    return [(entry.actual, entry.expected) for entry in books.entries]


def _derive_all(books: Books) -> None:
    """Every cost that is other entries' cost, until none of them changes; averages stay as they are."""
    for _ in range(ROUNDS):
        state = _state(books)
        for entry in books.entries:
            if entry.is_derived and not entry.is_average_valued:
                derive(books, entry)
        if _state(books) == state:
            return
    raise NotStable


def derive(books: Books, entry: Entry) -> None:
    """Compute a cost from the entries that it comes from."""
    if entry.assembly is not None:
        _derive_output(books, entry)
    elif entry.copies is not None:
        set_total(books, entry, _copied(books, entry.copies, entry.quantity))
    elif entry.layer is not None and entry.via is not None:
        set_total(books, entry, share(books, entry.layer, entry.via, entry.quantity))
    else:
        taken = books.taken_by(entry)
        covered = sum((share(books, each.inbound, entry, each.quantity) for each in taken), ZERO)
        set_total(books, entry, -covered - uncovered(books, entry))


def uncovered(books: Books, issue: Entry) -> Fraction:
    """What the open part of an issue costs as long as no receipt covers it; positive."""
    return books.amount(issue.first_unit_cost * -issue.remaining)


def _copied(books: Books, outbound: Entry, quantity: Fraction) -> Fraction:
    """A receipt's part of the cost of the issue that it reverses."""
    return books.amount(documents_cost(outbound) * quantity / outbound.quantity)


def _derive_output(books: Books, output: Entry) -> None:
    assembly = output.assembly
    assert assembly is not None
    material = -sum((entry.actual - entry.total("rounding") for entry in assembly.consumed), ZERO)
    direct = material + assembly.resources
    set_total(books, output, direct)
    item = books.items[output.item]
    overhead = books.amount(direct * item.indirect_pct / 100 + item.overhead_rate * output.quantity)
    _put(output, "indirect_cost", overhead)
    if assembly.standard_total is not None:
        _put(output, "variance", assembly.standard_total - direct - overhead)


def _put(entry: Entry, kind: str, amount: Fraction) -> None:
    """The one value of a kind that an entry has: made, or set to another amount."""
    for value in entry.values:
        if value.kind == kind and not value.is_charge:
            value.actual = amount
            return
    if amount:
        entry.values.append(
            Value(kind, amount, step=entry.step, day=entry.day, valuation_date=entry.valuation_date)
        )


def _round_residuals(books: Books) -> None:
    """What rounding left on a receipt that is used up and final (rules 6.2)."""
    for inbound in books.entries:
        if not inbound.is_inbound or inbound.remaining != 0:
            continue
        costed = [each for each in books.taken_from(inbound) if each.is_costed]
        is_all_costed = sum((each.quantity for each in costed), ZERO) == inbound.quantity
        entries = [inbound, *(each.outbound for each in costed)]
        if not is_all_costed or not all(is_completely_invoiced(books, entry) for entry in entries):
            continue
        forwarded = sum((share(books, inbound, each.outbound, each.quantity) for each in costed), ZERO)
        _put(inbound, "rounding", forwarded - (inbound.cost - inbound.total("rounding")))
