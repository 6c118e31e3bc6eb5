"""Putting received goods where they are kept."""

from dataclasses import replace

from shared.wire.lines import MoveLine
from shared.wire.transactions import Body
from shared.wire.warehousing import PutAway as PutAwayBody
from terminal.flows.codes import BinCode
from terminal.flows.move_task import MoveState, MoveTask
from terminal.flows.step import Facts


class PutAway(MoveTask):
    """Put away: goods go from the dock to the bin where they are kept.

    1. The dock stands on the screen already; "Other bin" when you take them from somewhere else.
    2. Scan the item: one piece, or the case. Scan again for more, or key how many in all.
    3. Scan the bin. The beep means it is kept.

    Standing at the bin already? Scan the bin first, then the item.
    """

    name = "put_away"
    target_may_come_first = True

    def first_state(self, facts: Facts) -> MoveState:
        """Goods are taken from the location's receipt bin unless the worker says another."""
        dock = facts.location.receipt_bin_code
        return replace(MoveState(facts=facts), source=BinCode(code=dock) if dock else None)

    def body(self, line: MoveLine) -> Body:
        """A put-away of one line."""
        return PutAwayBody(lines=(line,))
