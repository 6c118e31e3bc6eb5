"""The machine behind every task at one bin: receive, pick, adjust, return.

The bin stays until another is scanned; each item scan at a known bin is a confirmed line of its own, so
nothing waits for a next scan or a save. A number keyed after a scan says how many there are in all: what is
missing to that number is confirmed as one more line. Item and bin come in any order until a bin is known.
An open question (unusual quantity, several items) is answered before the next scan counts.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from shared.wire.lines import BinLine
from shared.wire.reference import ReasonRecord
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
class BinState:
    """Where the worker stands. `held` is an item not confirmed yet, `line` the last confirmed one."""

    facts: Facts
    bin: BinCode | None = None
    reason: ReasonRecord | None = None
    # +1 adds stock, -1 takes it away; 0 until an adjustment's direction is known.
    sign: int = 1
    held: ItemCode | None = None
    held_quantity: Decimal = hand.ONE
    line: ItemCode | None = None
    line_quantity: Decimal = NOTHING
    times: Decimal | None = None
    is_keying_times: bool = False
    is_asking: bool = False
    choices: tuple[ItemCode, ...] = ()
    serials: frozenset[tuple[str, str]] = frozenset()

    @property
    def bin_code(self) -> str:
        return "" if self.bin is None else self.bin.code

    @property
    def has_place(self) -> bool:
        """Whether goods can be counted: a bin is known or the location has none."""
        return self.bin is not None or not self.facts.location.bin_mandatory


class BinTask:
    """What the four tasks share; each says its name, its body and which bins it may not use."""

    name: ClassVar[str]
    takes_from_bin: ClassVar[bool] = False

    # -- what a task may do its own way

    def first_state(self, facts: Facts) -> BinState:
        """Nothing scanned yet."""
        return BinState(facts=facts)

    def body(self, state: BinState, line: BinLine, /) -> Body:
        """The transaction's body for one line; quantities in `line` are positive."""
        raise NotImplementedError

    def is_ready(self, _state: BinState, /) -> bool:
        """Whether scans may count; an adjustment needs its reason first."""
        return True

    def own_press(self, _state: BinState, _action: str, /) -> Step | None:
        """A button that only this task has."""
        return None

    def own_actions(self, _state: BinState, /) -> tuple[Action, ...]:
        """Buttons that only this task has."""
        return ()

    def own_question(self, _state: BinState, /) -> Message | None:
        """What this task asks for before anything is scanned."""
        return None

    def own_answer(self, _state: BinState, answer: Answer, /) -> Answer:
        """The answer to a confirmed line, as this task tells it."""
        return answer

    def bin_refusal(self, code: BinCode, /) -> Answer | None:
        """Why a bin cannot be used in this task."""
        is_open = code.gives_goods if self.takes_from_bin else code.takes_goods
        return None if is_open else hand.stop("bin.blocked", bin=code.code)

    # -- the machine

    def begin(self, facts: Facts) -> Step:
        """The first step, nothing scanned yet."""
        return self.rest(self.first_state(facts))

    def advance(self, state: BinState, event: Event) -> Step:
        """The step after an event."""
        match event:
            case Scanned():
                return self._scanned(state, event)
            case Pressed(action):
                return self._pressed(state, action)
            case Quantity(keyed):
                return self._keyed(state, keyed)

    def rest(self, state: BinState, answer: Answer | None = None, became: Became = Became.HELD) -> Step:
        """A step without a transaction."""
        return Step(state=state, prompt=self.prompt(state), answer=answer, became=became)

    def refuse(self, state: BinState, answer: Answer, became: Became = Became.REFUSED_BY_FLOW) -> Step:
        """Nothing changes; the answer says what to do."""
        return self.rest(state, answer, became)

    def _scanned(self, state: BinState, event: Scanned) -> Step:
        refusal = self._not_now(state)
        if refusal is not None:
            return self.refuse(state, refusal)
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

    def _not_now(self, state: BinState) -> Answer | None:
        """Why no scan can count at this moment."""
        if not self.is_ready(state):
            return hand.stop(f"{self.name}.answer_first")
        if state.is_asking and state.held is not None:
            return hand.stop("quantity.answer_first", n=hand.base_of(state.held, state.held_quantity))
        if state.choices:
            return hand.stop("code.answer_first")
        return None

    def _bin(self, state: BinState, code: BinCode) -> Step:
        refusal = self.bin_refusal(code)
        if refusal is not None:
            return self.refuse(state, refusal)
        at_bin = replace(state, bin=code)
        if code != state.bin:
            at_bin = replace(at_bin, line=None, line_quantity=NOTHING)
        if at_bin.held is None:
            return self.rest(at_bin, hand.went("bin.here", bin=code.code))
        if hand.missing_number(at_bin.held):
            return self._confirm_or_ask(at_bin)
        # An unusual quantity was agreed to before the bin was asked for.
        return self._confirm(at_bin, at_bin.held, at_bin.held_quantity)

    def _item(self, state: BinState, item: ItemCode) -> Step:
        if state.held is not None and not hand.is_same_line(state.held, item):
            return self.refuse(state, self._finish_held(state))
        if item.is_blocked and self.takes_from_bin:
            return self.refuse(state, hand.stop("item.blocked", item=item.description))
        if (item.item_no, item.serial_no) in state.serials:
            return self.refuse(state, hand.stop("serial.repeated", no=item.serial_no), Became.REPEATED)
        quantity = (state.times or hand.ONE) * (item.count or hand.ONE)
        if state.held is not None:
            quantity += state.held_quantity
        fault = hand.quantity_fault(item, quantity)
        if fault is not None:
            return self.refuse(state, fault)
        held = replace(state, held=item, held_quantity=quantity, times=None, is_keying_times=False)
        return self._confirm_or_ask(held)

    def _finish_held(self, state: BinState) -> Answer:
        """What the item in hand still needs before another may be scanned."""
        assert state.held is not None
        number = hand.missing_number(state.held)
        if number:
            return hand.stop(f"finish_first.{number}", item=state.held.description)
        return hand.stop("finish_first.bin", item=state.held.description)

    def _number(self, state: BinState, code: TrackingCode | UnknownCode) -> Step:
        """A lot or serial number where one is asked for; else a code that nothing is known of."""
        if state.held is not None and hand.missing_number(state.held) and hand.is_number(code):
            item = hand.with_number(state.held, code)
            if (item.item_no, item.serial_no) in state.serials:
                return self.refuse(state, hand.stop("serial.repeated", no=item.serial_no), Became.REPEATED)
            return self._confirm_or_ask(replace(state, held=item))
        if isinstance(code, TrackingCode):
            return self.refuse(state, hand.stop("code.number_without_item"))
        return self.refuse(state, hand.look("code.unknown", code=code.text), Became.UNKNOWN)

    def _confirm_or_ask(self, state: BinState) -> Step:
        """Confirm what is held when nothing is missing; else say what is."""
        item = state.held
        assert item is not None
        number = hand.missing_number(item)
        if number:
            return self.rest(state, hand.went(f"ask.{number}", item=item.description))
        if hand.is_unusual(state.facts, item, state.held_quantity) and not state.is_asking:
            asking = replace(state, is_asking=True)
            return self.rest(asking, hand.ask_quantity(item, state.held_quantity))
        if not state.has_place:
            big = hand.base_of(item, state.held_quantity)
            return self.rest(replace(state, is_asking=False), hand.went("held.ask_bin", big=big, n=big))
        return self._confirm(state, item, state.held_quantity)

    def _confirm(self, state: BinState, item: ItemCode, quantity: Decimal) -> Step:
        so_far = state.line_quantity if hand.is_same_line(state.line, item) else NOTHING
        after = replace(
            state,
            held=None,
            held_quantity=hand.ONE,
            is_asking=False,
            is_keying_times=False,
            line=item,
            line_quantity=so_far + quantity,
            serials=state.serials | ({(item.item_no, item.serial_no)} if item.serial_no else frozenset()),
        )
        answer = hand.counted(
            f"{self.name}.counted",
            hand.base_of(item, so_far + quantity),
            hand.counted_detail(item, quantity, bin=state.bin_code),
            n=hand.base_of(item, quantity),
            item=item.description,
            bin=state.bin_code,
        )
        return Step(
            state=after,
            prompt=self.prompt(after),
            answer=self.own_answer(state, answer),
            transaction=Draft(self.name, self.body(state, self._line(state, item, quantity))),
            became=Became.COUNTED,
        )

    def _line(self, state: BinState, item: ItemCode, quantity: Decimal) -> BinLine:
        return BinLine(
            item_no=item.item_no,
            variant_code=item.variant_code,
            quantity=quantity,
            quantity_base=hand.base_of(item, quantity),
            unit_of_measure_code=item.unit_of_measure_code,
            bin_code=state.bin_code,
            lot_no=item.lot_no,
            serial_no=item.serial_no,
            expiration_date=item.expires_on if not self.takes_from_bin else None,
        )

    def _pressed(self, state: BinState, action: str) -> Step:
        own = self.own_press(state, action)
        if own is not None:
            return own
        item = hand.chosen(action, state.choices)
        if item is not None:
            return self._item(replace(state, choices=()), hand.tracked(item))
        if action == "yes" and state.is_asking:
            return self._confirm_or_ask(state)
        if action in {"no", "put_back"}:
            back = replace(state, held=None, held_quantity=hand.ONE, is_asking=False, choices=(), times=None)
            return self.rest(back, hand.went("nothing_added"))
        if action == "times":
            return self.rest(replace(state, is_keying_times=not state.is_keying_times))
        return self.rest(state)

    def _keyed(self, state: BinState, keyed: Decimal) -> Step:
        """How many in all of what is in hand, else how often the next scan counts."""
        if keyed <= 0:
            return self.refuse(state, hand.stop("quantity.not_positive"))
        item = state.held or state.line
        if state.is_keying_times or item is None:
            times = replace(state, times=keyed, is_keying_times=False)
            return self.rest(times, hand.went("times.next", big=keyed, n=keyed))
        fault = hand.quantity_fault(item, keyed)
        if fault is not None:
            return self.refuse(state, fault)
        if state.held is not None:
            return self._confirm_or_ask(replace(state, held_quantity=keyed, is_asking=False))
        return self._fill_up(state, item, keyed)

    def _fill_up(self, state: BinState, item: ItemCode, keyed: Decimal) -> Step:
        """The confirmed line is to have `keyed` in all: confirm what is missing."""
        extra = keyed - state.line_quantity
        if extra < 0:
            have = hand.base_of(item, state.line_quantity)
            return self.refuse(state, hand.stop("quantity.fewer_than_counted", n=have))
        if extra == 0:
            return self.rest(state, hand.went("quantity.is_so", big=hand.base_of(item, keyed)))
        return self._confirm_or_ask(replace(state, held=item, held_quantity=extra))

    # -- what to draw

    def prompt(self, state: BinState) -> Prompt:
        """The screen for a state."""
        pad, pad_title = hand.pad_for(state.held or state.line, is_keying_times=state.is_keying_times)
        return Prompt(
            title=say(f"{self.name}.title"),
            ask=self._ask(state),
            bin_code=state.bin_code,
            item=state.held or state.line,
            quantity=state.held_quantity if state.held is not None else (state.line_quantity or None),
            times=state.times,
            actions=self._actions(state),
            pad=pad,
            pad_title=pad_title,
        )

    def _ask(self, state: BinState) -> Message:
        question = self.own_question(state)
        if question is not None:
            return question
        if state.choices:
            return say("ask.choose_item")
        if state.is_asking:
            return say("ask.is_it_so")
        if state.held is not None:
            number = hand.missing_number(state.held)
            return say(f"ask.{number or 'bin_for'}", item=state.held.description)
        return say("ask.item") if state.has_place else say("ask.bin_or_item")

    def _actions(self, state: BinState) -> tuple[Action, ...]:
        if state.choices:
            return hand.choices_of(state.choices)
        if state.is_asking and state.held is not None:
            return hand.yes_or_no(state.held, state.held_quantity)
        if state.held is not None:
            return (hand.PUT_BACK,)
        return (*self.own_actions(state), hand.TIMES)
