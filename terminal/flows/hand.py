"""What flows know about goods in a hand: how many, which lot or serial is still missing, what to ask once.

Quantities are in the unit of the code that was scanned; base quantities follow from it and are what people
are told, because a case and its pieces must read the same.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from shared.quantity import QuantityError, check_quantity, quantity_text, to_base
from terminal.flows.codes import ItemCode, SeveralItems, TrackingCode, UnknownCode
from terminal.flows.step import (
    Action,
    Answer,
    AnswerKind,
    Facts,
    Message,
    Pad,
    Tone,
    Value,
    say,
)

ONE = Decimal(1)
TIMES = Action(name="times", label=say("action.times"))
PUT_BACK = Action(name="put_back", label=say("action.put_back"))


def stop(key: str, **params: Value) -> Answer:
    """Not counted; the sentence says what to do."""
    return Answer(kind=AnswerKind.STOP, message=say(key, **params))


def look(key: str, big: Decimal | None = None, **params: Value) -> Answer:
    """A person must choose."""
    return Answer(kind=AnswerKind.LOOK, message=say(key, **params), big=big)


def went(key: str, big: Decimal | None = None, **params: Value) -> Answer:
    """Understood and kept; nothing is confirmed yet."""
    return Answer(kind=AnswerKind.GO, message=say(key, **params), big=big)


def counted(key: str, big: Decimal, detail: Message, **params: Value) -> Answer:
    """Confirmed."""
    return Answer(kind=AnswerKind.GO, message=say(key, **params), big=big, detail=detail, counted=True)


def is_same_line(one: ItemCode | None, other: ItemCode) -> bool:
    """Whether two scans go on one line: same item, variant, unit, lot. A serial is a line of its own."""
    return one is not None and not other.serial_no and _line_of(one) == _line_of(other)


def _line_of(item: ItemCode) -> tuple[str, ...]:
    return (item.item_no, item.variant_code, item.unit_of_measure_code, item.lot_no, item.serial_no)


def tracked(item: ItemCode) -> ItemCode:
    """The item with only those numbers that its tracking asks for; a label may say more than is kept."""
    return replace(
        item,
        lot_no=item.lot_no if "lot" in item.tracking else "",
        serial_no=item.serial_no if "serial" in item.tracking else "",
        expires_on=item.expires_on if item.tracking != "none" else None,
    )


def missing_number(item: ItemCode) -> str:
    """Which number is still to be scanned: lot, serial or nothing ("")."""
    if "lot" in item.tracking and not item.lot_no:
        return "lot"
    if "serial" in item.tracking and not item.serial_no:
        return "serial"
    return ""


def is_number(code: TrackingCode | UnknownCode) -> bool:
    """Whether a code can be a lot or serial number at all: printable, at most 50 characters."""
    return isinstance(code, TrackingCode) or (0 < len(code.text) <= 50 and code.text.isprintable())


def with_number(item: ItemCode, code: TrackingCode | UnknownCode) -> ItemCode:
    """The item with the number that was missing. A plain text is taken as the number that was asked for."""
    asked = missing_number(item)
    if isinstance(code, UnknownCode):
        return replace(item, lot_no=code.text) if asked == "lot" else replace(item, serial_no=code.text)
    return replace(
        item,
        lot_no=item.lot_no or code.lot_no,
        serial_no=item.serial_no or code.serial_no,
        expires_on=item.expires_on or code.expires_on,
    )


def base_of(item: ItemCode, quantity: Decimal) -> Decimal:
    """Base units, without needless zeros. Raises QuantityError when they cannot be kept exactly."""
    return Decimal(quantity_text(to_base(check_quantity(quantity), item.quantity_per_unit)))


def quantity_fault(item: ItemCode, quantity: Decimal) -> Answer | None:
    """Why a quantity cannot be taken; None when it can."""
    if quantity <= 0:
        return stop("quantity.not_positive")
    if "serial" in item.tracking and quantity * item.quantity_per_unit != ONE:
        return stop("quantity.serial_is_one", item=item.description)
    try:
        base_of(item, quantity)
    except QuantityError:
        return stop("quantity.not_exact")
    return None


def is_unusual(facts: Facts, item: ItemCode, quantity: Decimal) -> bool:
    """Whether a quantity is asked once before it is kept."""
    return base_of(item, quantity) > facts.ask_above


def ask_quantity(item: ItemCode, quantity: Decimal) -> Answer:
    """The question for an unusual quantity."""
    pieces = base_of(item, quantity)
    return look("quantity.unusual", big=pieces, n=pieces)


def yes_or_no(item: ItemCode, quantity: Decimal) -> tuple[Action, ...]:
    """The two buttons for an unusual quantity."""
    return (
        Action(name="yes", label=say("action.yes_pieces", n=base_of(item, quantity)), tone=Tone.MAIN),
        Action(name="no", label=say("action.no")),
    )


def choices_of(several: tuple[ItemCode, ...]) -> tuple[Action, ...]:
    """One button per item that a code may mean."""
    return (
        *(
            Action(
                name=f"choose:{number}",
                label=say("plain", text=f"{item.item_no} {item.description}"),
                tone=Tone.CHOICE,
            )
            for number, item in enumerate(several)
        ),
        Action(name="no", label=say("action.none_of_these")),
    )


def chosen(action: str, several: tuple[ItemCode, ...]) -> ItemCode | None:
    """The item of a "choose:n" button; None for every other button."""
    word, _, number = action.partition(":")
    return (
        several[int(number)] if word == "choose" and number.isdigit() and int(number) < len(several) else None
    )


def several_answer(code: SeveralItems) -> Answer:
    """The question when one code means several items."""
    return look("code.several", n=len(code.choices))


def counted_detail(item: ItemCode, quantity: Decimal, **places: str) -> Message:
    """What was added, of what, where; the words differ by whether the unit is the base unit."""
    parameters: Mapping[str, Value] = {
        "n": base_of(item, quantity),
        "item": item.description,
        "units": quantity,
        "unit": item.unit_of_measure_code,
        "per_unit": item.quantity_per_unit,
        **places,
    }
    shape = "pieces" if item.quantity_per_unit == ONE else "units"
    return Message(f"counted.{shape}", parameters)


def pad_for(item: ItemCode | None, *, is_keying_times: bool) -> tuple[Pad, Message]:
    """Whether the pad is open, and what a number on it would mean."""
    if is_keying_times:
        return Pad.OPEN, say("pad.times")
    if item is not None and "serial" not in item.tracking:
        return Pad.OFFERED, say("pad.total", item=item.description, unit=item.unit_of_measure_code)
    return Pad.OFFERED, say("pad.times")
