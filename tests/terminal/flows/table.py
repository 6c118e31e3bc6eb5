"""Flows as tables: one event a row, what is answered, what the screen asks next, what is confirmed.

`play` feeds the events of a table to a flow and gives back a table of the same shape, so that a failing test
shows both side by side.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from shared.wire.lines import BinLine, MoveLine
from shared.wire.reference import LocationRecord, ReasonRecord
from terminal.flows import FLOWS
from terminal.flows.codes import (
    BadgeCode,
    BinCode,
    ItemCode,
    Misread,
    Resolved,
    SeveralItems,
    TrackingCode,
    UnknownCode,
)
from terminal.flows.step import Draft, Event, Facts, Pressed, Quantity, Scanned, Step

Row = tuple[str, str, str, str]

FACTS = Facts(
    location=LocationRecord(code="MAIN", receipt_bin_code="DOCK"),
    reasons=(
        ReasonRecord(code="DAMAGED", description="Damaged", direction="decrease"),
        ReasonRecord(code="COUNT", description="Count", direction="both"),
    ),
)
NO_BINS = Facts(location=LocationRecord(code="YARD", bin_mandatory=False))
NO_DOCK = Facts(location=LocationRecord(code="MAIN"))


def an_item(no: str, per_unit: int = 1, tracking: str = "none", **more: object) -> ItemCode:
    unit = "PCS" if per_unit == 1 else "CASE"
    return ItemCode(
        item_no=no,
        description=no.title(),
        unit_of_measure_code=unit,
        quantity_per_unit=Decimal(per_unit),
        base_unit_of_measure_code="PCS",
        tracking=tracking,
        **more,  # type: ignore[arg-type]
    )


JUG, CLOCK = an_item("JUG", tracking="lot"), an_item("CLOCK", tracking="serial")
# What each word of a table means when it is scanned.
CODES: dict[str, Resolved] = {
    "heart": an_item("HEART"),
    "case": an_item("HEART", 6),
    "lamp": an_item("LAMP"),
    "37 hearts": an_item("HEART", count=Decimal(37)),
    "jug": JUG,
    "jug L1": an_item("JUG", tracking="lot", lot_no="L1", expires_on=date(2027, 3, 31)),
    "clock": CLOCK,
    "clock S1": an_item("CLOCK", tracking="serial", serial_no="S1"),
    "clock S2": an_item("CLOCK", tracking="serial", serial_no="S2"),
    "heart L9": an_item("HEART", lot_no="L9"),
    "blocked": an_item("OLD", is_blocked=True),
    "several": SeveralItems(choices=(an_item("HEART"), an_item("LAMP"))),
    "lot L2": TrackingCode(lot_no="L2"),
    "text": UnknownCode(text="TEXT"),
    "long": UnknownCode(text="X" * 60),
    "broken": Misread(text="01…", fault="check_digit"),
    "badge": BadgeCode(person_id="P1", name="Ada"),
    "A": BinCode(code="A"),
    "B": BinCode(code="B"),
    "DOCK": BinCode(code="DOCK"),
    "no-in": BinCode(code="NI", block_movement="in"),
    "no-out": BinCode(code="NO", block_movement="out"),
    "shut": BinCode(code="S", block_movement="all"),
}


def play(flow: str, rows: Sequence[Row], facts: Facts = FACTS) -> list[Row]:
    """The rows as the flow answers them; the first column is taken from `rows`."""
    step = FLOWS[flow].begin(facts)
    played: list[Row] = []
    for said, *_ in rows:
        step = FLOWS[flow].advance(step.state, event_of(said))
        played.append((said, answer_of(step), step.prompt.ask.key, confirmed_by(step)))
    return played


def event_of(said: str) -> Event:
    """`=12` is keyed, `[yes]` pressed, everything else scanned."""
    if said.startswith("="):
        return Quantity(Decimal(said[1:]))
    if said.startswith("["):
        return Pressed(said[1:-1])
    return Scanned(resolved=CODES[said], raw=said)


def answer_of(step: Step) -> str:
    """The answer's kind, key and big number."""
    if step.answer is None:
        return "-"
    big = "" if step.answer.big is None else f" {step.answer.big}"
    return f"{step.answer.kind} {step.answer.message.key}{big}"


def confirmed_by(step: Step) -> str:
    """The transaction as `kind 6 HEART DOCK→A`, "" for none."""
    return "" if step.transaction is None else line_of(step.transaction)


def line_of(draft: Draft) -> str:
    """A draft's one line in short."""
    (line,) = draft.body.lines
    number = line.lot_no or line.serial_no
    item = line.item_no + (f"/{number}" if number else "")
    if isinstance(line, MoveLine):
        place = f"{line.from_bin_code}→{line.to_bin_code}"
    else:
        assert isinstance(line, BinLine)
        place = line.bin_code
    unit = "" if line.unit_of_measure_code == "PCS" else f" ({line.quantity} {line.unit_of_measure_code})"
    return f"{draft.kind} {line.quantity_base}{unit} {item} {place}".rstrip()
