"""Goods that come in: receipts from a supplier, returns from a customer."""

from dataclasses import dataclass

from shared.wire.fields import Code, Number, Sentence
from shared.wire.lines import BinLines, Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """`receive`: goods from a supplier, placed in a bin. Raises stock at the given unit cost."""

    lines: BinLines
    document_no: Number = ""
    note: Sentence = ""
    scans: Scans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """`return`: goods that a customer sent back, placed in a bin. Raises stock."""

    lines: BinLines
    document_no: Number = ""
    reason_code: Code | None = None
    note: Sentence = ""
    scans: Scans = ()
