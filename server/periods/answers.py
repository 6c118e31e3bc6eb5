"""How the pages of this capability change something: done and said, or refused and said why."""

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from flask import flash, redirect
from werkzeug.wrappers import Response

from server.database import write
from server.errors import Refusal
from server.masterdata.faults import CardMissing, ChangeRefused
from server.web.words import current_language
from shared.moments import MomentError, parse_day
from shared.wire.outcomes import sentence


def attempt(work: Callable[[sa.Connection], object], *, told: str, back: str, after: str = "") -> Response:
    """Do it and say `told`, or change nothing and say why; then go `back`, after success to `after`."""
    try:
        write(work)
    except (Refusal, ChangeRefused) as refused:
        flash(why(refused), "trouble")
        return redirect(back, 303)
    flash(told, "posted")
    return redirect(after or back, 303)


def why(refused: Refusal | ChangeRefused) -> str:
    """The reason of a refusal, in the language of the page."""
    language = current_language()
    if isinstance(refused, Refusal):
        return sentence(refused.code, refused.hint, language)
    return " ".join(fault.sentence(language) for fault in refused.faults)


def day_of_address(text: str) -> date:
    """A day of an address; CardMissing where it is none."""
    try:
        return parse_day(text)
    except MomentError:
        raise CardMissing("period", text) from None


def typed_day(text: str) -> date | None:
    """A day as a date field sends it; None for an empty field, MomentError for anything else."""
    return parse_day(text) if text.strip() else None
