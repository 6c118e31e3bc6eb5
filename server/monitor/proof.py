"""The sums under a trail, computed from the rows themselves: each holds or does not, and shows its numbers.

Pure but for the language in which numbers are written.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import gettext, ngettext

from server.monitor.trail import Cost, Entry, Movement, Posted
from server.web import filters
from shared.wire.journals import (
    Assembly,
    Goods,
    ItemJournal,
    NegativeAdjustment,
    PurchaseReturn,
    Sale,
    Transfer,
    Undo,
)
from shared.wire.outcomes import Status
from shared.wire.transactions import AnyBody

Sum = tuple[str, str, bool]
ZERO = Decimal(0)
# Most numbers that one sum spells out; more are added up in words.
_SPELLED = 4
_HALF_CENT, _HALF_OF_A_COST = Decimal("0.005"), Decimal("0.000005")
# Lines of a journal whose goods go out.
ISSUES = (PurchaseReturn, Sale, NegativeAdjustment)
_OUT = frozenset({"pick"})
_WITHIN = frozenset({"put_away", "move"})


def prove(kind: str, status: str, body: AnyBody | None, posted: Posted) -> list[Sum]:
    """The sums of a transaction: posted once, quantity, bins, applications, value."""
    sums = [_once(status, posted)]
    if not posted.registers or posted.is_cut:
        return sums
    if body is not None and _says_quantity(body):
        sums.append(_quantity(kind, body, posted))
    if posted.movements:
        sums.append(_bins(posted))
    if posted.entries:
        sums += [_applications(posted.entries), _value(posted.entries)]
    return sums


def scanned(kind: str, body: AnyBody) -> list[Decimal]:
    """What each line means for the stock of the company, in base units; of a journal only what moves it."""
    if isinstance(body, ItemJournal):
        return [moved for line in body.lines if (moved := _of_journal_line(line))]
    if kind in _WITHIN:
        return [ZERO for _ in body.lines]
    sign = -1 if kind in _OUT else 1
    return [sign * line.quantity_base for line in body.lines]


def _of_journal_line(line: object) -> Decimal:
    if isinstance(line, Assembly):
        return line.output.quantity_base - sum((each.quantity_base for each in line.components), ZERO)
    if not isinstance(line, Goods) or isinstance(line, Transfer):
        return ZERO
    return -line.quantity_base if isinstance(line, ISSUES) else line.quantity_base


def _says_quantity(body: AnyBody) -> bool:
    """Whether the body itself says what moves: what an undo takes back stands in the ledger only."""
    if not isinstance(body, ItemJournal):
        return True
    has_goods = any(isinstance(line, Goods | Assembly) for line in body.lines)
    return has_goods and not any(isinstance(line, Undo) for line in body.lines)


def _once(status: str, posted: Posted) -> Sum:
    expected = 1 if status == Status.POSTED else 0
    words = ngettext(
        "%(n)s posting bears this id", "%(n)s postings bear this id", posted.registers, n=posted.registers
    )
    title = gettext("Posted once") if expected else gettext("Not posted")
    return title, words, posted.registers == expected


def _quantity(kind: str, body: AnyBody, posted: Posted) -> Sum:
    asked, ledger = scanned(kind, body), sum(entry.quantity_base for entry in posted.entries)
    if kind in _WITHIN:
        words = gettext("moved within, ledger %(ledger)s", ledger=filters.change(ledger))
    else:
        words = gettext("%(asked)s = ledger %(ledger)s", asked=_added(asked), ledger=filters.change(ledger))
    return gettext("Quantity"), words, sum(asked) == ledger


def _bins(posted: Posted) -> Sum:
    """Where the places have bins, these moved what the ledger says."""
    places = {movement.location_code for movement in posted.movements}
    entries = [entry for entry in posted.entries if entry.location_code in places]
    moved = [movement.quantity_base for movement in posted.movements]
    ledger = sum(entry.quantity_base for entry in entries)
    words = gettext(
        "%(moved)s = ledger %(ledger)s", moved=_added(moved), ledger=filters.change(ledger) or "0"
    )
    return gettext("Bins"), words, sum(moved) == ledger and _same_items(entries, posted.movements)


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
    applied = [
        -application.quantity_base
        for entry in entries
        for application in entry.applied
        if not application.copies_cost
    ]
    left = sum(entry.remaining_quantity for entry in entries)
    open_words = gettext("%(left)s left", left=filters.quantity(abs(left))) if left else gettext("none open")
    if not applied:
        return gettext("Applications"), open_words, holds
    total = filters.quantity(sum(applied, ZERO))
    words = f"{_added(applied)} = {total}, {open_words}" if len(applied) > 1 else f"{total}, {open_words}"
    return gettext("Applications"), words, holds


def _is_applied(entry: Entry) -> bool:
    # Applications are negative from both sides, as issues are.
    applied = sum((each.quantity_base for each in entry.applied if not each.copies_cost), ZERO)
    is_issue = entry.quantity_base < 0
    balance = applied + entry.remaining_quantity if is_issue else entry.remaining_quantity - applied
    return balance == entry.quantity_base and entry.is_open == bool(entry.remaining_quantity)


def _value(entries: Sequence[Entry]) -> Sum:
    """Each first cost is its quantity at its cost per unit, and the quantities are the entries'."""
    costs = [cost for entry in entries for cost in entry.costs]
    holds = all(map(_is_priced, filter(_has_price, costs))) and all(
        sum((cost.item_ledger_entry_quantity for cost in entry.costs), ZERO) == entry.quantity_base
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


def _has_price(cost: Cost) -> bool:
    return cost.entry_type == "direct_cost" and not cost.is_adjustment and not cost.item_charge_no


def _is_priced(cost: Cost) -> bool:
    """Its quantity at its cost per unit, before or after what an invoice takes back of expected cost."""
    priced = cost.valued_quantity * cost.cost_per_unit
    room = _HALF_CENT + abs(cost.valued_quantity) * _HALF_OF_A_COST
    return any(abs(priced - amount) <= room for amount in (_amount(cost), cost.cost_amount_actual))


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
