"""The machine behind tasks that take goods from one bin to another: move and put away.

One item is in hand at a time: its from-bin, how many, then the to-bin, whose scan confirms. The from-bin
stays for the next item. A number keyed while an item is in hand says how many there are in all; keyed after
the confirming scan, what is missing to it goes the same way as one more line.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from shared.wire.lines import MoveLine
from shared.wire.transactions import Body
from terminal.flows import hand
from terminal.flows.codes import (
    BadgeCode,
    BinCode,
    ItemCode,
    Misread,
    SeveralItems,
    TrackingCode,
    UnknownCode,
)
from terminal.flows.step import (
    Action,
    Answer,
    Became,
    Draft,
    Event,
    Facts,
    Message,
    Pressed,
    Prompt,
    Quantity,
    Scanned,
    Step,
    say,
)

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveState:
    """`source` is where goods are taken, `target` where they go (known before the item only in put-away)."""

    facts: Facts
    source: BinCode | None = None
    target: BinCode | None = None
    held: ItemCode | None = None
    held_quantity: Decimal = hand.ONE
    last: ItemCode | None = None
    last_quantity: Decimal = NOTHING
    last_target: BinCode | None = None
    times: Decimal | None = None
    is_keying_times: bool = False
    is_asking: bool = False
    choices: tuple[ItemCode, ...] = ()


class MoveTask:
    """What move and put away share."""

    name: ClassVar[str]
    # Whether a bin scanned with empty hands is where goods go (put-away) or where they come from (move).
    target_may_come_first: ClassVar[bool] = False

    def first_state(self, facts: Facts) -> MoveState:
        """Nothing scanned yet."""
        return MoveState(facts=facts)

    def body(self, line: MoveLine) -> Body:
        """The transaction's body for one line."""
        raise NotImplementedError

    def begin(self, facts: Facts) -> Step:
        """The first step, nothing scanned yet."""
        return self.rest(self.first_state(facts))

    def advance(self, state: MoveState, event: Event) -> Step:
        """The step after an event."""
        match event:
            case Scanned():
                return self._scanned(state, event)
            case Pressed(action):
                return self._pressed(state, action)
            case Quantity(keyed):
                return self._keyed(state, keyed)

    def rest(self, state: MoveState, answer: Answer | None = None, became: Became = Became.HELD) -> Step:
        """A step without a transaction."""
        return Step(state=state, prompt=self.prompt(state), answer=answer, became=became)

    def refuse(self, state: MoveState, answer: Answer, became: Became = Became.REFUSED_BY_FLOW) -> Step:
        """Nothing changes; the answer says what to do."""
        return self.rest(state, answer, became)

    def _scanned(self, state: MoveState, event: Scanned) -> Step:
        if state.is_asking and state.held is not None:
            pieces = hand.base_of(state.held, state.held_quantity)
            return self.refuse(state, hand.stop("quantity.answer_first", n=pieces))
        if state.choices:
            return self.refuse(state, hand.stop("code.answer_first"))
        match event.resolved:
            case ItemCode() as item:
                return self._item(state, hand.tracked(item))
            case BinCode() as code:
                return self._bin(state, code)
            case SeveralItems() as several:
                return self.rest(replace(state, choices=several.choices), hand.several_answer(several))
            case (TrackingCode() | UnknownCode()) as code:
                return self._number(state, code)
            case BadgeCode():
                return self.refuse(state, hand.stop("badge.in_task"))
            case Misread():
                return self.refuse(state, hand.stop("code.misread"), Became.MISREAD)

    # -- the item in hand

    def _item(self, state: MoveState, item: ItemCode) -> Step:
        if state.held is not None and not hand.is_same_line(state.held, item):
            return self.refuse(state, self._finish_held(state, item))
        quantity = (state.times or hand.ONE) * (item.count or hand.ONE)
        if state.held is not None:
            quantity += state.held_quantity
        fault = hand.quantity_fault(item, quantity)
        if fault is not None:
            return self.refuse(state, fault)
        held = replace(state, held=item, held_quantity=quantity, times=None, is_keying_times=False)
        return self._go_on(held)

    def _finish_held(self, state: MoveState, item: ItemCode) -> Answer:
        assert state.held is not None
        if item.serial_no and item.serial_no == state.held.serial_no:
            return hand.stop("serial.repeated", no=item.serial_no)
        number = hand.missing_number(state.held)
        return hand.stop(f"finish_first.{number or 'target'}", item=state.held.description)

    def _number(self, state: MoveState, code: TrackingCode | UnknownCode) -> Step:
        if state.held is not None and hand.missing_number(state.held) and hand.is_number(code):
            return self._go_on(replace(state, held=hand.with_number(state.held, code)))
        if isinstance(code, TrackingCode):
            return self.refuse(state, hand.stop("code.number_without_item"))
        return self.refuse(state, hand.look("code.unknown", code=code.text), Became.UNKNOWN)

    def _go_on(self, state: MoveState) -> Step:
        """Confirm when item, both bins and the quantity are known; else say what is missing."""
        item = state.held
        assert item is not None
        number = hand.missing_number(item)
        if number:
            return self.rest(state, hand.went(f"ask.{number}", item=item.description))
        if hand.is_unusual(state.facts, item, state.held_quantity) and not state.is_asking:
            return self.rest(replace(state, is_asking=True), hand.ask_quantity(item, state.held_quantity))
        if state.source is not None and state.target is not None:
            return self._confirm(state, state.target)
        big = hand.base_of(item, state.held_quantity)
        missing = "in_hand.ask_source" if state.source is None else "in_hand.ask_target"
        settled = replace(state, is_asking=False)
        # The unusual quantity was agreed to; asking again at the bin would be a second question.
        return self.rest(settled, hand.went(missing, big=big, n=big, item=item.description))

    # -- bins

    def _bin(self, state: MoveState, code: BinCode) -> Step:
        if state.held is not None and hand.missing_number(state.held):
            return self.refuse(state, self._finish_held(state, state.held))
        if state.source is not None and (state.held is not None or self.target_may_come_first):
            return self._target(state, code)
        if not code.gives_goods:
            return self.refuse(state, hand.stop("bin.blocked", bin=code.code))
        at_source = replace(state, source=code, last=None)
        if at_source.held is not None:
            big = hand.base_of(at_source.held, at_source.held_quantity)
            return self.rest(at_source, hand.went("in_hand.ask_target", big=big, n=big))
        return self.rest(at_source, hand.went("bin.from_here", bin=code.code))

    def _target(self, state: MoveState, code: BinCode) -> Step:
        if code == state.source:
            return self.refuse(state, hand.stop("bin.same", bin=code.code))
        if not code.takes_goods:
            return self.refuse(state, hand.stop("bin.blocked", bin=code.code))
        if state.held is None:
            return self.rest(replace(state, target=code, last=None), hand.went("bin.to_here", bin=code.code))
        return self._confirm(state, code)

    def _confirm(self, state: MoveState, target: BinCode) -> Step:
        item, quantity, source = state.held, state.held_quantity, state.source
        assert item is not None
        assert source is not None
        is_more = hand.is_same_line(state.last, item) and state.last_target == target
        total = quantity + (state.last_quantity if is_more else NOTHING)
        after = MoveState(
            facts=state.facts, source=source, last=item, last_quantity=total, last_target=target
        )
        places = {"bin": target.code, "from_bin": source.code}
        answer = hand.counted(
            f"{self.name}.counted",
            hand.base_of(item, total),
            hand.counted_detail(item, quantity, **places),
            n=hand.base_of(item, quantity),
            item=item.description,
            **places,
        )
        line = MoveLine(
            item_no=item.item_no,
            variant_code=item.variant_code,
            quantity=quantity,
            quantity_base=hand.base_of(item, quantity),
            unit_of_measure_code=item.unit_of_measure_code,
            from_bin_code=source.code,
            to_bin_code=target.code,
            lot_no=item.lot_no,
            serial_no=item.serial_no,
        )
        return Step(
            state=after,
            prompt=self.prompt(after),
            answer=answer,
            transaction=Draft(self.name, self.body(line)),
            became=Became.COUNTED,
        )

    # -- buttons and numbers

    def _pressed(self, state: MoveState, action: str) -> Step:
        item = hand.chosen(action, state.choices)
        if item is not None:
            return self._item(replace(state, choices=()), hand.tracked(item))
        if action == "yes" and state.is_asking:
            return self._go_on(state)
        if action in {"no", "put_back"}:
            back = MoveState(facts=state.facts, source=state.source)
            return self.rest(back, hand.went("nothing_added"))
        if action == "other_source":
            return self.rest(MoveState(facts=state.facts), hand.went("ask.source_or_item"))
        if action == "times":
            return self.rest(replace(state, is_keying_times=not state.is_keying_times))
        return self.rest(state)

    def _keyed(self, state: MoveState, keyed: Decimal) -> Step:
        if keyed <= 0:
            return self.refuse(state, hand.stop("quantity.not_positive"))
        item = state.held or state.last
        if state.is_keying_times or item is None:
            times = replace(state, times=keyed, is_keying_times=False)
            return self.rest(times, hand.went("times.next", big=keyed, n=keyed))
        fault = hand.quantity_fault(item, keyed)
        if fault is not None:
            return self.refuse(state, fault)
        if state.held is not None:
            return self._go_on(replace(state, held_quantity=keyed, is_asking=False))
        extra = keyed - state.last_quantity
        if extra < 0:
            have = hand.base_of(item, state.last_quantity)
            return self.refuse(state, hand.stop("quantity.fewer_than_counted", n=have))
        if extra == 0:
            return self.rest(state, hand.went("quantity.is_so", big=hand.base_of(item, keyed)))
        return self._go_on(replace(state, held=item, held_quantity=extra, target=state.last_target))

    # -- what to draw

    def prompt(self, state: MoveState) -> Prompt:
        """The screen for a state."""
        pad, pad_title = hand.pad_for(state.held or state.last, is_keying_times=state.is_keying_times)
        shown = state.target or (state.last_target if state.held is None else None)
        return Prompt(
            title=say(f"{self.name}.title"),
            ask=self._ask(state),
            bin_code=shown.code if shown is not None else "",
            from_bin_code=state.source.code if state.source is not None else "",
            item=state.held or state.last,
            quantity=state.held_quantity if state.held is not None else (state.last_quantity or None),
            times=state.times,
            actions=self._actions(state),
            pad=pad,
            pad_title=pad_title,
        )

    def _ask(self, state: MoveState) -> Message:
        if state.choices:
            return say("ask.choose_item")
        if state.is_asking:
            return say("ask.is_it_so")
        if state.held is not None:
            number = hand.missing_number(state.held)
            missing = number or ("source" if state.source is None else "target")
            return say(f"ask.{missing}", item=state.held.description)
        if state.source is None:
            return say("ask.source_or_item")
        return say("ask.item_to_take", bin=state.source.code)

    def _actions(self, state: MoveState) -> tuple[Action, ...]:
        if state.choices:
            return hand.choices_of(state.choices)
        if state.is_asking and state.held is not None:
            return hand.yes_or_no(state.held, state.held_quantity)
        if state.held is not None:
            return (hand.PUT_BACK,)
        if state.source is not None:
            return (Action(name="other_source", label=say("action.other_source")), hand.TIMES)
        return (hand.TIMES,)
