"""What a transaction does to the stock of bins, as far as this device can tell.

The device's own stock view adds these to its snapshot until the server has posted or refused them.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from shared.wire.adjusting import Adjust
from shared.wire.journals import ItemJournal
from shared.wire.lines import BinLine
from shared.wire.receiving import Receive, Return
from shared.wire.shipping import Pick
from shared.wire.transactions import AnyBody
from shared.wire.warehousing import Move, PutAway

STEPS_PER_UNIT = 100_000


@dataclass(frozen=True, slots=True)
class Effect:
    """Base units that appear in a bin (positive) or leave it (negative), in steps of 0.00001."""

    bin_code: str
    item_no: str
    variant_code: str
    lot_no: str
    serial_no: str
    quantity: int


def steps(quantity_base: Decimal) -> int:
    """A quantity as a whole number of 0.00001."""
    return int(quantity_base * STEPS_PER_UNIT)


def units(quantity: int) -> Decimal:
    """The quantity of a whole number of 0.00001."""
    return Decimal(quantity) / STEPS_PER_UNIT


def stock_effects(body: AnyBody) -> list[Effect]:
    """The effects of a body, one per line, two per line that moves."""
    match body:
        case Receive() | Return() | Adjust():
            return [_effect(line, line.bin_code, line.quantity_base) for line in body.lines]
        case Pick():
            return [_effect(line, line.bin_code, -line.quantity_base) for line in body.lines]
        case Move() | PutAway():
            return [
                Effect(bin_code, line.item_no, line.variant_code, line.lot_no, line.serial_no, quantity)
                for line in body.lines
                for bin_code, quantity in (
                    (line.from_bin_code, -steps(line.quantity_base)),
                    (line.to_bin_code, steps(line.quantity_base)),
                )
            ]
        case ItemJournal():
            # The office's: no device makes one.
            return []
    assert_never(body)


def _effect(line: BinLine, bin_code: str, quantity_base: Decimal) -> Effect:
    return Effect(
        bin_code, line.item_no, line.variant_code, line.lot_no, line.serial_no, steps(quantity_base)
    )
