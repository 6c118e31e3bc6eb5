"""Goods that go out to a customer."""

from dataclasses import dataclass

from shared.wire.fields import Number, Sentence
from shared.wire.lines import BinLines, Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """`pick`: goods taken from a bin for a customer. Lowers stock."""

    lines: BinLines
    document_no: Number = ""
    note: Sentence = ""
    scans: Scans = ()
