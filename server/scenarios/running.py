"""Runs a scenario: sets a company up, posts step after step, and compares at every checkpoint.

Always holds: a step that is refused changes nothing, and what follows is done all the same as far as it can
be; every deviation becomes a Difference.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from server.errors import Refusal
from server.ledger.adjust import adjust_costs
from server.ledger.gl_posting import post_to_gl
from server.ledger.lines import Journal
from server.ledger.periods import close_period, reopen_period
from server.ledger.post import post_journal
from server.ledger.rows import ItemLedgerRow
from server.masterdata.faults import ChangeRefused
from server.scenarios.checking import Difference, compare
from server.scenarios.company import PERSON, change_card, change_settings, set_up
from server.scenarios.journals import CannotDo, Lines, Made
from server.scenarios.steps import (
    Assembly,
    Dated,
    Movement,
    Period,
    Run,
    Scenario,
    SetItem,
    SetSettings,
    Step,
    Transfer,
    TransferReceipt,
    Undo,
)
from shared.ids import uuid7

# When the first step is posted, by the clock; each further one a second later.
MOMENT = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
DONE = "done"


def run_scenario(scenario: Scenario, connection: sa.Connection) -> list[Difference]:
    """What differs from the file; nothing if all is as expected. The caller rolls back."""
    set_up(connection, scenario)
    return _Runner(scenario, connection).run()


class _Runner:
    """One run: what was made so far, by name, and the dates that the set-up has by now."""

    def __init__(self, scenario: Scenario, connection: sa.Connection) -> None:
        self._scenario, self._connection = scenario, connection
        self._made: dict[str, tuple[Made, ...]] = {}
        self._lines = Lines(scenario, self._made)

    def run(self) -> list[Difference]:
        """Every step, and after each the checkpoints that stand there."""
        differences: list[Difference] = []
        for place, step in enumerate(self._scenario.steps):
            differences += self._outcome(step, MOMENT + timedelta(seconds=place))
            for checkpoint in self._scenario.checkpoints:
                if checkpoint.after == step.ref:
                    differences += compare(self._connection, checkpoint, self._made)
        return differences

    def _outcome(self, step: Step, now: datetime) -> list[Difference]:
        """Do a step in a savepoint of its own; what became of it otherwise than the file says."""
        expected = f"refused: {step.expect_error}" if step.expect_error else DONE
        hint = ""
        try:
            with self._connection.begin_nested():
                self._do(step, now)
            found = DONE
        except CannotDo as reason:
            found = f"not done: {reason}"
        except (Refusal, ChangeRefused) as refusal:
            kind, hint = kind_of(refusal)
            found = f"refused: {kind}"
        if found == expected:
            return []
        where = f"step {step.ref} ({step.do})"
        return [Difference(where=where, expected=expected, found=f"{found} ({hint})" if hint else found)]

    def _do(self, step: Step, now: datetime) -> None:
        connection = self._connection
        if isinstance(step, SetSettings):
            change_settings(connection, step)
        elif isinstance(step, SetItem):
            change_card(connection, step, now)
        elif isinstance(step, Period):
            turn = close_period if step.do == "close_period" else reopen_period
            turn(connection, step.ending, user_id=PERSON, now=now)
        elif isinstance(step, Run) and step.do == "post_to_gl":
            post_to_gl(connection, user_id=PERSON, now=now)
        elif isinstance(step, Run):
            adjust_costs(connection, user_id=PERSON, now=now)
        else:
            posting = post_journal(connection, self._journal(step, now), now)
            self._made |= names_of(step, posting.item_ledger)

    def _journal(self, step: Step, now: datetime) -> Journal:
        day = self._day_of(step)
        return Journal(
            transaction_id=uuid7(int(now.timestamp() * 1000), 0),
            source_code="scenario",
            document_no=step.ref,
            posting_date=day,
            document_date=day,
            occurred_at=now,
            user_id=PERSON,
            device_id="",
            lines=self._lines.of(step),
        )

    def _day_of(self, step: Step) -> date:
        """The posting date; a correction has that of what it corrects."""
        if isinstance(step, Undo):
            undone = next(each for each in self._scenario.steps if each.ref == step.of)
            return self._day_of(undone)
        assert isinstance(step, Dated)
        return step.day


def kind_of(refusal: Refusal | ChangeRefused) -> tuple[str, str]:
    """The kind of a refusal in the words of the format, and what it said."""
    if isinstance(refusal, Refusal):
        return refusal.code.replace("_", "-"), refusal.hint
    fault = refusal.faults[0]
    if fault.code == "has_entries":
        return "item-has-entries", fault.sentence()
    return fault.code.replace("_", "-"), fault.sentence()


def names_of(step: Step, rows: Iterable[ItemLedgerRow]) -> dict[str, tuple[Made, ...]]:
    """The entries that a step made, by the names that they have in the file."""
    made = [Made(row.entry_no, row.quantity_base) for row in sorted(rows, key=lambda row: row.entry_no)]
    receipts = tuple(each for each in made if each.quantity_base > 0)
    issues = tuple(each for each in made if each.quantity_base < 0)
    if isinstance(step, Movement | Undo):
        return {step.ref: tuple(made)}
    if isinstance(step, Transfer | TransferReceipt):
        return {f"{step.ref}.out": issues, f"{step.ref}.in": receipts}
    if isinstance(step, Assembly):
        assert len(issues) == len(step.components)
        consumed = {f"{step.ref}.c{number}": (issue,) for number, issue in enumerate(issues, 1)}
        return {f"{step.ref}.output": receipts} | consumed
    assert not made, f"{step.do} made item ledger entries"
    return {}
