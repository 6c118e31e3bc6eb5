"""What can be revalued on a day, and how a new value is spread over it. Pure.

Quantities and values are positive. A layer is a receipt with what was left of it on that day, by the
applications dated up to it. Source: costing rules 7.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.costing.entries import ZERO, Application, Entry, Value
from shared.money import round_amount
from shared.quantity import WIDE


@dataclass(frozen=True, slots=True)
class Revaluable:
    """A receipt, what was left of it, and what that was worth; `expected` is the part not invoiced."""

    entry: Entry
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Revaluation:
    """What is to be added to one receipt; `valued_quantity` is the part of it that is revalued."""

    entry: Entry
    valued_quantity: Decimal
    actual: Decimal
    expected: Decimal = ZERO


def remaining_on(
    entries: Iterable[Entry], applications: Iterable[Application], day: date
) -> dict[int, Decimal]:
    """What was left of each receipt by the applications dated up to a day."""
    left: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in applications:
        if each.posting_date <= day:
            left[each.inbound_entry_no] += each.quantity
    return {entry.entry_no: left[entry.entry_no] for entry in entries if entry.is_inbound}


def revaluable_layers(
    entries: Sequence[Entry],
    applications: Iterable[Application],
    day: date,
    *,
    costing_method: str,
    is_per_item: bool,
) -> list[Revaluable]:
    """The layers of an item on a day, in the order of location, variant and entry number; `is_per_item`:
    whether an average is one of the item or each place's own.
    """
    left = remaining_on(entries, applications, day)
    layers = []
    for entry in sorted(entries, key=lambda each: (each.location_code, each.variant_code, each.entry_no)):
        quantity = left.get(entry.entry_no, ZERO)
        if quantity > 0 and _is_revaluable(entry, day, costing_method):
            layers.append(Revaluable(entry, quantity, value_on(entry, quantity, day)))
    if costing_method != "Average":
        return layers
    if is_per_item:
        return _at_average(entries, layers, day)
    valued = {
        each.entry.entry_no: each
        for place in {_place_of(entry) for entry in entries}
        for each in _at_average(
            [entry for entry in entries if _place_of(entry) == place],
            [layer for layer in layers if _place_of(layer.entry) == place],
            day,
        )
    }
    return [valued[layer.entry.entry_no] for layer in layers]


def _place_of(entry: Entry) -> tuple[str, str]:
    return (entry.variant_code, entry.location_code)


def _is_revaluable(entry: Entry, day: date, costing_method: str) -> bool:
    if costing_method == "Standard" and not entry.is_completely_invoiced:
        return entry.posting_date <= day
    invoiced_on = entry.last_invoice_date or entry.posting_date
    return entry.is_completely_invoiced and invoiced_on <= day


def value_on(entry: Entry, quantity: Decimal, day: date) -> Decimal:
    """What a part of a receipt was worth on a day; not rounded."""
    total = ZERO
    for value in entry.values:
        seen_on = value.posting_date if "output" in entry.entry_type else value.valuation_date
        if value.is_rounding or seen_on > day:
            continue
        # What an invoice takes back of a revaluation is its share of the whole receipt.
        is_taken_back = not value.is_expected and not value.actual
        is_revaluation = value.entry_type == "revaluation" and not is_taken_back
        whole = value.valued_quantity if is_revaluation else entry.quantity
        total = WIDE.add(total, WIDE.divide(WIDE.multiply(_amount(value, entry), quantity), whole))
    return total


def _amount(value: Value, entry: Entry) -> Decimal:
    """Expected cost counts as far as it is not invoiced; what an invoice takes back is in that already."""
    return value.actual + (ZERO if entry.is_completely_invoiced else value.expected)


def _at_average(entries: Sequence[Entry], layers: list[Revaluable], day: date) -> list[Revaluable]:
    """At average cost every unit is worth the same: actual cost by invoiced quantity, not below 0."""
    cost = quantity = ZERO
    for entry in entries:
        for value in entry.values:
            late = value.posting_date > day and not value.is_charge and value.entry_type != "revaluation"
            if value.valuation_date <= day and not late:
                cost += value.actual
                quantity += value.invoiced_quantity
    if quantity <= 0 or cost < 0:
        return [Revaluable(each.entry, each.quantity, ZERO) for each in layers]
    return [
        Revaluable(each.entry, each.quantity, WIDE.divide(WIDE.multiply(cost, each.quantity), quantity))
        for each in layers
    ]


def total_of(layers: Iterable[Revaluable], precision: Decimal) -> tuple[Decimal, Decimal]:
    """Quantity and rounded value of all layers."""
    layers = list(layers)
    value = round_amount(sum((each.value for each in layers), ZERO), precision)
    return sum((each.quantity for each in layers), ZERO), value


def spread(layers: Sequence[Revaluable], new_total: Decimal, precision: Decimal) -> list[Revaluation]:
    """Give each layer its share of a new total by quantity; rounding is carried, the last takes the rest."""
    quantity = sum((each.quantity for each in layers), ZERO)
    done_quantity = done_new = done_old = old = ZERO
    found = []
    for each in layers:
        done_quantity += each.quantity
        old = WIDE.add(old, each.value)
        new_so_far = _rounded_share(new_total, done_quantity, quantity, precision)
        old_so_far = round_amount(old, precision)
        difference = (new_so_far - done_new) - (old_so_far - done_old)
        done_new, done_old = new_so_far, old_so_far
        found.append(_revaluation(each, difference, precision))
    return found


def _rounded_share(total: Decimal, part: Decimal, of_quantity: Decimal, precision: Decimal) -> Decimal:
    return round_amount(WIDE.divide(WIDE.multiply(total, part), of_quantity), precision)


def _revaluation(layer: Revaluable, difference: Decimal, precision: Decimal) -> Revaluation:
    """The difference as actual cost, or for the part that is not invoiced as expected cost."""
    entry = layer.entry
    if entry.is_completely_invoiced:
        return Revaluation(entry, layer.quantity, difference)
    expected = _rounded_share(difference, entry.uninvoiced, entry.quantity, precision)
    return Revaluation(entry, layer.quantity, difference - expected, expected)


def revalue_whole(entry: Entry, new_total: Decimal) -> Revaluation:
    """Give the whole of a receipt a new value, what was issued from it included."""
    present = sum(
        (value.actual for value in entry.values if not value.is_rounding and not value.is_partial), ZERO
    )
    return Revaluation(entry, entry.quantity, new_total - present)
