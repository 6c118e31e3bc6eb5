"""What became of my scans: sections by what they need, and one transaction in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import flet as ft

from shared.look import TERMINAL_SIZES
from shared.moments import parse_moment
from shared.wire.outcomes import sentence
from terminal.look.buttons import mirrored, pressable, quiet_button
from terminal.look.icons import icon
from terminal.look.pieces import card, code_text, notice, outcome_badge, outcome_chip
from terminal.look.tone import Tone, text
from terminal.queue_view import QueueEntry
from terminal.screens.parts import body, clock_time, header, local, screen, strip
from terminal.session import Screen, Session

_SHOWN = 20
# States of the device that have an outcome's look: what is sent but not answered is still on the device.
_LOOK_OF = {"sent": "queued", "unsendable": "parked", "mismatch": "parked", "fork": "parked"}
_TROUBLES = ("portal", "revoked", "too_old")


def queue(session: Session, tone: Tone) -> ft.Control:
    """Everything that this device holds, what needs someone first."""
    connection = session.device.connection
    overview = session.device.queue_overview(_SHOWN)
    counts = overview.counts
    answered = connection.last_answer_at
    detail = (
        tone.word("queue.last_answer", time=clock_time(answered))
        if answered
        else tone.word("queue.no_answer")
    )
    sections: list[ft.Control] = []
    if connection.trouble in _TROUBLES:
        sections.append(notice(tone, tone.word(f"queue.trouble_{connection.trouble}"), icon_name="warning"))
    for key, entries, number in (
        ("needs_you", overview.needs_you, counts.needs_you),
        ("with_supervisor", overview.with_supervisor, counts.with_supervisor),
        ("not_sent", overview.not_sent, counts.waiting),
        ("at_server", overview.at_server, len(overview.at_server)),
        ("posted_today", overview.posted_today, counts.posted_today),
    ):
        if number:
            sections += _section(session, tone, key, entries, number=number)
    if not sections:
        sections.append(text(tone.word("queue.empty"), "body", tone.theme.ink))
    return screen(
        tone,
        strip(session, tone),
        header(tone, tone.word("queue.title"), session.back_from_queue, detail=detail),
        body(tone, *sections, scrolls=True),
        _foot(session, tone),
    )


def _foot(session: Session, tone: Tone) -> ft.Control:
    """The one action, in its place under what scrolls."""
    return ft.Container(
        quiet_button(
            tone,
            tone.word("queue.busy" if session.is_busy else "queue.try_now"),
            None if session.is_busy else session.try_now,
            icon_name="sync",
            detail=tone.word("queue.by_itself"),
            outlined=True,
            height=TERMINAL_SIZES["target_main"],
        ),
        padding=ft.Padding.only(left=16, right=16, bottom=20, top=8),
        bgcolor=tone.theme.page,
    )


def _section(
    session: Session, tone: Tone, key: str, entries: Sequence[QueueEntry], *, number: int
) -> list[ft.Control]:
    theme = tone.theme
    head = ft.Row(
        [
            ft.Container(
                ft.Semantics(content=text(tone.word(f"queue.{key}"), "item_name", theme.ink), header=True),
                expand=True,
            ),
            text(tone.quantity(number), "item_name", theme.ink, lines=1),
        ]
    )
    rows = [_row(session, tone, entry) for entry in entries]
    more = number - len(entries)
    if more > 0:
        rows.append(
            ft.Container(
                text(tone.word("queue.more", n=more), "body", theme.ink_2, align=ft.TextAlign.CENTER),
                padding=12,
            )
        )
    return [head, card(tone, ft.Column(rows, spacing=0), padding=0)]


def look_of(state: str) -> str:
    """The outcome whose colours and shape a state has."""
    return _LOOK_OF.get(state, state)


def line_of(tone: Tone, entry: QueueEntry) -> str:
    """A transaction in one line: what, how many, of which item."""
    kind = tone.word(f"task.{entry.kind}")
    item = entry.description or entry.item_no
    return tone.word("queue.line", kind=kind, n=_quantity_of(tone, entry), item=item)


def _quantity_of(tone: Tone, entry: QueueEntry) -> str:
    """How many; of an adjustment with the sign, which is all that tells lost from found."""
    is_change = entry.kind == "adjust"
    return tone.quantity(entry.quantity if is_change else abs(entry.quantity), signed=is_change)


def _row(session: Session, tone: Tone, entry: QueueEntry) -> ft.Control:
    theme, look = tone.theme, look_of(entry.state)
    words: list[ft.Control] = [text(line_of(tone, entry), "body", theme.ink, weight=500, lines=2)]
    if entry.code:
        told = sentence(entry.code, entry.hint, tone.language)
        words.append(text(told, "least", tone.outcome(look).text, size=15, lines=2))
    row = [
        outcome_badge(tone, look, size=28),
        ft.Column(words, spacing=0, expand=True, tight=True),
        text(clock_time(entry.occurred_wall), "least", theme.ink_2, lines=1),
        icon("chevron_right", theme.ink_2),
    ]
    box = ft.Container(
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.hair)),
    )
    label = f"{tone.word(f'outcome.{look}')}. {line_of(tone, entry)}"
    return pressable(
        label,
        ft.Row(mirrored(tone, row), spacing=12),
        partial(session.open_transaction, entry.transaction_id),
        box=box,
    )


def transaction(session: Session, tone: Tone) -> ft.Control:
    """What happened to one transaction, and what to do."""
    theme = tone.theme
    entry, scans = session.device.transaction(session.transaction_id)
    look = look_of(entry.state)
    facts = [
        ft.Row([outcome_chip(tone, look)]),
        text(line_of(tone, entry), "headline", theme.ink),
        _place(tone, entry),
        code_text(tone, " ".join(part for part in (entry.item_no, entry.lot_no, entry.serial_no) if part)),
        text(tone.word("transaction.scanned", time=_long_time(entry)), "body", theme.ink_2),
    ]
    if entry.document_no:
        facts.append(text(tone.word("transaction.document", no=entry.document_no), "body", theme.ink_2))
    if entry.decided_by:
        facts.append(text(tone.word("transaction.decided", name=entry.decided_by), "body", theme.ink_2))
    told = [card(tone, ft.Column([text(line, "body", theme.ink) for line in _what_to_do(tone, entry)]))]
    history = [
        code_text(tone, f"{local(parse_moment(scan.occurred_wall)).strftime('%H:%M:%S')}  {scan.raw}")
        for scan in scans
    ]
    return screen(
        tone,
        strip(session, tone),
        header(tone, tone.word("transaction.title"), lambda: session.go_to(Screen.QUEUE)),
        body(
            tone,
            *facts,
            *told,
            text(tone.word("transaction.scans"), "item_name", theme.ink),
            *history,
            scrolls=True,
        ),
    )


def _place(tone: Tone, entry: QueueEntry) -> ft.Control:
    """Bin, or bin to bin, each code in one piece."""
    controls: list[ft.Control] = [code_text(tone, entry.bin_code, size=22, weight=700)]
    if entry.to_bin_code:
        controls.append(text(tone.word("transaction.to"), "body", tone.theme.ink_2, lines=1))
        controls.append(code_text(tone, entry.to_bin_code, size=22, weight=700))
    return ft.Row(controls, spacing=8, wrap=True)


def _long_time(entry: QueueEntry) -> str:
    return local(entry.occurred_wall).strftime("%H:%M:%S")


def _what_to_do(tone: Tone, entry: QueueEntry) -> list[str]:
    lines = [sentence(entry.code, entry.hint, tone.language)] if entry.code else []
    match look_of(entry.state):
        case "posted":
            lines.append(tone.word("transaction.posted"))
        case "queued":
            lines.append(tone.word("transaction.queued"))
        case "received" | "waiting":
            lines.append(tone.word("transaction.at_server"))
        case "awaiting_approval":
            lines.append(tone.word("queue.nothing_for_you"))
        case _:
            lines.append(tone.word("transaction.kept", n=_quantity_of(tone, entry)))
            lines.append(tone.word("transaction.ask"))
    return lines
