"""Where one thing asks for another: a kind of transaction for its poster and flow, a refusal for its words.

These tests fail as soon as half of a new thing is there, and name the half that is missing.
"""

import re
from pathlib import Path

import pytest

from server import create_app, errors
from server.database import dispose
from server.inbox.kinds import transactions
from shared.wire.outcomes import REASONS, Status
from shared.wire.transactions import BODIES, OFFICE_KINDS
from terminal.flows import FLOWS
from tests.support.fixtures import config_for

KINDS = {kind for kind, _version in BODIES}
PLACEHOLDER = re.compile(r"{\w*}")


def test_every_kind_on_the_wire_has_a_poster_and_no_poster_is_left_over(
    sqlite_url: str, tmp_path: Path
) -> None:
    app = create_app(config_for(sqlite_url, tmp_path))

    with app.app_context():
        registered = set(transactions())

    dispose(app)
    assert registered == KINDS


def test_every_kind_on_the_wire_has_a_flow_but_those_that_only_the_office_posts() -> None:
    assert KINDS - set(FLOWS) == OFFICE_KINDS


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [refusal.code for refusal in refusals()]

    assert sorted(codes) == sorted(set(codes))
    assert set(codes) - set(REASONS) == set()


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_reason_is_worded_in_both_languages_with_the_same_blanks(code: str) -> None:
    english, french = REASONS[code]

    assert english
    assert french
    assert english != french
    assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(french))


def test_a_refusal_never_counts_as_posted() -> None:
    assert [refusal.__name__ for refusal in refusals() if refusal.status is Status.POSTED] == []


def refusals() -> list[type[errors.Refusal]]:
    """Every refusal that the server knows, those that only group others left out."""
    found, waiting = [], [errors.Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "code" in vars(kind):
            found.append(kind)
    return found
