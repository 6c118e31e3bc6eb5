"""Looking at what a code means and what lies where."""

from dataclasses import dataclass, replace
from decimal import Decimal

from terminal.flows import hand
from terminal.flows.codes import (
    BadgeCode,
    BinCode,
    ItemCode,
    Misread,
    SeveralItems,
    StockLine,
    TrackingCode,
    UnknownCode,
)
from terminal.flows.step import (
    Answer,
    Became,
    Event,
    Facts,
    Pressed,
    Prompt,
    Row,
    Scanned,
    Step,
    say,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpState:
    """What is shown, and what lies there as this device believes."""

    facts: Facts
    item: ItemCode | None = None
    bin: BinCode | None = None
    stock: tuple[StockLine, ...] = ()
    choices: tuple[ItemCode, ...] = ()


class LookUp:
    """Look up: scan anything to see what it is.

    An item shows the bins where it lies and how many; a bin shows what lies in it. The numbers are the
    books' at the time that stands above them, with what this device did since. Nothing is changed.
    """

    name = "look_up"

    def begin(self, facts: Facts) -> Step:
        """Nothing scanned yet."""
        return self._show(LookUpState(facts=facts))

    def advance(self, state: LookUpState, event: Event) -> Step:
        """The step after an event; only scans and a choice change anything."""
        if isinstance(event, Pressed):
            item = hand.chosen(event.action, state.choices)
            return self._show(replace(state, item=item, choices=()))
        if not isinstance(event, Scanned):
            return self._show(state)
        match event.resolved:
            case ItemCode() as item:
                shown = LookUpState(facts=state.facts, item=item, stock=event.stock)
                return self._show(shown, hand.went("look_up.found", item=item.description))
            case BinCode() as code:
                shown = LookUpState(facts=state.facts, bin=code, stock=event.stock)
                return self._show(shown, hand.went("look_up.found", item=code.code))
            case SeveralItems() as several:
                asking = LookUpState(facts=state.facts, choices=several.choices)
                return self._show(asking, hand.several_answer(several))
            case UnknownCode(text=text):
                return self._show(state, hand.look("code.unknown", code=text), Became.UNKNOWN)
            case TrackingCode():
                return self._show(state, hand.look("code.number_without_item"), Became.SHOWN)
            case BadgeCode(name=name):
                return self._show(state, hand.went("badge.of", name=name))
            case Misread():
                return self._show(state, hand.stop("code.misread"), Became.MISREAD)

    def _show(self, state: LookUpState, answer: Answer | None = None, became: Became = Became.SHOWN) -> Step:
        total = sum((line.quantity_base for line in state.stock), Decimal(0))
        prompt = Prompt(
            title=say("look_up.title"),
            ask=say("ask.choose_item") if state.choices else say("look_up.ask"),
            bin_code=state.bin.code if state.bin is not None else "",
            item=state.item,
            quantity=total if state.item is not None else None,
            rows=tuple(_row(state, line) for line in state.stock),
            actions=hand.choices_of(state.choices) if state.choices else (),
        )
        return Step(state=state, prompt=prompt, answer=answer, became=became)


def _row(state: LookUpState, line: StockLine) -> Row:
    number = line.lot_no or line.serial_no
    return Row(
        label=say("plain", text=line.bin_code if state.item is not None else line.description),
        code=line.bin_code if state.item is not None else line.item_no,
        quantity=line.quantity_base,
        detail=say("stock.number", no=number) if number else None,
    )
