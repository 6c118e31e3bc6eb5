"""The model: takes a scenario's steps one by one and tells every figure of every entry.

Always holds: a step that must be refused is left out; what the model does not know raises NotModelled.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.properties.naive.applying import apply_new, move_valuation_date
from tests.properties.naive.costs import adjust, derive
from tests.properties.naive.entries import ZERO, Assembly, Books, Entry, Value, number
from tests.properties.naive.invoicing import invoice_issue, invoice_receipt, post_purchase_cost
from tests.properties.naive.revaluing import NotModelled, revalue
from tests.properties.naive.shares import first_document, share
from tests.properties.naive.unit_costs import note_invoice

Step = dict[str, Any]
SHIPPED_ONLY = {"purchase_receipt", "sales_shipment", "sales_return_receipt"}
KINDS = {
    "positive_adjustment": "positive_adjustment",
    "negative_adjustment": "negative_adjustment",
    "purchase": "purchase",
    "purchase_receipt": "purchase",
    "purchase_return": "purchase",
    "sale": "sale",
    "sales_shipment": "sale",
    "sales_return": "sale",
    "sales_return_receipt": "sale",
}
INBOUND = {
    "positive_adjustment",
    "purchase",
    "purchase_receipt",
    "sales_return",
    "sales_return_receipt",
}


class NaiveLedger:
    """All that was posted. `named`: the entries of a name as FORMAT.md gives them."""

    def __init__(self, setup: dict[str, Any]) -> None:
        settings = setup.get("settings") or {}
        self.books = Books(setup)
        self.named: dict[str, list[Entry]] = {}
        self._automatic = settings.get("automatic_cost_adjustment", "never")
        self._work_date: date = settings.get("work_date") or date(2026, 1, 1)
        self._dirty: set[str] = set()
        self._switched_off: set[str] = set()
        self._touched: list[Entry] = []

    def take(self, step: Step) -> None:
        """Do one step."""
        self.books.step += 1
        if step.get("expect_error"):
            return
        self._touched = []
        action = self._action(step["do"])
        action(step)
        self._dirty |= {entry.item for entry in self._touched}
        if self._touched:
            self._adjust_automatically()

    def entries(self, name: str) -> list[Entry]:
        """The entries of a name."""
        return self.named.get(name, [])

    def _action(self, do: str) -> Callable[[Step], None]:
        if do in KINDS:
            return self._move
        actions: dict[str, Callable[[Step], None]] = {
            "purchase_invoice": self._invoice_receipt,
            "sales_invoice": self._invoice_issue,
            "sales_return_invoice": self._invoice_issue,
            "transfer": self._transfer,
            "transfer_shipment": self._transfer,
            "transfer_receipt": self._receive_transfer,
            "item_charge": self._charge,
            "revaluation": self._revalue,
            "assembly": self._assemble,
            "adjust_cost": self._adjust,
            "undo_receipt": self._undo_receipt,
            "undo_shipment": self._undo_shipment,
            "set": self._set,
            "set_item": self._set_item,
        }
        return actions.get(do, lambda step: None)

    def _only(self, name: str) -> Entry:
        (entry,) = self.named[name]
        return entry

    def _make(self, step: Step, name: str, kind: str, quantity: Fraction, **fields: Any) -> Entry:
        day = fields.pop("day", step.get("date"))
        entry = Entry(
            no=len(self.books.entries) + 1,
            ref=name,
            kind=kind,
            item=fields.pop("item", step.get("item")),
            variant=fields.pop("variant", step.get("variant") or ""),
            location=fields.pop("location", step.get("location") or ""),
            lot=fields.pop("lot", step.get("lot") or ""),
            day=day,
            quantity=quantity,
            step=self.books.step,
            valuation_date=fields.pop("valuation_date", day),
            **fields,
        )
        self.books.entries.append(entry)
        self.named.setdefault(name, []).append(entry)
        self._touched.append(entry)
        if not entry.is_inbound:
            entry.first_unit_cost = self.books.items[entry.item].unit_cost
        return entry

    def _move(self, step: Step) -> None:
        do = step["do"]
        quantity = number(step["quantity"]) * (1 if do in INBOUND else -1)
        copied = self._only(step["applies_from"]) if step.get("applies_from") else None
        fixed = self._only(step["applies_to"]) if step.get("applies_to") else None
        entry = self._make(step, step["ref"], KINDS[do], quantity, copies=copied)
        entry.has_shipment = do in SHIPPED_ONLY
        if entry.is_inbound:
            self._cost_receipt(step, entry)
            apply_new(self.books, entry)
            return
        is_average = self.books.method(entry) == "Average"
        entry.is_average_valued = is_average and fixed is None
        apply_new(self.books, entry, fixed)
        self._first_cost(entry, self.books.amount(entry.quantity * entry.first_unit_cost))
        if fixed is not None:
            derive(self.books, entry)

    def _first_cost(self, entry: Entry, amount: Fraction) -> None:
        if entry.has_shipment:
            entry.shipment_expected = amount
        else:
            first_document(entry, amount)

    def _cost_receipt(self, step: Step, entry: Entry) -> None:
        books, item = self.books, self.books.items[entry.item]
        if entry.copies is not None:
            move_valuation_date(books, entry, entry.copies.valuation_date)
            self._first_cost(entry, ZERO)
            derive(books, entry)
            if not entry.has_shipment:
                note_invoice(books, entry, entry.quantity, entry.actual)
        elif entry.kind == "sale":
            amount = books.amount(entry.quantity * item.unit_cost)
            entry.first_unit_cost = item.unit_cost
            self._fix_cost(step, entry, amount)
        elif entry.kind == "positive_adjustment":
            unit_cost = item.standard_cost if item.method == "Standard" else number(step["unit_cost"])
            self._fix_cost(step, entry, books.amount(entry.quantity * unit_cost))
        else:
            post_purchase_cost(books, entry, number(step["unit_cost"]))

    def _fix_cost(self, step: Step, entry: Entry, amount: Fraction) -> None:
        """A cost that nothing but charges and revaluations changes any more."""
        entry.values.append(
            Value(
                "direct_cost",
                ZERO if entry.has_shipment else amount,
                step=self.books.step,
                day=step["date"],
                valuation_date=entry.day,
                expected=amount if entry.has_shipment else ZERO,
                is_receipt=entry.has_shipment,
                valued_quantity=ZERO if entry.has_shipment else entry.quantity,
            )
        )
        if not entry.has_shipment:
            entry.invoiced = entry.quantity
            note_invoice(self.books, entry, entry.quantity, amount)

    def _invoice_receipt(self, step: Step) -> None:
        entry = self._only(step["receipt"])
        self._touched.append(entry)
        invoice_receipt(self.books, entry, step)

    def _invoice_issue(self, step: Step) -> None:
        entry = self._only(step["shipment"] if "shipment" in step else step["receipt"])
        self._touched.append(entry)
        if entry.is_inbound and entry.copies is None:
            invoice_receipt(self.books, entry, step)
        else:
            invoice_issue(self.books, entry, step)

    def _transfer(self, step: Step) -> None:
        order = step["ref"] if step["do"] == "transfer_shipment" else ""
        target = step["in_transit"] if order else step["to"]
        self._carry(step, step["from"], target, (number(step["quantity"]), "", order))

    def _receive_transfer(self, step: Step) -> None:
        shipped = self.named[f"{step['shipment']}.in"]
        first = shipped[0]
        quantity = sum((entry.quantity for entry in shipped), ZERO)
        known = {"item": first.item, "variant": first.variant, "lot": first.lot}
        self._carry(step | known, first.location, step["to"], (quantity, first.order, ""))

    def _carry(self, step: Step, source: str, target: str, what: tuple[Fraction, str, str]) -> None:
        """Both legs of a transfer; of what: quantity, order taken from, order brought to."""
        books = self.books
        quantity, from_order, to_order = what
        name = step["ref"]
        out = self._make(step, f"{name}.out", "transfer", -quantity, location=source or "", order=from_order)
        is_average = books.method(out) == "Average"
        out.is_average_valued = is_average and not from_order
        apply_new(books, out)
        if out.remaining != 0:
            raise NotModelled("transfer of more than there is")
        self._first_cost(out, books.amount(-quantity * out.first_unit_cost))
        if not out.is_average_valued:
            derive(books, out)
        taken = (
            [(None, quantity)]
            if is_average
            else [(each.inbound, each.quantity) for each in books.taken_by(out)]
        )
        for layer, part in taken:
            leg = self._make(
                step,
                f"{name}.in",
                "transfer",
                part,
                location=target or "",
                order=to_order,
                copies=out if layer is None else None,
                layer=layer,
                via=None if layer is None else out,
                valuation_date=out.valuation_date,
            )
            self._first_cost(leg, -out.actual if layer is None else share(books, layer, out, part))
            apply_new(books, leg)

    def _charge(self, step: Step) -> None:
        for assigned in step["assign"]:
            entry = self._only(assigned["to"])
            if step.get("kind") == "sale" or not entry.is_inbound:
                continue
            self._touched.append(entry)
            amount = number(assigned["amount"])
            of_standard = self.books.method(entry) == "Standard"
            for kind, part in [("direct_cost", amount)] + [("variance", -amount)] * of_standard:
                entry.values.append(
                    Value(
                        kind,
                        part,
                        step=self.books.step,
                        day=step["date"],
                        valuation_date=entry.valuation_date,
                        is_charge=True,
                    )
                )

    def _revalue(self, step: Step) -> None:
        items = revalue(self.books, step)
        self._touched += [entry for entry in self.books.entries if entry.item in items][-1:]
        if step.get("update_standard_cost"):
            for item in items:
                self._set_item({"item": item, "standard_cost": step["unit_cost_revalued"]})

    def _assemble(self, step: Step) -> None:
        books, name = self.books, step["ref"]
        consumed = []
        for place, component in enumerate(step["components"], 1):
            quantity = -number(component["quantity"])
            fields = {key: component.get(key) or "" for key in ("item", "variant", "lot")}
            issue = self._make(step, f"{name}.c{place}", "assembly_consumption", quantity, **fields)
            issue.is_average_valued = books.method(issue) == "Average"
            apply_new(books, issue)
            self._first_cost(issue, books.amount(quantity * issue.first_unit_cost))
            consumed.append(issue)
        output = self._make(step, f"{name}.output", "assembly_output", number(step["quantity"]))
        resources = step.get("resources") or []
        total = sum(
            (number(each["direct_cost"]) + number(each.get("overhead", 0)) for each in resources), ZERO
        )
        item = books.items[output.item]
        standard = books.amount(output.quantity * item.standard_cost) if item.method == "Standard" else None
        output.assembly = Assembly(consumed, total, standard)
        self._first_cost(output, ZERO)
        derive(books, output)
        note_invoice(books, output, output.quantity, output.total("direct_cost"))
        apply_new(books, output)

    def _undo_receipt(self, step: Step) -> None:
        receipt = self._only(step["of"])
        amount = receipt.expected
        receipt.values.append(
            Value(
                "direct_cost",
                amount,
                step=self.books.step,
                day=receipt.day,
                valuation_date=receipt.valuation_date,
                expected=-amount,
                valued_quantity=receipt.quantity,
            )
        )
        receipt.invoiced = receipt.quantity
        correction = self._make(step, step["ref"], "correction", -receipt.quantity, **_place_of(receipt))
        apply_new(self.books, correction, receipt)
        self._first_cost(correction, ZERO)
        derive(self.books, correction)

    def _undo_shipment(self, step: Step) -> None:
        shipment = self._only(step["of"])
        all_of_it = {"date": shipment.day, "quantity": -shipment.quantity}
        invoice_issue(self.books, shipment, all_of_it)
        shipment.documents[-1].actual = -shipment.documents[-1].expected
        correction = self._make(
            step,
            step["ref"],
            "correction",
            -shipment.quantity,
            copies=shipment,
            valuation_date=shipment.valuation_date,
            **_place_of(shipment),
        )
        self._first_cost(correction, ZERO)
        derive(self.books, correction)
        apply_new(self.books, correction)

    def _set(self, step: Step) -> None:
        self._work_date = step.get("work_date") or self._work_date

    def _set_item(self, step: Step) -> None:
        item = self.books.items[step["item"]]
        item.method = step.get("costing_method", item.method)
        item.standard_cost = number(step.get("standard_cost", item.standard_cost))
        if item.method == "Standard":
            item.unit_cost = item.standard_cost
        elif "unit_cost" in step:
            item.unit_cost = number(step["unit_cost"])

    def _adjust(self, _step: Step) -> None:
        adjust(self.books, self._dirty)
        self._dirty, self._switched_off = set(), set()

    def _adjust_automatically(self) -> None:
        if self._automatic == "never":
            return
        for entry in self._touched:
            compared = entry.valuation_date if self.books.method(entry) == "Average" else entry.day
            if compared < _span_start(self._automatic, self._work_date):
                self._switched_off.add(entry.item)
        if any(entry.item not in self._switched_off for entry in self._touched):
            adjust(self.books, self._dirty)
            self._dirty = set()


def _place_of(entry: Entry) -> dict[str, Any]:
    names = ("item", "variant", "location", "lot", "day")
    return {name: getattr(entry, name) for name in names}


def _span_start(span: str, work_date: date) -> date:
    if span == "always":
        return date.min
    if span == "month":
        first = work_date.replace(day=1) - timedelta(days=1)
        return first.replace(day=min(work_date.day, first.day))
    return work_date - timedelta(days={"day": 1, "week": 7}[span])
