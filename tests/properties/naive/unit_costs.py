"""The unit cost on the item card, at posting and after an adjustment (rules section 5)."""

from fractions import Fraction

from tests.properties.naive.entries import ZERO, Books, Entry, Item, round_to

UNIT_COST_STEP = Fraction(1, 100000)


def round_unit_cost(value: Fraction) -> Fraction:
    """A unit cost as it stands on the card."""
    return round_to(value, UNIT_COST_STEP)


def note_invoice(books: Books, entry: Entry, quantity: Fraction, direct_cost: Fraction) -> None:
    """A receipt was invoiced: its cost is the card's when stock came from none or less."""
    item = books.items[entry.item]
    if item.method == "Standard" or direct_cost <= 0:
        return
    on_hand = sum((other.invoiced for other in books.of_item(item.no)), ZERO)
    if 0 < on_hand <= quantity:
        item.unit_cost = round_unit_cost(direct_cost / quantity)


def cost_of_card(books: Books, item: Item) -> None:
    """The card after an adjustment of its item."""
    if item.method == "Standard":
        item.unit_cost = item.standard_cost
        return
    entries = list(books.of_item(item.no))
    counted = [entry for entry in entries if entry.is_inbound or entry.remaining == 0]
    quantity = sum((entry.quantity for entry in counted), ZERO)
    cost = sum((entry.cost for entry in counted), ZERO)
    if quantity > 0:
        of_layers = _cost_of_open_layers(entries) if cost == books.amount_unit else ZERO
        unit_cost = of_layers or round_unit_cost(max(cost, ZERO) / quantity)
        item.unit_cost = unit_cost or item.unit_cost
    elif entries and quantity == 0 and not any(entry.remaining for entry in entries):
        item.unit_cost = _cost_of_last_issue(entries) or item.unit_cost


def _cost_of_open_layers(entries: list[Entry]) -> Fraction:
    layers = [entry for entry in entries if entry.is_inbound and entry.remaining > 0]
    remaining = sum((entry.remaining for entry in layers), ZERO)
    if not remaining:
        return ZERO
    cost = sum((entry.cost * entry.remaining / entry.quantity for entry in layers), ZERO)
    return round_unit_cost(cost / remaining)


def _cost_of_last_issue(entries: list[Entry]) -> Fraction:
    issues = [entry for entry in entries if not entry.is_inbound]
    last = max(
        issues,
        key=lambda each: (
            each.is_average_valued,
            each.kind != "correction",
            each.valuation_date,
            each.no,
        ),
    )
    return round_unit_cost(max(last.cost / last.quantity, ZERO))
