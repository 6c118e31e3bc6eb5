"""Moving goods from one bin to another."""

from shared.wire.lines import MoveLine
from shared.wire.transactions import Body
from shared.wire.warehousing import Move as MoveBody
from terminal.flows.move_task import MoveTask


class Move(MoveTask):
    """Move: goods go from one bin to another of this location.

    1. Scan the bin you take from.
    2. Scan the item: one piece, or the case. Scan again for more, or key how many in all.
    3. Scan the bin you put it in. The beep means it is kept.
    4. The next item comes from the same bin until you scan another bin with empty hands.

    Bin and item may come in the other order for the first two. Changed your mind? "Put back".
    """

    name = "move"

    def body(self, line: MoveLine) -> Body:
        """A movement of one line."""
        return MoveBody(lines=(line,))
