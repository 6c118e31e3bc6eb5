"""Goods that change place within a location; stock and value stay."""

from dataclasses import dataclass

from shared.wire.fields import Number, Sentence
from shared.wire.lines import MoveLines, Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway:
    """`put_away`: received goods taken from a dock and placed where they are kept."""

    lines: MoveLines
    document_no: Number = ""
    note: Sentence = ""
    scans: Scans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """`move`: goods taken from one bin and placed in another."""

    lines: MoveLines
    document_no: Number = ""
    note: Sentence = ""
    scans: Scans = ()
