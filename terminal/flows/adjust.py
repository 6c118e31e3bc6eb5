"""Setting right what is more or less than the books say, for a reason."""

from dataclasses import replace
from decimal import Decimal

from shared.wire.adjusting import Adjust as AdjustBody
from shared.wire.lines import BinLine
from shared.wire.reference import ReasonRecord
from shared.wire.transactions import Body
from terminal.flows import hand
from terminal.flows.bin_task import BinState, BinTask
from terminal.flows.codes import BinCode
from terminal.flows.step import Action, Answer, Facts, Message, Prompt, Step, Tone, Value, say

_SIGNS = {"increase": 1, "decrease": -1, "both": 0}
_DIRECTIONS = {"more": 1, "less": -1}


class Adjust(BinTask):
    """Adjust: something is broken, lost or found.

    1. Choose the reason. If it can go both ways, say whether there is more or less than the books say.
    2. Scan the bin, then each item: one piece counts, a case code counts the case.
    3. Many pieces? Key "12 ×" and scan once, or scan once and key how many in all.
    4. Another reason? Press "Other reason".

    You never key a minus: "damaged, 1" takes one away because damage always does.
    """

    name = "adjust"

    def first_state(self, facts: Facts) -> BinState:
        """The reason comes first: it says whether goods appear or disappear."""
        return BinState(facts=facts, sign=0)

    def is_ready(self, state: BinState, /) -> bool:
        return state.reason is not None and state.sign != 0

    def bin_refusal(self, _code: BinCode, /) -> Answer | None:
        """Blocked bins can be set right too."""
        return None

    def body(self, state: BinState, line: BinLine, /) -> Body:
        """An adjustment of one line, signed by the reason's direction."""
        assert state.reason is not None
        signed = replace(
            line,
            quantity=line.quantity * state.sign,
            quantity_base=line.quantity_base * state.sign,
            expiration_date=line.expiration_date if state.sign > 0 else None,
        )
        return AdjustBody(reason_code=state.reason.code, lines=(signed,))

    def own_question(self, state: BinState, /) -> Message | None:
        if state.reason is None:
            return say("adjust.ask_reason") if state.facts.reasons else say("adjust.no_reasons")
        return None if state.sign else say("adjust.ask_direction")

    def own_actions(self, state: BinState, /) -> tuple[Action, ...]:
        if state.reason is None:
            return tuple(
                Action(name=f"reason:{reason.code}", label=_words_of(reason), tone=Tone.CHOICE)
                for reason in state.facts.reasons
            )
        if not state.sign:
            return tuple(
                Action(name=direction, label=say(f"adjust.{direction}"), tone=Tone.CHOICE)
                for direction in _DIRECTIONS
            )
        return (Action(name="other_reason", label=say("adjust.other_reason")),)

    def prompt(self, state: BinState) -> Prompt:
        """The chosen reason stands in the title for as long as it holds; quantities are changes."""
        shown = super().prompt(state)
        if state.reason is None:
            return shown
        words = _words_of(state.reason)
        changed = None if shown.quantity is None or not state.sign else shown.quantity * state.sign
        return replace(
            shown,
            title=say("adjust.title_for", **words.params),
            quantity=changed,
            is_change=changed is not None,
        )

    def own_answer(self, state: BinState, answer: Answer, /) -> Answer:
        """With the sign, big and in the sentence below: "damaged, 1" is read as −1."""
        assert answer.big is not None
        detail = answer.detail
        if detail is not None:
            detail = Message(detail.key, {**detail.params, "n": _signed(detail.params["n"], state.sign)})
        return replace(answer, big=answer.big * state.sign, detail=detail, is_change=True)

    def own_press(self, state: BinState, action: str, /) -> Step | None:
        if action == "other_reason":
            return self.rest(BinState(facts=state.facts, bin=state.bin, sign=0, serials=state.serials))
        if action in _DIRECTIONS and state.reason is not None:
            return self.rest(replace(state, sign=_DIRECTIONS[action]))
        word, _, code = action.partition(":")
        if word != "reason":
            return None
        reason = next((each for each in state.facts.reasons if each.code == code), None)
        if reason is None:
            return self.refuse(state, hand.stop("adjust.answer_first"))
        chosen = replace(state, reason=reason, sign=_SIGNS.get(reason.direction, 0))
        return self.rest(replace(chosen, line=None, line_quantity=hand.ONE * 0))


def _signed(value: Value, sign: int) -> Decimal:
    assert isinstance(value, Decimal)
    return value * sign


def _words_of(reason: ReasonRecord) -> Message:
    return say("reason", en=reason.description, fr=reason.description_fr or reason.description)
