"""The one scan screen: draws any flow's prompt and answer.

A go fills the top for a moment and settles into a strip; a look stays until it is answered, a stop until the
next right scan. Undo, sounds and the camera have places of their own in a later issue.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import flet as ft

from shared.look import ANSWERS, TERMINAL_SIZES
from terminal.flows.step import Action, Answer, AnswerKind, Pad, Prompt, Row, Step
from terminal.flows.step import Tone as ActionTone
from terminal.look.answers import Saying, answer_frame, answer_panel, settled_answer
from terminal.look.buttons import big_button, choice, mirrored, pressable, quiet_button
from terminal.look.icons import icon
from terminal.look.pieces import bin_code, code_text, item_and_code, quantity
from terminal.look.tone import Tone, text
from terminal.screens.pad import pad
from terminal.screens.parts import MARGIN, body, clock_time, header, local, screen, spacer, strip
from terminal.session import Session


def task(session: Session, tone: Tone) -> ft.Control:
    """The running flow as it stands."""
    step = session.step
    assert step is not None
    if session.is_pad_open:
        return pad(session, tone, step)
    if step.answer is None or session.is_settled:
        return _calm(session, tone, step)
    kind = step.answer.kind.value
    if tone.is_low:
        tone = replace(tone, width=tone.width / 2)
    panel = answer_panel(tone, saying_of(tone, step.answer), strip(session, tone, inside=kind))
    margin = TERMINAL_SIZES["answer_margin"]
    prompt = _prompt(session, tone, step.prompt, margin=margin, is_short=True)
    if tone.is_low:
        halves: list[ft.Control] = [
            ft.Container(panel, expand=True),
            ft.Container(prompt, expand=True, padding=ft.Padding.only(top=ANSWERS[kind].edge_width)),
        ]
        side_by_side = ft.Row(halves, spacing=0, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
        return answer_frame(tone, kind, side_by_side)
    return answer_frame(tone, kind, screen(tone, panel, prompt))


def _calm(session: Session, tone: Tone, step: Step) -> ft.Control:
    parts = [strip(session, tone), header(tone, tone.message(step.prompt.title), session.home)]
    if step.answer is not None:
        at = local(session.answered_at).strftime("%H:%M:%S") if session.answered_at else ""
        parts.append(settled_answer(tone, saying_of(tone, step.answer), at))
    return screen(tone, *parts, _prompt(session, tone, step.prompt, margin=MARGIN, is_short=False))


def saying_of(tone: Tone, answer: Answer) -> Saying:
    """An answer in words."""
    big = "" if answer.big is None else tone.quantity(answer.big, signed=answer.is_change)
    if answer.kind is AnswerKind.STOP:
        big = tone.word("answer.stop_word")
    elif answer.kind is AnswerKind.LOOK:
        big = f"{big}?"
    headline = tone.message(answer.message)
    detail = "" if answer.detail is None else tone.message(answer.detail)
    if answer.kind is not AnswerKind.GO:
        headline, detail = _what_and_what_to_do(headline)
        # A code that nobody knows is shown as it was read: a person may see why.
        detail = f"{detail} {answer.message.params.get('code', '')}".strip()
    return Saying(
        kind=answer.kind.value,
        big=big,
        of="" if answer.of is None else tone.word("of", n=answer.of),
        headline=headline,
        detail=detail,
    )


def _what_and_what_to_do(sentences: str) -> tuple[str, str]:
    """What happened is the headline; what to do about it stands smaller below."""
    happened, stop, to_do = sentences.partition(". ")
    if stop:
        return happened, to_do
    return sentences, ""


def _prompt(session: Session, tone: Tone, prompt: Prompt, *, margin: int, is_short: bool) -> ft.Control:
    theme = tone.theme
    room = tone.width - 2 * margin
    controls: list[ft.Control] = [text(tone.message(prompt.ask), "title", theme.ink)]
    # The biggest bin is the one that the question is about; where goods came from stands small beside it.
    is_asked_from = bool(prompt.from_bin_code) and prompt.from_bin_code in tone.message(prompt.ask)
    if prompt.from_bin_code and not is_asked_from:
        source = code_text(tone, prompt.from_bin_code, size=24, weight=700)
        controls.append(
            ft.Row([text(tone.word("task.from"), "body", theme.ink_2, lines=1), source], spacing=8)
        )
    big = prompt.bin_code or (prompt.from_bin_code if is_asked_from else "")
    if big:
        controls.append(bin_code(tone, big, room=room))
    if not (is_short and tone.is_compact):
        controls += _in_hand(tone, prompt)
    as_of = session.device.stock_as_of() if prompt.rows else None
    if as_of is not None:
        controls.append(_stock_age(session, tone, as_of))
    controls += [_row(tone, row) for row in prompt.rows]
    controls += [spacer(), *_actions(session, tone, prompt)]
    choices = sum(each.tone is ActionTone.CHOICE for each in prompt.actions)
    is_long = choices > (2 if is_short else 4) or len(prompt.rows) > (1 if is_short else 5)
    return body(tone, *controls, margin=margin, scrolls=is_long)


def _stock_age(session: Session, tone: Tone, as_of: datetime) -> ft.Control:
    """What stands above every number of the books: for when it is true."""
    age = tone.age(max(session.ports.clock.wall() - as_of, timedelta(0)))
    return text(tone.word("stock.as_of", time=clock_time(as_of), age=age), "body", tone.theme.ink_2)


def _in_hand(tone: Tone, prompt: Prompt) -> list[ft.Control]:
    item = prompt.item
    controls: list[ft.Control] = []
    if prompt.times is not None:
        controls.append(quantity(tone, f"{tone.quantity(prompt.times)} ×", size=40))
    if item is None:
        return controls
    detail = item.unit_of_measure_code
    if item.quantity_per_unit != 1:
        detail = tone.word("task.item_of", unit=item.unit_of_measure_code, n=item.quantity_per_unit)
    numbers = " ".join(part for part in (item.lot_no, item.serial_no) if part)
    words: list[ft.Control] = [
        text(item.description, "item_name", tone.theme.ink, lines=2),
        item_and_code(tone, item.item_no, detail),
    ]
    if numbers:
        words.append(code_text(tone, numbers))
    row: list[ft.Control] = [ft.Column(words, spacing=2, expand=True, tight=True)]
    if prompt.quantity is not None:
        row.append(quantity(tone, tone.quantity(prompt.quantity, signed=prompt.is_change), size=48))
    controls.append(ft.Row(row, spacing=12))
    return controls


def _row(tone: Tone, row: Row) -> ft.Control:
    theme = tone.theme
    line: list[ft.Control] = []
    if row.code:
        line.append(code_text(tone, row.code))
    label = tone.message(row.label)
    words: list[ft.Control] = [text(label, "body", theme.ink, lines=2)] if label != row.code else []
    if row.detail is not None:
        words.append(text(tone.message(row.detail), "least", theme.ink_2, lines=1))
    line.append(ft.Column(words, spacing=0, expand=True, tight=True))
    if row.quantity is not None:
        line.append(quantity(tone, tone.quantity(row.quantity), size=24))
    return ft.Container(
        ft.Row(line, spacing=12),
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.hair)),
        padding=ft.Padding.symmetric(vertical=6),
    )


def _actions(session: Session, tone: Tone, prompt: Prompt) -> list[ft.Control]:
    """Equal choices one under the other; else quiet ones in a row and the main one at the bottom."""
    choices = [each for each in prompt.actions if each.tone is ActionTone.CHOICE]
    # "12 ×" has its turn when the question is answered.
    quiet = [
        each
        for each in prompt.actions
        if each.tone is ActionTone.QUIET and not (choices and each.name == "times")
    ]
    main = [each for each in prompt.actions if each.tone is ActionTone.MAIN]
    controls: list[ft.Control] = [
        choice(tone, tone.message(each.label), partial(session.press, each.name)) for each in choices
    ]
    row: list[ft.Control] = [_quiet(session, tone, each) for each in quiet]
    # Before an item the pad's number would be the "12 ×", which has a button of its own.
    has_times = any(each.name == "times" for each in quiet)
    if prompt.pad is not Pad.NONE and not choices and (prompt.item or not has_times):
        row.append(
            quiet_button(
                tone,
                tone.word("task.pad"),
                session.open_pad,
                # Three buttons and the way home leave no room for a picture.
                icon_name="dialpad" if len(row) < 2 else "",
                expand=True,
            )
        )
    if _waits_for_a_person(session):
        row.append(_home(session, tone))
    if row:
        controls.append(ft.Row(mirrored(tone, row), spacing=12))
    if main:
        controls.append(
            big_button(
                tone, tone.message(main[0].label), partial(session.press, main[0].name), icon_name="check"
            )
        )
    return controls


def _waits_for_a_person(session: Session) -> bool:
    """Whether a look or stop stands, which hides the header with its way back."""
    answer = None if session.step is None else session.step.answer
    return answer is not None and answer.kind is not AnswerKind.GO


def _home(session: Session, tone: Tone) -> ft.Control:
    size = TERMINAL_SIZES["target"]
    box = ft.Container(
        bgcolor=tone.theme.fill,
        border=ft.Border.all(tone.line_width, tone.theme.line) if tone.is_high_contrast else None,
        border_radius=TERMINAL_SIZES["radius"],
        width=size,
        height=size,
        alignment=ft.Alignment.CENTER,
    )
    return pressable(tone.word("task.home"), icon("home", tone.theme.ink), session.home, box=box)


def _quiet(session: Session, tone: Tone, action: Action) -> ft.Control:
    return quiet_button(tone, tone.message(action.label), partial(session.press, action.name), expand=True)
