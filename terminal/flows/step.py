"""What every flow shares: the events it takes, the step it gives back.

A flow is a pure state machine: `advance(state, event) → Step`. It is given what a code means (`codes`) and
tells what to draw, what to answer and which facts to keep; it never looks anything up, never saves and
knows no language: texts are message keys with parameters, worded in `terminal.words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from shared.wire.reference import LocationRecord, ReasonRecord
from shared.wire.transactions import Body
from terminal.flows.codes import ItemCode, Resolved, StockLine

Value = str | int | Decimal | date


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence by its key in `terminal.words`, with the values that stand in it."""

    key: str
    params: Mapping[str, Value] = field(default_factory=dict)


def say(key: str, **params: Value) -> Message:
    """A message, as in `say("bin.blocked", bin="A-01-01-1")`."""
    return Message(key, params)


class AnswerKind(StrEnum):
    """go: counted, go on. look: a person must choose. stop: not counted, do something else."""

    GO = "go"
    LOOK = "look"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the worker sees, hears and feels about the last event.

    `big` is the number to be read at 2 m, `of` what it counts towards. An answer with `counted` False is for
    a scan that was understood and kept but has confirmed nothing yet: drawn as go without the full panel.
    With `is_change` the number is what the books change by, written with its sign.
    """

    kind: AnswerKind
    message: Message
    big: Decimal | None = None
    of: Decimal | None = None
    detail: Message | None = None
    counted: bool = False
    is_change: bool = False


class Tone(StrEnum):
    """How a button is drawn: the one main action, a quiet one, or one of equal choices of a look."""

    MAIN = "main"
    QUIET = "quiet"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button: `name` comes back in Pressed."""

    name: str
    label: Message
    tone: Tone = Tone.QUIET


class Pad(StrEnum):
    """Whether the quantity pad is not wanted, one tap away, or open because a number must be keyed now."""

    NONE = "none"
    OFFERED = "offered"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a list under the big thing: a code in mono, a name, a number at the right."""

    label: Message
    code: str = ""
    quantity: Decimal | None = None
    detail: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """All that one generic scan screen needs to draw.

    `ask` is the headline (what to do next); `bin_code` the biggest thing where there is one; `from_bin_code`
    stands small above it; `quantity` is what is in hand in `item`'s unit, `times` the "12 ×" that the next
    scan is multiplied by. With `is_change` the quantity is what the books change by, written with its
    sign. Actions come main action first.
    """

    title: Message
    ask: Message
    bin_code: str = ""
    from_bin_code: str = ""
    item: ItemCode | None = None
    quantity: Decimal | None = None
    is_change: bool = False
    times: Decimal | None = None
    rows: tuple[Row, ...] = ()
    actions: tuple[Action, ...] = ()
    pad: Pad = Pad.NONE
    pad_title: Message | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A confirmed line that shall be kept: the kind and body of a transaction to be."""

    kind: str
    body: Body


class Became(StrEnum):
    """What became of a scan, as the journal keeps it."""

    READ = "read"
    COUNTED = "counted"
    HELD = "held"
    SHOWN = "shown"
    UNKNOWN = "unknown"
    MISREAD = "misread"
    REPEATED = "repeated"
    REFUSED_BY_FLOW = "refused_by_flow"
    NOT_KEPT = "not_kept"
    LET_GO = "let_go"


S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a flow stands after an event. A draft is kept before its answer is given."""

    state: Any
    prompt: Prompt
    answer: Answer | None = None
    transaction: Draft | None = None
    became: Became = Became.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A code was read and looked up. `stock` is the device's own view of that item or bin."""

    resolved: Resolved
    raw: str
    stock: tuple[StockLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the prompt's actions."""

    action: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number was keyed: how many in all of the line in hand, else "n ×" for the next scan."""

    keyed: Decimal


Event = Scanned | Pressed | Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a flow needs to know of its place when it begins. A quantity above `ask_above` is asked once."""

    location: LocationRecord
    reasons: tuple[ReasonRecord, ...] = ()
    ask_above: Decimal = Decimal(999)


class Flow(Protocol):
    """A task. The docstring of its class is the worker's manual of it."""

    @property
    def name(self) -> str:
        """Its key in FLOWS and, for tasks that confirm something, the transaction's kind."""

    def begin(self, facts: Facts) -> Step:
        """The first step, nothing scanned yet."""

    def advance(self, state: Any, event: Event) -> Step:
        """The step after an event, from a state that this flow gave out."""
