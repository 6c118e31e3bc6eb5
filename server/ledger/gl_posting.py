"""Posts what value entries are worth to the general ledger, and shows beforehand what would be posted.

What is not posted yet is found by one partial index and taken in spans of bounded size: of entry numbers, or
of whole days where lines are summed per group. Always holds: an amount is posted once. The value entries of a
span are locked in the order of their numbers, and what another run posted meanwhile no longer counts; lines,
relations and posted amounts are written in one database transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from server.bulk import insert_rows, select_given, update_rows
from server.general_ledger.load import load_account_setup
from server.general_ledger.posted import GlPosted, summary
from server.general_ledger.posting_plan import (
    AccountSetup,
    Plan,
    PostedAmounts,
    UnpostedValue,
    plan_entries,
    plan_groups,
)
from server.general_ledger.tables import GlEntry, GlItemRelation
from server.ledger.gl_unposted import SPAN, Per, Span, all_spans, given_values, given_values_locked, values_in
from server.ledger.tables import ValueEntry
from server.masterdata.load import load_setup

Write = Callable[[Callable[[sa.Connection], GlPosted]], GlPosted]

_ENTRY_COLUMNS = (
    "entry_no",
    "batch_no",
    "account_no",
    "posting_date",
    "document_no",
    "amount",
    "category",
    "item_no",
    "location_code",
    "user_id",
    "posted_at",
)


def post_to_gl(
    connection: sa.Connection,
    *,
    user_id: str,
    now: datetime,
    per: Per = "entry",
    only_value_entry_nos: Sequence[int] | None = None,
    document_no: str = "",
) -> GlPosted:
    """Post what is not posted yet, in the caller's database transaction.

    `document_no` stands on every line; without it a line per value keeps the value's own, and a line per
    group gets one of its batch.
    """
    run = _Run(connection, per, document_no)
    posted = GlPosted()
    for values in run.spans(only_value_entry_nos):
        posted.add(run.post(values(), user_id, now))
    return posted


def post_all_to_gl(
    write: Write, reader: sa.Engine, *, user_id: str, now: datetime, per: Per = "entry"
) -> Iterator[GlPosted]:
    """Post everything, a database transaction per span, so that nobody waits long; yields after each.

    `reader` only looks for what there is to do. Another run beside this one does no harm.
    """
    with reader.connect() as connection:
        posts_expected = load_setup(connection).expected_cost_posting
        spans = list(all_spans(connection, per, posts_expected=posts_expected))
    for span in spans:
        yield write(partial(_post_span, span=span, per=per, user_id=user_id, now=now))


def preview_gl(
    connection: sa.Connection,
    *,
    per: Per = "entry",
    only_value_entry_nos: Sequence[int] | None = None,
    most: int | None = None,
) -> GlPosted:
    """What `post_to_gl` would post and skip at this moment; writes nothing and locks nothing.

    With `most` it leaves off after that many value entries or a few more, and says so.
    """
    run = _Run(connection, per, "", locks=False)
    posted, looked_at = GlPosted(), 0
    for values in run.spans(only_value_entry_nos):
        if most is not None and looked_at >= most:
            posted.is_cut = True
            break
        found = values()
        looked_at += len(found)
        posted.add(summary(run.plan(found)))
    return posted


@dataclass(slots=True)
class _Run:
    """What holds during one run: set-up, lines per what, whether values are locked."""

    connection: sa.Connection
    per: Per
    document_no: str
    locks: bool = True
    accounts: AccountSetup = field(init=False)
    posts_expected: bool = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = load_account_setup(self.connection)
        self.posts_expected = load_setup(self.connection).expected_cost_posting

    def spans(self, only: Sequence[int] | None) -> Iterator[Callable[[], list[UnpostedValue]]]:
        """How to read each bounded part of what there is."""
        if only is None:
            for span in all_spans(self.connection, self.per, posts_expected=self.posts_expected):
                yield partial(self.read, span)
            return
        numbers = sorted(set(only))
        for start in range(0, len(numbers), SPAN):
            yield partial(self.read_given, numbers[start : start + SPAN])

    def read(self, span: Span) -> list[UnpostedValue]:
        """The values of a span that are not posted now."""
        query = values_in(span, posts_expected=self.posts_expected)
        if self.locks:
            query = query.with_for_update(key_share=True, of=ValueEntry.__table__)
        return [UnpostedValue._make(row) for row in self.connection.execute(query)]

    def read_given(self, numbers: Sequence[int]) -> list[UnpostedValue]:
        """Those of some values that are not posted now."""
        rows = select_given(
            self.connection,
            given_values_locked if self.locks else given_values,
            ValueEntry.__table__,
            columns=("entry_no",),
            rows=[(number,) for number in numbers],
        )
        return [UnpostedValue._make(row) for row in rows]

    def plan(self, values: Iterable[UnpostedValue]) -> Plan:
        """What to write of these values."""
        make = plan_groups if self.per == "group" else plan_entries
        return make(values, self.accounts, posts_expected=self.posts_expected, document_no=self.document_no)

    def post(self, values: Iterable[UnpostedValue], user_id: str, now: datetime) -> GlPosted:
        """Write what is planned of these values."""
        plan = self.plan(values)
        if plan.lines:
            self._write(plan, user_id, now)
        return summary(plan)

    def _write(self, plan: Plan, user_id: str, now: datetime) -> None:
        numbers = _take_numbers(self.connection, len(plan.lines))
        # Its first entry's number: no other batch can have it.
        batch_no = numbers[0]
        insert_rows(
            self.connection,
            GlEntry.__table__,
            _ENTRY_COLUMNS,
            [
                (number, batch_no, account, day, document or f"GL-{batch_no}", *more, user_id, now)
                for number, (account, day, document, *more) in zip(numbers, plan.lines, strict=True)
            ],
        )
        insert_rows(
            self.connection,
            GlItemRelation.__table__,
            ("gl_entry_no", "value_entry_no", "amount"),
            [(numbers[place], value_no, amount) for place, value_no, amount in plan.relations],
        )
        update_rows(
            self.connection,
            ValueEntry.__table__,
            keys=("entry_no",),
            values=PostedAmounts._fields[1:],
            rows=plan.posted,
        )


def _post_span(connection: sa.Connection, *, span: Span, per: Per, user_id: str, now: datetime) -> GlPosted:
    run = _Run(connection, per, "")
    return run.post(run.read(span), user_id, now)


def _take_numbers(connection: sa.Connection, wanted: int) -> Sequence[int]:
    """Ascending numbers for new G/L entries; on SQLite, with its one writer, simply the next ones."""
    if connection.dialect.name == "postgresql":
        taken = connection.exec_driver_sql(
            "SELECT nextval('gl_entry_entry_no_seq') FROM generate_series(1, %s)", (wanted,)
        )
        return sorted(taken.scalars())
    highest = connection.execute(sa.select(sa.func.max(GlEntry.entry_no))).scalar()
    return range((highest or 0) + 1, (highest or 0) + 1 + wanted)
