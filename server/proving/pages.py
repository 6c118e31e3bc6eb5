"""The ledger check's page: when the books were last proved, what must hold, and what does not."""

from dataclasses import dataclass

from flask import Blueprint, Flask, render_template
from flask_babel import lazy_gettext

from server.proving.checks import KeptCheck, newest_check, newest_proof
from server.proving.words import RULES
from server.security.frame import tell_proof
from server.security.permissions import Permission, requires
from server.web.frame import Proof
from server.web.tables import Column, Listing

blueprint = Blueprint("proof", __name__, template_folder="templates")
_COLUMNS = (
    Column("differences", lazy_gettext("Result"), strong=True),
    Column("name", lazy_gettext("Invariant"), "code"),
    Column("rule", lazy_gettext("What must hold")),
)
_ROW_COLUMNS = (
    Column("where", lazy_gettext("Where")),
    Column("expected", lazy_gettext("Expected")),
    Column("found", lazy_gettext("Found"), strong=True),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One invariant; an old check may name one that is proved no more, and has no rule then."""

    name: str
    rule: object
    differences: int
    row_tone: str


def tell_last_proof(app: Flask) -> None:
    """Let the frame of every page say when the books were last proved."""
    tell_proof(app, _last_proof)


@blueprint.get("/ledger-check", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> str:
    """The newest check."""
    kept = newest_check()
    return render_template(
        "proving/check.html",
        check=kept,
        listing=Listing(columns=_COLUMNS, rows=_lines(kept) if kept else ()),
        broken=[
            (result, Listing(columns=_ROW_COLUMNS, rows=result.rows))
            for result in (kept.results if kept else ())
            if result.differences
        ],
        rules=RULES,
    )


def _lines(kept: KeptCheck) -> list[_Line]:
    """What differs first, else in the order of the check."""
    lines = [
        _Line(
            result.name,
            RULES.get(result.name, ""),
            result.differences,
            "trouble" if result.differences else "",
        )
        for result in kept.results
    ]
    return sorted(lines, key=lambda line: not line.differences)


def _last_proof() -> Proof | None:
    newest = newest_proof()
    return Proof(*newest) if newest else None
