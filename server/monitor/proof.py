"""The sums under a trail, computed from the rows themselves: each holds or does not, and shows its numbers.

Pure but for the language in which numbers are written.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import gettext, ngettext

from server.monitor.trail import Cost, Entry, Movement, Posted
from server.web import filters
from shared.wire.outcomes import Status
from shared.wire.transactions import Body

Sum = tuple[str, str, bool]
ZERO = Decimal(0)
# Most numbers that one sum spells out; more are added up in words.
_SPELLED = 4
_HALF_CENT, _HALF_OF_A_COST = Decimal("0.005"), Decimal("0.000005")
_OUT = frozenset({"pick"})
_WITHIN = frozenset({"put_away", "move"})


def prove(kind: str, status: str, body: Body | None, posted: Posted) -> list[Sum]:
    """The sums of a transaction: posted once, quantity, bins, applications, value."""
    sums = [_once(status, posted)]
    if not posted.registers or posted.is_cut:
        return sums
    if body is not None:
        sums.append(_quantity(kind, body, posted))
    if posted.movements:
        sums.append(_bins(posted))
    if posted.entries:
        sums += [_applications(posted.entries), _value(posted.entries)]
    return sums


def scanned(kind: str, body: Body) -> list[Decimal]:
    """What each line means for the stock of the location, in base units."""
    if kind in _WITHIN:
        return [ZERO for _ in body.lines]
    sign = -1 if kind in _OUT else 1
    return [sign * line.quantity_base for line in body.lines]


def _once(status: str, posted: Posted) -> Sum:
    expected = 1 if status == Status.POSTED else 0
    words = ngettext(
        "%(n)s posting bears this id", "%(n)s postings bear this id", posted.registers, n=posted.registers
    )
    title = gettext("Posted once") if expected else gettext("Not posted")
    return title, words, posted.registers == expected


def _quantity(kind: str, body: Body, posted: Posted) -> Sum:
    asked, ledger = scanned(kind, body), sum(entry.quantity_base for entry in posted.entries)
    if kind in _WITHIN:
        words = gettext("moved within, ledger %(ledger)s", ledger=filters.change(ledger))
    else:
        words = gettext("%(asked)s = ledger %(ledger)s", asked=_added(asked), ledger=filters.change(ledger))
    return gettext("Quantity"), words, sum(asked) == ledger


def _bins(posted: Posted) -> Sum:
    moved = [movement.quantity_base for movement in posted.movements]
    ledger = sum(entry.quantity_base for entry in posted.entries)
    words = gettext(
        "%(moved)s = ledger %(ledger)s", moved=_added(moved), ledger=filters.change(ledger) or "0"
    )
    return gettext("Bins"), words, sum(moved) == ledger and _same_items(posted.entries, posted.movements)


def _same_items(entries: Iterable[Entry], movements: Iterable[Movement]) -> bool:
    """Whether item by item, lot by lot, the bins moved what the ledger says."""
    difference: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        difference[entry.item_no, entry.lot_no, entry.serial_no] += entry.quantity_base
    for movement in movements:
        difference[movement.item_no, movement.lot_no, movement.serial_no] -= movement.quantity_base
    return not any(difference.values())


def _applications(entries: Sequence[Entry]) -> Sum:
    """Of each entry: what was applied and what is left make up its quantity."""
    holds = all(_is_applied(entry) for entry in entries)
    applied = [-application.quantity_base for entry in entries for application in entry.applied]
    left = sum(entry.remaining_quantity for entry in entries)
    open_words = gettext("%(left)s left", left=filters.quantity(abs(left))) if left else gettext("none open")
    if not applied:
        return gettext("Applications"), open_words, holds
    total = filters.quantity(sum(applied, ZERO))
    words = f"{_added(applied)} = {total}, {open_words}" if len(applied) > 1 else f"{total}, {open_words}"
    return gettext("Applications"), words, holds


def _is_applied(entry: Entry) -> bool:
    # Applications are negative from both sides, as issues are.
    applied = sum((application.quantity_base for application in entry.applied), ZERO)
    is_issue = entry.quantity_base < 0
    balance = applied + entry.remaining_quantity if is_issue else entry.remaining_quantity - applied
    return balance == entry.quantity_base and entry.is_open == bool(entry.remaining_quantity)


def _value(entries: Sequence[Entry]) -> Sum:
    """Each cost is its quantity at its cost per unit, and the quantities valued are the entries'."""
    costs = [cost for entry in entries for cost in entry.costs]
    direct = [cost for cost in costs if cost.entry_type == "direct_cost"]
    holds = all(map(_is_priced, direct)) and all(
        sum((cost.valued_quantity for cost in entry.costs if cost.entry_type == "direct_cost"), ZERO)
        == entry.quantity_base
        for entry in entries
    )
    if len(costs) == 1:
        only = costs[0]
        unit, total = filters.unit_cost(only.cost_per_unit), filters.amount_change(_amount(only))
        return gettext("Value"), f"{filters.change(only.valued_quantity)} × {unit} = {total}", holds
    amounts = [_amount(cost) for cost in costs]
    return (
        gettext("Value"),
        f"{_added(amounts, money=True)} = {filters.amount_change(sum(amounts, ZERO))}",
        holds,
    )


def _amount(cost: Cost) -> Decimal:
    return cost.cost_amount_actual + cost.cost_amount_expected


def _is_priced(cost: Cost) -> bool:
    off = abs(cost.valued_quantity * cost.cost_per_unit - _amount(cost))
    return off <= _HALF_CENT + abs(cost.valued_quantity) * _HALF_OF_A_COST


def _added(numbers: Sequence[Decimal], *, money: bool = False) -> str:
    """−8 − 4, or how many numbers where they are many."""
    first = filters.amount if money else filters.quantity
    if len(numbers) > _SPELLED:
        return str(gettext("%(n)s lines, %(total)s", n=len(numbers), total=first(sum(numbers, ZERO))))
    text = ""
    for number in numbers:
        written = first(abs(number))
        if not text:
            text = first(number)
        else:
            text += f" − {written}" if number < 0 else f" + {written}"
    return text or "0"
