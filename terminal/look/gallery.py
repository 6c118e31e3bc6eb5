"""The kit on show: screens made of sample words, one per address: /go, /look, /stop, /pad, /kit.

`?theme=light|dark|contrast&lang=en|fr&hand=right|left` chooses how. Not part of any task.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import flet as ft

from shared.look import OUTCOMES, TERMINAL_SIZES
from terminal.look.answers import Saying, answer_frame, answer_panel, settled_answer
from terminal.look.buttons import big_button, choice, pad_key, quiet_button
from terminal.look.icons import icon
from terminal.look.material import chosen_theme, dress
from terminal.look.pieces import (
    bin_code,
    card,
    code_text,
    item_and_code,
    notice,
    outcome_badge,
    outcome_chip,
    progress,
    quantity,
    sync_strip,
)
from terminal.look.tone import Hand, Tone, text

WORDS = {
    "en": {
        "white": "White Hanging Heart T-Light Holder\n4 cases of 6 from A-04-02-2",
        "next": "Next: go to",
        "same": "Scanned 1 second ago, not yet added. Is this a second case, or the same one?",
        "right": "Scan the right one to go on.",
        "label": "Wrong label?",
    },
    "fr": {
        "white": "White Hanging Heart T-Light Holder\n4 cartons de 6 depuis A-04-02-2",
        "next": "Ensuite\u00a0: allez en",
        "same": "Scanné il y a 1 seconde, pas encore ajouté. Est-ce un autre carton ou le même\u00a0?",
        "right": "Scannez le bon article pour continuer.",
        "label": "Étiquette\u00a0?",
    },
}


def main(page: ft.Page) -> None:
    """Draw the screen that the address names."""
    address = urlsplit(page.route or "/")
    wish = {name: values[0] for name, values in parse_qs(address.query).items()}
    choice_of_theme = wish.get("theme", "light")
    dress(page, choice_of_theme)
    tone = Tone(
        theme=chosen_theme(choice_of_theme, system_is_dark=False),
        language=wish.get("lang", "en"),
        hand=Hand(wish.get("hand", "right")),
        width=page.width or 390,
    )
    page.add(SCREENS.get(address.path.strip("/"), kit)(tone))


def _nothing() -> None:
    return


def _body(
    tone: Tone,
    *controls: ft.Control,
    margin: int = TERMINAL_SIZES["margin"],
    scroll: ft.ScrollMode | None = None,
) -> ft.Control:
    return ft.Container(
        expand=True,
        bgcolor=tone.theme.page,
        padding=ft.Padding.only(left=margin, right=margin, top=12, bottom=24),
        content=ft.Column(list(controls), spacing=12, expand=True, scroll=scroll),
    )


def _screen(*controls: ft.Control) -> ft.Control:
    return ft.Column(list(controls), spacing=0, expand=True)


def go(tone: Tone) -> ft.Control:
    theme, words = tone.theme, WORDS[tone.language]
    saying = Saying(
        kind="go",
        big="24",
        of=tone.word("of", n=24),
        headline=tone.word("answer.line_done"),
        detail=words["white"],
    )
    strip = sync_strip(tone, offline=True, waiting=24, inside="go")
    return answer_frame(
        tone,
        "go",
        _screen(
            answer_panel(tone, saying, strip),
            _body(
                tone,
                ft.Row(
                    [
                        ft.Container(text(words["next"], "title", theme.ink), expand=True),
                        text("5/11", "least", theme.ink_2),
                    ]
                ),
                bin_code(tone, "A-03-09-4"),
                _needed(tone),
                progress(tone, 4, 11),
                ft.Container(expand=True),
                _corrections(tone),
                big_button(tone, "Scan A-03-09-4", _nothing, icon_name="barcode_scanner"),
                margin=TERMINAL_SIZES["answer_margin"],
            ),
        ),
    )


def _needed(tone: Tone) -> ft.Control:
    """The item to take next, and how many."""
    item: list[ft.Control] = [
        text("PACK OF 60 PINK PAISLEY CAKE CASES", "item_name", tone.theme.ink),
        item_and_code(tone, "21977", "1 × 24"),
    ]
    return ft.Row([ft.Column(item, spacing=2, expand=True), quantity(tone, "24", size=48)])


def _corrections(tone: Tone) -> ft.Control:
    """What undoes or changes the scan just made."""
    undo = tone.word("button.undo", what="+6")
    return ft.Row(
        [
            quiet_button(tone, undo, _nothing, icon_name="undo", outlined=True, expand=3),
            quiet_button(tone, tone.word("button.times", n=12), _nothing, expand=2),
            quiet_button(tone, tone.word("button.short"), _nothing, expand=2),
        ],
        spacing=12,
    )


def look(tone: Tone) -> ft.Control:
    theme, words = tone.theme, WORDS[tone.language]
    saying = Saying(kind="look", big="+6?", headline=tone.word("answer.same_case"), detail=words["same"])
    return answer_frame(
        tone,
        "look",
        _screen(
            answer_panel(tone, saying, sync_strip(tone, offline=True, waiting=22, inside="look")),
            _body(
                tone,
                text("WHITE HANGING HEART T-LIGHT HOLDER", "item_name", theme.ink),
                item_and_code(tone, "85123A", "A-04-02-2"),
                ft.Container(expand=True),
                choice(tone, tone.word("answer.second_case"), _nothing, effect="+6", detail="18 / 24"),
                choice(tone, tone.word("answer.read_twice"), _nothing, effect="+0", detail="12 / 24"),
                quiet_button(tone, tone.word("button.undo_last"), _nothing, icon_name="undo"),
                margin=TERMINAL_SIZES["answer_margin"],
            ),
        ),
    )


def stop(tone: Tone) -> ft.Control:
    theme, words = tone.theme, WORDS[tone.language]
    saying = Saying(
        kind="stop",
        big=tone.word("answer.stop_word"),
        headline=tone.word("answer.wrong_item"),
        detail=tone.word("answer.put_it_back"),
    )
    return answer_frame(
        tone,
        "stop",
        _screen(
            answer_panel(tone, saying, sync_strip(tone, offline=True, waiting=22, inside="stop")),
            _body(
                tone,
                card(tone, _pair(tone)),
                text(words["right"], "body", theme.ink),
                ft.Container(expand=True),
                ft.Row(
                    [
                        quiet_button(
                            tone,
                            tone.word("button.undo", what="+6"),
                            _nothing,
                            icon_name="undo",
                            outlined=True,
                            expand=4,
                        ),
                        quiet_button(tone, words["label"], _nothing, expand=3),
                    ],
                    spacing=12,
                ),
                big_button(tone, tone.word("button.scan_again"), _nothing, icon_name="barcode_scanner"),
                margin=TERMINAL_SIZES["answer_margin"],
            ),
        ),
    )


def _pair(tone: Tone) -> ft.Control:
    """What was scanned against what is needed."""
    theme = tone.theme
    return ft.Column(
        [
            ft.Row(
                [
                    icon("close", theme.outcomes["refused"].text),
                    text("HANGING HEART ZINC T-LIGHT", "item_name", theme.ink),
                ]
            ),
            ft.Row(
                [
                    icon("check", theme.outcomes["posted"].text),
                    text("WHITE HANGING HEART T-LIGHT", "item_name", theme.ink),
                ]
            ),
        ]
    )


def pad(tone: Tone) -> ft.Control:
    theme = tone.theme
    rows = [
        ft.Row([pad_key(tone, digit, _nothing) for digit in digits], spacing=8)
        for digits in ("123", "456", "789")
    ]
    backspace = icon("backspace", theme.ink)
    rows.append(
        ft.Row(
            [
                pad_key(tone, "+", _nothing, quiet=True),
                pad_key(tone, "0", _nothing),
                pad_key(tone, tone.word("button.delete"), _nothing, face=backspace, quiet=True),
            ],
            spacing=8,
        )
    )
    return _screen(
        sync_strip(tone, offline=True, since="13:58", waiting=23, on_press=_nothing),
        _body(
            tone,
            text("ROTATING SILVER ANGELS T-LIGHT HLDR", "item_name", theme.ink),
            text("240", "answer_number", theme.ink, lines=1),
            notice(tone, tone.word("answer.more_than_usual", n=240), icon_name="warning"),
            ft.Container(expand=True),
            *rows,
            big_button(tone, "240", _nothing, icon_name="check", pair=theme.look),
        ),
    )


def kit(tone: Tone) -> ft.Control:
    settled = Saying(kind="go", big="+12", headline="Rotating Silver Angels")
    return _screen(
        sync_strip(tone, offline=True, since="13:58", waiting=1240, on_press=_nothing),
        sync_strip(tone, offline=False, on_press=_nothing),
        settled_answer(tone, settled, "14:32:06"),
        _body(tone, *_pieces(tone), *_buttons(tone), scroll=ft.ScrollMode.AUTO),
    )


def _pieces(tone: Tone) -> list[ft.Control]:
    safe = tone.word("sign_in.scans_stay_safe", name="Marek", n=23)
    order = ft.Row(
        [ft.Container(code_text(tone, "SO-578270"), expand=True), quantity(tone, "5", beside="orders")]
    )
    return [
        ft.Row([outcome_chip(tone, name) for name in OUTCOMES], wrap=True, spacing=8, run_spacing=8),
        ft.Row([outcome_badge(tone, name) for name in OUTCOMES], wrap=True, spacing=8),
        notice(tone, "1 parked scan needs you", "Rabbit Night Light, 6 short", on_press=_nothing),
        notice(tone, safe, outcome="queued", icon_name="gpp_maybe"),
        card(tone, order, edge=tone.theme.primary.ground, edge_width=2),
        bin_code(tone, "STAGE-NORTH-014"),
    ]


def _buttons(tone: Tone) -> list[ft.Control]:
    again = "tries by itself every 20 s"
    scan = tone.word("button.scan_anything")
    return [
        quiet_button(tone, "Try now", _nothing, icon_name="sync", detail=again, outlined=True),
        quiet_button(tone, "Disabled", None),
        big_button(tone, scan, _nothing, icon_name="barcode_scanner", detail="item, bin, order, label"),
        big_button(tone, "Approve −12", None),
    ]


SCREENS: dict[str, Callable[[Tone], ft.Control]] = {
    "go": go,
    "look": look,
    "stop": stop,
    "pad": pad,
    "kit": kit,
}
