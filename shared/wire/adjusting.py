"""Stock that is more or less than the books say, for a stated reason."""

from dataclasses import dataclass

from shared.wire.fields import Code, Number, Sentence
from shared.wire.lines import BinLines, Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust:
    """`adjust`: quantities are signed, positive for found, negative for lost or damaged."""

    reason_code: Code
    lines: BinLines
    document_no: Number = ""
    note: Sentence = ""
    scans: Scans = ()
