"""Taking back what a customer sent back."""

from shared.wire.lines import BinLine
from shared.wire.receiving import Return as ReturnBody
from shared.wire.transactions import Body
from terminal.flows.bin_task import BinState, BinTask


class ReturnGoods(BinTask):
    """Return: goods come back from a customer.

    1. Scan the bin where you put them.
    2. Scan each item: one piece counts, a case code counts the case. The beep means it is kept.
    3. Many pieces? Key "12 ×" and scan once, or scan once and key how many there are in all.

    Broken goods: return them first, then take them out with Adjust and the reason.
    """

    name = "return"

    def body(self, _state: BinState, line: BinLine, /) -> Body:
        """A return of one line."""
        return ReturnBody(lines=(line,))
