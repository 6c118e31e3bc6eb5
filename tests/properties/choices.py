"""What can be done next in a random history, and one of it chosen.

Always holds: whatever is chosen would be accepted, as far as the rules tell; a kind of step for which there
is nothing to choose from is passed over.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.properties.naive.applying import free_quantity
from tests.properties.naive.averages import period_of
from tests.properties.naive.entries import ZERO, Entry
from tests.properties.naive.ledger import NaiveLedger
from tests.properties.naive.revaluing import NotModelled, revaluable_layers
from tests.properties.naive.shares import is_completely_invoiced

T = TypeVar("T")
Step = dict[str, Any]
FIRST_DAY = date(2026, 1, 5)
PRICES = ("10", "3.33333", "7.07", "0.01", "12.345", "1", "100", "0.33", "5.5")
QUANTITIES = ("1", "2", "3", "5", "7", "10", "0.5", "1.33333")
# How many kinds of step are tried where nothing can be done of the first.
TRIES = 4
CHARGEABLE = {"purchase", "sale", "transfer"}


class Choices:
    """Draws the next steps of one history; `next_steps` gives none where nothing can be done."""

    def __init__(self, draw: st.DrawFn, shape: Any, ledger: NaiveLedger, setup: dict[str, Any]) -> None:
        self._draw, self._shape, self._ledger = draw, shape, ledger
        self._items = [card["no"] for card in setup["items"]]
        self._tracked = {card["no"] for card in setup["items"] if card.get("tracking")}
        self._places = ["", *[code for code in setup["locations"] if code != "TRANSIT"]]
        self._books = ledger.books

    def next_steps(self, ref: str) -> list[Step]:
        """One step of a random kind, with what must go before it."""
        kinds: list[Callable[[str], list[Step]]] = [
            self._receive,
            self._receive,
            self._issue,
            self._issue,
            self._issue_fixed,
            self._invoice,
            self._invoice,
            self._return,
            self._charge,
            self._undo,
        ]
        kinds += [self._transfer] * 2 * self._shape.transfers
        kinds += [self._receive_transfer] * (4 if self._in_transit() else 0)
        kinds += [self._revalue] * 3 * self._shape.revaluations
        kinds += [self._assemble] * self._shape.assemblies
        kinds += [self._change_standard] * self._shape.revaluations
        kinds += [self._adjust] * self._shape.adjusts
        for _ in range(TRIES):
            steps = self._one_of(kinds)(ref)
            if steps:
                return steps
        return []

    def _one_of(self, values: list[T]) -> T:
        return self._draw(st.sampled_from(values))

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._draw(st.integers(0, self._shape.days)))

    def _quantity(self, most: Fraction | None = None) -> Decimal:
        """A quantity, not above `most`; sometimes all of it."""
        quantity = Decimal(self._one_of(list(QUANTITIES)))
        if most is None:
            return quantity
        whole = as_decimal(most)
        return whole if quantity > whole or self._draw(st.booleans()) else quantity

    def _price(self) -> Decimal:
        return Decimal(self._one_of(list(PRICES)))

    def _somewhere(self) -> Step:
        item = self._one_of(self._items)
        place = {"item": item, "location": self._one_of(self._places)}
        return place | ({"lot": self._one_of(["LA", "LB"])} if item in self._tracked else {})

    def _receive(self, ref: str) -> list[Step]:
        do = self._one_of(["purchase", "purchase_receipt", "positive_adjustment"])
        step = {"ref": ref, "do": do, "date": self._day(), **self._somewhere()}
        return [step | {"quantity": self._quantity(), "unit_cost": self._price()}]

    def _issue(self, ref: str) -> list[Step]:
        do = self._one_of(["sale", "sales_shipment", "negative_adjustment", "purchase_return"])
        place = self._somewhere()
        stock = self._stock(place)
        if "lot" in place or not self._shape.negative:
            if stock <= 0:
                return []
            quantity = self._quantity(stock)
        else:
            is_short = stock <= 0 or self._draw(st.integers(0, 3)) == 3
            if stock <= 0 and self._draw(st.integers(0, 2)) < 2:
                return []
            quantity = self._quantity(None if is_short else stock)
        step = {"ref": ref, "do": do, "date": self._day(), **place, "quantity": quantity}
        return [step | ({"unit_cost": self._price()} if do == "purchase_return" else {})]

    def _issue_fixed(self, ref: str) -> list[Step]:
        receipts = [(each, self._free(each)) for each in self._single() if each.is_inbound and not each.order]
        receipts = [(each, free) for each, free in receipts if free > 0]
        if not receipts:
            return []
        receipt, free = self._one_of(receipts)
        do = self._one_of(["sale", "sales_shipment", "negative_adjustment", "purchase_return"])
        step = {"ref": ref, "do": do, "date": self._day(), **place_of(receipt)}
        step |= {"quantity": self._quantity(free), "applies_to": receipt.ref}
        return [step | ({"unit_cost": self._price()} if do == "purchase_return" else {})]

    def _free(self, receipt: Entry) -> Fraction:
        """What a fixed application may take; what a revaluation has reached stays where it is."""
        is_revalued = any(
            value.is_partial for entry in self._books.of_item(receipt.item) for value in entry.values
        )
        users = [each.outbound for each in self._books.taken_from(receipt)]
        # What followed the issue's dates and costs would follow it back: the rules are silent on how.
        is_followed = any(self._books.recipients_of(issue) for issue in users)
        if is_revalued or is_followed or not self._shape.steals:
            return receipt.remaining
        return free_quantity(self._books, receipt)

    def _invoice(self, ref: str) -> list[Step]:
        open_entries = [
            each
            for each in self._single()
            if each.invoiced != each.quantity and each.has_shipment and each.kind in {"purchase", "sale"}
        ]
        if not open_entries:
            return []
        entry = self._one_of(open_entries)
        quantity = self._quantity(abs(entry.quantity - entry.invoiced))
        step = {"ref": ref, "date": self._day(), "quantity": quantity}
        if entry.kind == "purchase":
            return [step | {"do": "purchase_invoice", "receipt": entry.ref, "unit_cost": self._price()}]
        if entry.is_inbound:
            return [step | {"do": "sales_return_invoice", "receipt": entry.ref}]
        return [step | {"do": "sales_invoice", "shipment": entry.ref}]

    def _return(self, ref: str) -> list[Step]:
        sources = [each for each in self._single() if self._returnable(each) > 0]
        if not sources or (self._shape.card_returns and self._draw(st.integers(0, 4)) == 4):
            if not self._shape.card_returns:
                return []
            do = self._one_of(["sales_return", "sales_return_receipt"])
            step = {"ref": ref, "do": do, "date": self._day(), **self._somewhere()}
            return [step | {"quantity": self._quantity()}]
        source = self._one_of(sources)
        step = {"ref": ref, "date": self._day(), **place_of(source), "applies_from": source.ref}
        step["quantity"] = self._quantity(self._returnable(source))
        if source.kind == "negative_adjustment":
            return [step | {"do": "positive_adjustment", "unit_cost": self._price()}]
        return [step | {"do": self._one_of(["sales_return", "sales_return_receipt"])}]

    def _returnable(self, entry: Entry) -> Fraction:
        """What can be returned of an issue with its exact cost."""
        if entry.is_inbound or entry.kind not in {"sale", "negative_adjustment"}:
            return ZERO
        copied = sum((each.quantity for each in self._books.entries if each.copies is entry), ZERO)
        return -entry.quantity - copied

    def _charge(self, ref: str) -> list[Step]:
        receipts = [
            each for each in self._single() if each.is_inbound and each.kind in CHARGEABLE and not each.order
        ]
        if not receipts:
            return []
        amount = self._one_of([Decimal("1.00"), Decimal("0.05"), Decimal("7.77")])
        assign = [{"to": self._one_of(receipts).ref, "amount": amount}]
        return [{"ref": ref, "do": "item_charge", "date": self._day(), "assign": assign}]

    def _undo(self, ref: str) -> list[Step]:
        shipped = [each for each in self._single() if each.has_shipment and each.invoiced == 0]
        receipts = [
            each for each in shipped if each.kind == "purchase" and each.remaining == each.quantity > 0
        ]
        receipts = [each for each in receipts if not any(value.is_charge for value in each.values)]
        issues = [
            each for each in shipped if each.kind == "sale" and self._returnable(each) == -each.quantity > 0
        ]
        if not receipts + issues:
            return []
        entry = self._one_of(receipts + issues)
        return [{"ref": ref, "do": "undo_receipt" if entry.is_inbound else "undo_shipment", "of": entry.ref}]

    def _transfer(self, ref: str) -> list[Step]:
        place = self._somewhere()
        stock = self._on_hand(place)
        others = [code for code in self._places if code != place["location"]]
        if stock <= 0 or not others:
            return []
        source = place.pop("location")
        step = {"ref": ref, "date": self._day(), **place, "quantity": self._quantity(stock), "from": source}
        if self._draw(st.booleans()):
            return [step | {"do": "transfer", "to": self._one_of(others)}]
        return [step | {"do": "transfer_shipment", "in_transit": "TRANSIT"}]

    def _receive_transfer(self, ref: str) -> list[Step]:
        waiting = self._in_transit()
        if not waiting:
            return []
        shipment = self._one_of(waiting)
        step = {"ref": ref, "do": "transfer_receipt", "date": self._day(), "shipment": shipment}
        return [step | {"to": self._one_of(self._places)}]

    def _in_transit(self) -> list[str]:
        """The orders that were shipped and not received."""
        entries = [each for each in self._books.entries if each.is_inbound and each.order and each.remaining]
        return list(dict.fromkeys(each.order for each in entries))

    def _revalue(self, ref: str) -> list[Step]:
        item, day = self._one_of(self._items), self._day()
        is_average = self._books.items[item].method == "Average"
        mode = self._one_of(["item", "entry"] if is_average else ["item", "remaining", "entry"])
        step = {"ref": ref, "do": "revaluation", "mode": mode, "unit_cost_revalued": self._price()}
        if mode == "item" and is_average:
            day = period_of(self._books.period, day)[1]
        target: Step | None = {"item": item} if mode == "item" else self._layer_to_revalue(item, day, mode)
        entry = self._ledger.entries(target["applies_to"])[0] if target and mode == "entry" else None
        if entry is not None and is_average:
            # Later, the issues of the days between would have got none of it, and stock of 0 would be worth.
            day = entry.valuation_date
        if target is None or not self._can_revalue(item, day):
            return []
        if mode == "item" and not self._layers(item, day):
            return []
        return [{"ref": f"{ref}a", "do": "adjust_cost"}, step | target | {"date": day}]

    def _can_revalue(self, item: str, day: date) -> bool:
        entries = list(self._books.of_item(item))
        if any(each.day <= day < each.valuation_date for each in entries):
            # There by its posting date, worth nothing yet by its valuation date: the rules are silent.
            return False
        if any(invoice_days(each) != sorted(invoice_days(each)) for each in entries):
            # Which of its invoices is the last one, by date or as posted?
            return False
        if any(not each.is_inbound and each.remaining and each.day <= day for each in entries):
            return False
        return self._books.items[item].method != "Standard" or all(
            is_completely_invoiced(self._books, each) for each in entries if each.is_inbound
        )

    def _layers(self, item: str, day: date) -> list[Entry]:
        try:
            return [layer.entry for layer in revaluable_layers(self._books, item, day)]
        except NotModelled:
            return []

    def _layer_to_revalue(self, item: str, day: date, mode: str) -> Step | None:
        singles = self._single()
        if mode == "remaining":
            found = [each for each in self._layers(item, day) if each in singles]
        else:
            has_partial = any(
                value.is_partial for entry in self._books.of_item(item) for value in entry.values
            )
            is_barred = has_partial and self._books.items[item].method == "Average"
            found = [
                each
                for each in singles
                if each.item == item
                and each.is_inbound
                and is_completely_invoiced(self._books, each)
                and not is_barred
            ]
        return {"applies_to": self._one_of(found).ref} if found else None

    def _assemble(self, ref: str) -> list[Step]:
        if len(self._items) < 2:
            return []
        output = self._one_of(self._items[1:])
        location = self._one_of(self._places)
        components = []
        for item in self._items[: self._items.index(output)]:
            place = {"item": item, "location": location}
            if item in self._tracked:
                place["lot"] = self._one_of(["LA", "LB"])
            stock = self._on_hand(place)
            if stock > 0:
                place.pop("location")
                components.append(place | {"quantity": self._quantity(stock)})
        if not components:
            return []
        step = {"ref": ref, "do": "assembly", "date": self._day(), "item": output, "location": location}
        if output in self._tracked:
            step["lot"] = self._one_of(["LA", "LB"])
        resources = [
            {
                "direct_cost": self._one_of([Decimal("1.25"), Decimal("0.04"), Decimal(10)]),
                "overhead": Decimal("0.25"),
            }
        ]
        step |= {"quantity": self._quantity(), "components": components}
        return [step | ({"resources": resources} if self._draw(st.booleans()) else {})]

    def _change_standard(self, ref: str) -> list[Step]:
        items = [item for item in self._items if self._books.items[item].method == "Standard"]
        if not items:
            return []
        return [{"ref": ref, "do": "set_item", "item": self._one_of(items), "standard_cost": self._price()}]

    def _adjust(self, ref: str) -> list[Step]:
        return [{"ref": ref, "do": "adjust_cost"}]

    def _single(self) -> list[Entry]:
        """The entries that are alone behind their name."""
        return [entries[0] for entries in self._ledger.named.values() if len(entries) == 1]

    def _on_hand(self, place: Step) -> Fraction:
        """What a transfer or an assembly can take: what is open, none of it in transit."""
        return sum((each.remaining for each in self._at(place) if each.is_inbound), ZERO)

    def _stock(self, place: Step) -> Fraction:
        return sum((each.remaining for each in self._at(place)), ZERO)

    def _at(self, place: Step) -> list[Entry]:
        return [
            each
            for each in self._books.of_item(place["item"])
            if each.location == place["location"] and each.lot == place.get("lot", "") and not each.order
        ]


def invoice_days(entry: Entry) -> list[date]:
    """The dates of what was invoiced of an entry, in the order posted."""
    values = [value.day for value in entry.values if value.valued_quantity and not value.is_partial]
    return values or [document.day for document in entry.documents]


def place_of(entry: Entry) -> Step:
    """Item, location and lot, as a step names them."""
    place = {"item": entry.item, "location": entry.location}
    return place | ({"lot": entry.lot} if entry.lot else {})


def as_decimal(value: Fraction) -> Decimal:
    """A quantity, which has at most five decimals."""
    return Decimal(value.numerator) / Decimal(value.denominator)
