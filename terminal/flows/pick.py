"""Picking goods for a customer."""

from shared.wire.lines import BinLine
from shared.wire.shipping import Pick as PickBody
from shared.wire.transactions import Body
from terminal.flows.bin_task import BinState, BinTask


class Pick(BinTask):
    """Pick: goods leave their bin for a customer.

    1. Scan the bin you stand at.
    2. Scan what you take: one piece counts, a case code counts the case. The beep means it is kept.
    3. Many pieces? Key "12 ×" and scan once, or scan once and key how many you took in all.
    4. Next bin: scan it and go on.

    A blocked bin or item stops you: put it back, nothing was added. If the books say that less is there than
    you took, your pick is kept and someone finds out; you go on.
    """

    name = "pick"
    takes_from_bin = True

    def body(self, _state: BinState, line: BinLine, /) -> Body:
        """A pick of one line."""
        return PickBody(lines=(line,))
