"""What a person reads of one transaction: its name, scans and lines, and what became of it step by step."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext

from server.monitor.journal_story import journal_items, journal_lines
from server.monitor.proof import scanned
from server.monitor.queries import TransactionCard
from server.monitor.story_lines import StoryLine
from server.monitor.trail import Posted, item_names, person_names
from server.web import filters
from server.web.ledger_words import word_of
from shared.wire import codec
from shared.wire.journals import ItemJournal
from shared.wire.lines import BinLine, MoveLine
from shared.wire.outcomes import Status
from shared.wire.transactions import AnyBody, Transaction, UnknownKind, read_body

_CONTROL = {"\x1d": "⟨GS⟩", "\x1e": "⟨RS⟩", "\x04": "⟨EOT⟩"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a transaction."""

    at: datetime
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a transaction is about. `body` is None where the server cannot read it."""

    title: str
    amount: str
    body: AnyBody | None
    lines: tuple[StoryLine, ...]
    scans: tuple[str, ...]
    scanned_pieces: Decimal
    document_no: str
    reason_code: str
    note: str
    steps: tuple[Step, ...]
    record: str


@dataclass(frozen=True, slots=True)
class Actions:
    """What a person may do about it now; `send` "" where posting it again would be senseless."""

    send: str
    refuse: str


def read_story(card: TransactionCard, posted: Posted) -> Story:
    """Everything that the trail says besides its entries."""
    body = _body(card)
    lines = _lines(card.row.kind, body) if body is not None else ()
    title, amount = _title(card, lines, body)
    return Story(
        title=title,
        amount=amount,
        body=body,
        lines=lines,
        scans=tuple(_written(scan) for scan in getattr(body, "scans", ())),
        scanned_pieces=sum((abs(line.quantity_base or Decimal(0)) for line in lines), Decimal(0)),
        document_no=getattr(body, "document_no", "") or "",
        reason_code=getattr(body, "reason_code", "") or "",
        note=getattr(body, "note", "") or "",
        steps=_steps(card, posted),
        record=_pretty(card.raw),
    )


def actions_of(card: TransactionCard, story: Story) -> Actions:
    """The buttons, named by their effect."""
    row = card.row
    effect = story.amount or gettext("this")
    refuse = gettext("Refuse")
    if row.seq is None or story.body is None:
        return Actions("", refuse)
    if row.status == Status.AWAITING_APPROVAL:
        return Actions(gettext("Approve %(effect)s", effect=effect), refuse)
    if row.status == Status.QUARANTINED:
        return Actions(gettext("Release and post %(effect)s", effect=effect), refuse)
    return Actions(gettext("Post again %(effect)s", effect=effect), refuse)


def _body(card: TransactionCard) -> AnyBody | None:
    try:
        transaction = codec.read(Transaction, json.loads(card.raw), strict=False)
        return read_body(transaction, strict=False)
    except (ValueError, RecursionError, UnknownKind):
        return None


def _lines(kind: str, body: AnyBody) -> tuple[StoryLine, ...]:
    if isinstance(body, ItemJournal):
        return journal_lines(body, item_names(journal_items(body)))
    names = item_names(line.item_no for line in body.lines)
    made = []
    lines: tuple[BinLine | MoveLine, ...] = body.lines
    for line, quantity in zip(lines, scanned(kind, body), strict=True):
        from_bin, to_bin = _bins_of(line, quantity)
        made.append(
            StoryLine(
                item_no=line.item_no,
                description=names.get(line.item_no, ""),
                variant_code=line.variant_code,
                lot_no=line.lot_no,
                serial_no=line.serial_no,
                from_bin=from_bin,
                to_bin=to_bin,
                quantity=line.quantity,
                unit_of_measure_code=line.unit_of_measure_code,
                quantity_base=line.quantity_base if isinstance(line, MoveLine) else quantity,
            )
        )
    return tuple(made)


def _bins_of(line: BinLine | MoveLine, quantity: Decimal) -> tuple[str, str]:
    """Where it came from and where it went; "" is outside the location."""
    if isinstance(line, MoveLine):
        return line.from_bin_code, line.to_bin_code
    return (line.bin_code, "") if quantity < 0 else ("", line.bin_code)


def _title(card: TransactionCard, lines: Sequence[StoryLine], body: AnyBody | None) -> tuple[str, str]:
    """Pick of A-03-01-2, Party Bunting −12."""
    kind = word_of(card.row.kind)
    if body is None or not lines:
        return gettext("%(kind)s that cannot be read", kind=kind), ""
    first = lines[0]
    moved = [line.quantity_base for line in lines if line.quantity_base is not None]
    total = sum(moved, Decimal(0))
    amount = filters.quantity(total) if first.is_within else filters.change(total)
    if len(lines) > 1:
        return gettext("%(kind)s, %(n)s lines", kind=kind, n=len(lines)), amount
    if first.tag:
        kind = word_of(first.tag)
    what = first.description or first.item_no
    if not what:
        return gettext("%(kind)s, entry %(no)s", kind=kind, no=filters.quantity(first.names_entry_no)), amount
    place = first.to_bin if first.is_within else first.from_bin or first.to_bin
    return f"{kind} {place}, {what}" if place else f"{kind}, {what}", amount


def _steps(card: TransactionCard, posted: Posted) -> tuple[Step, ...]:
    row = card.row
    names = person_names(decision.person_id for decision in card.decisions)
    source = row.worker_name or row.device_name or row.device_id
    steps = [
        Step(row.occurred_at, gettext("Happened"), source),
        Step(row.received_at, gettext("Received"), row.device_name or row.device_id),
    ]
    words = {
        "posted_again": gettext("Sent again"),
        "posted_together": gettext("Posted together with others"),
        "approved": gettext("Approved"),
        "refused": gettext("Refused"),
    }
    for decision in card.decisions:
        who = names.get(decision.person_id, decision.person_id)
        reason = decision.reason.removeprefix(f"{who}: ")
        said = f"{who}: {reason}" if reason else who
        steps.append(Step(decision.decided_at, words.get(decision.decision, decision.decision), said))
    decided_so = bool(card.decisions) and card.decisions[-1].decision == "refused"
    if not (row.status == Status.REFUSED and decided_so) and row.status != Status.RECEIVED:
        at = posted.posted_at or row.changed_at
        steps.append(Step(at, word_of(row.status), row.document_no))
    return tuple(steps)


def _written(scan: str) -> str:
    """A scan with its control characters made visible."""
    return "".join(_CONTROL.get(sign, sign if sign.isprintable() else "·") for sign in scan)


def _pretty(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return raw
