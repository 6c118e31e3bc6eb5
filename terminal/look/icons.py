"""Material Symbols names of the table as Flet's icons; what Flet has under another name is listed by hand.

Rounded, as the pictures are. A filled icon is a state, an outlined one an action.
"""

from __future__ import annotations

import flet as ft

from shared.look import ANSWERS, OUTCOMES

RENAMED = {"barcode_scanner": "BARCODE_READER", "local_parking": "LOCAL_PARKING"}


def icon_data(name: str, *, filled: bool = True) -> ft.IconData:
    """The icon of a Material Symbols name; a name that Flet lacks is a bug and an AttributeError."""
    known = RENAMED.get(name, name.upper())
    rounded = f"{known}_ROUNDED" if filled else f"{known}_OUTLINED"
    found: ft.IconData = getattr(ft.Icons, rounded, None) or getattr(ft.Icons, known)
    return found


ANSWER_ICONS = {kind: icon_data(shape.icon) for kind, shape in ANSWERS.items()}
OUTCOME_ICONS = {name: icon_data(shape.icon, filled=shape.filled) for name, shape in OUTCOMES.items()}


def icon(name: str, colour: str, *, size: float = 24, filled: bool = False) -> ft.Icon:
    """A decoration beside words; it says nothing to a screen reader."""
    return ft.Icon(icon_data(name, filled=filled), color=colour, size=size)
