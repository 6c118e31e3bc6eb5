"""Revaluations: what can be revalued at a date, and what it puts on each receipt (rules section 7)."""

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.properties.naive.entries import ZERO, Books, Entry, Value, number
from tests.properties.naive.shares import is_completely_invoiced, last_invoice_day


class NotModelled(Exception):
    """Something that the model leaves to others; the text says what."""


class Layer(NamedTuple):
    """What is left of a receipt at a date, and its present cost."""

    entry: Entry
    quantity: Fraction
    cost: Fraction


def revaluable_layers(books: Books, item: str, day: date) -> list[Layer]:
    """The receipts of which something is left, in the order in which a new value is spread."""
    layers = []
    for entry in books.of_item(item):
        quantity = _left_at(books, entry, day)
        if not entry.is_inbound or quantity <= 0:
            continue
        if not is_completely_invoiced(books, entry):
            if books.items[item].method == "Standard":
                raise NotModelled("revaluation of a standard item's receipt that is not invoiced")
            continue
        if last_invoice_day(entry) > day:
            continue
        layers.append(Layer(entry, quantity, ZERO))
    layers.sort(key=lambda each: (each.entry.location, each.entry.variant, each.entry.no))
    costs = _present_costs(books, layers, day)
    return [layer._replace(cost=cost) for layer, cost in zip(layers, costs, strict=True)]


def value_of(layers: list[Layer]) -> Fraction:
    """The value that a revaluation proposes."""
    return sum((layer.cost for layer in layers), ZERO)


def revalue(books: Books, step: dict[str, Any]) -> set[str]:
    """Post a revaluation; the items it touched."""
    named = [entry for entry in books.entries if entry.ref == step.get("applies_to")]
    if step["mode"] == "entry":
        (entry,) = named
        kept = entry.actual - entry.total("rounding") - _partial(entry)
        new = _new_total(books, step, entry.quantity)
        whole = Layer(entry, entry.quantity, kept)
        _post(books, step["date"], whole, new - kept, is_partial=False)
        return {entry.item}
    item = named[0].item if named else step["item"]
    layers = revaluable_layers(books, item, step["date"])
    if named:
        layers = [layer for layer in layers if layer.entry in named]
    target = _new_total(books, step, sum((layer.quantity for layer in layers), ZERO))
    for layer, new in zip(layers, spread(books, target, layers), strict=True):
        _post(books, step["date"], layer, new - layer.cost)
    return {item}


def spread(books: Books, total: Fraction, layers: list[Layer]) -> list[Fraction]:
    """A total over layers by quantity: rounding is carried on, the last takes the rest."""
    quantity = sum((layer.quantity for layer in layers), ZERO)
    parts: list[Fraction] = []
    exact = ZERO
    for layer in layers:
        exact += total * layer.quantity / quantity
        parts.append(books.amount(exact - sum(parts, ZERO)))
    parts[-1] = books.amount(total) - sum(parts[:-1], ZERO)
    return parts


def _new_total(books: Books, step: dict[str, Any], quantity: Fraction) -> Fraction:
    if "inventory_value_revalued" in step:
        return number(step["inventory_value_revalued"])
    return books.amount(number(step["unit_cost_revalued"]) * quantity)


def _post(books: Books, day: date, layer: Layer, amount: Fraction, *, is_partial: bool = True) -> None:
    entry, valued_quantity, _ = layer
    entry.values.append(
        Value(
            "revaluation",
            amount,
            step=books.step,
            day=day,
            valuation_date=max(day, entry.valuation_date),
            is_partial=is_partial,
            valued_quantity=valued_quantity,
        )
    )


def _left_at(books: Books, entry: Entry, day: date) -> Fraction:
    own = entry.quantity if entry.day <= day else ZERO
    return own - sum((each.quantity for each in books.taken_from(entry) if each.day <= day), ZERO)


def _partial(entry: Entry) -> Fraction:
    return sum((value.actual for value in entry.values if value.is_partial), ZERO)


def _present_costs(books: Books, layers: list[Layer], day: date) -> list[Fraction]:
    """What each layer is worth; of an average item all of a place together, spread over its layers."""
    costs = [books.amount(_cost_left(books, layer, day)) for layer in layers]
    for scope in {books.scope(layer.entry) for layer in layers if books.method(layer.entry) == "Average"}:
        places = [place for place, layer in enumerate(layers) if books.scope(layer.entry) == scope]
        within = [layers[place] for place in places]
        average = max(_average_at(books, within[0].entry, day), ZERO)
        total = average * sum((layer.quantity for layer in within), ZERO)
        for place, part in zip(places, spread(books, total, within), strict=True):
            costs[place] = part
    return costs


def _cost_left(books: Books, layer: Layer, day: date) -> Fraction:
    entry, quantity, _ = layer
    cost = ZERO
    if _base_day(entry) <= day:
        cost += sum((document.actual for document in entry.documents), ZERO) * quantity / entry.quantity
    for value in entry.values:
        valued_on = value.valuation_date if value.kind == "revaluation" else _base_day(entry)
        if value.kind != "rounding" and valued_on <= day:
            cost += value.actual * quantity / (value.valued_quantity if value.is_partial else entry.quantity)
    return cost


def _base_day(entry: Entry) -> date:
    return entry.day if entry.assembly is not None else entry.valuation_date


def _average_at(books: Books, layer: Entry, day: date) -> Fraction:
    quantity = cost = ZERO
    for entry in books.of_item(layer.item):
        if books.scope(entry) != books.scope(layer):
            continue
        if entry.valuation_date <= day:
            documents = [each for each in entry.documents if each.day <= day]
            cost += sum((each.actual for each in documents), ZERO)
            if entry.documents:
                quantity += sum((each.quantity for each in documents), ZERO) * (1 if entry.is_inbound else -1)
        for value in entry.values:
            is_loose = value.is_charge or value.kind == "revaluation"
            if value.valuation_date <= day and (is_loose or value.day <= day):
                cost += value.actual
                quantity += value.valued_quantity if value.kind == "direct_cost" else ZERO
    return cost / quantity if quantity > 0 else ZERO
