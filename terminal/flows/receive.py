"""Receiving goods from a supplier."""

from dataclasses import replace

from shared.wire.lines import BinLine
from shared.wire.receiving import Receive as ReceiveBody
from shared.wire.transactions import Body
from terminal.flows.bin_task import BinState, BinTask
from terminal.flows.codes import BinCode
from terminal.flows.step import Facts


class Receive(BinTask):
    """Receive: goods come in from a supplier.

    1. The dock stands on the screen already. Goods lie elsewhere? Scan that bin.
    2. Scan an item: one piece counts; a case code counts the case. The beep means it is kept.
    3. Many pieces? Key "12 ×" and scan once, or scan once and key how many there are in all.
    4. An item with lots or serial numbers asks for the number when its label does not say it.

    Wrong code, blocked bin: the screen stops and says what to do; nothing was added.
    """

    name = "receive"

    def first_state(self, facts: Facts) -> BinState:
        """Goods arrive in the location's receipt bin unless the worker scans another."""
        dock = facts.location.receipt_bin_code
        return replace(BinState(facts=facts), bin=BinCode(code=dock) if dock else None)

    def body(self, _state: BinState, line: BinLine, /) -> Body:
        """A receipt of one line; the server knows the cost."""
        return ReceiveBody(lines=(line,))
