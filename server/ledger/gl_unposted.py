"""Finds the value entries that are not in the general ledger yet, in spans of bounded size.

A span is some entry numbers, or some whole days where lines are summed per group and date. The conditions are
those of the partial index ix_value_entry_not_in_gl, so that looking for nothing costs nothing.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

import sqlalchemy as sa

from server.bulk import AnySelect
from server.general_ledger.posting_plan import UnpostedValue
from server.ledger.tables import ValueEntry

Per = Literal["entry", "group"]

# Value entries per span: a second or two for those who wait to post.
SPAN = 20_000
_value = ValueEntry.__table__
_COLUMNS = [_value.c[name] for name in UnpostedValue._fields]


class Span(NamedTuple):
    """Value entries from one number to another, or of all days from one to another."""

    column: Literal["entry_no", "posting_date"]
    first: int | date
    last: int | date


def is_unposted(*, posts_expected: bool) -> sa.ColumnElement[bool]:
    """Whether something of a value entry is to be posted; in the words of the partial index that finds it."""
    actual = _value.c.cost_amount_actual != _value.c.cost_posted_to_gl
    if not posts_expected:
        return actual
    return sa.or_(actual, _value.c.cost_amount_expected != _value.c.expected_cost_posted_to_gl)


def all_spans(connection: sa.Connection, per: Per, *, posts_expected: bool) -> Iterator[Span]:
    """What is to be posted, cut up; by entry number, or by day where lines are per group."""
    unposted = is_unposted(posts_expected=posts_expected)
    return _days(connection, unposted) if per == "group" else _numbers(connection, unposted)


def _numbers(connection: sa.Connection, unposted: sa.ColumnElement[bool]) -> Iterator[Span]:
    after = 0
    while True:
        found = (
            connection.execute(
                sa.select(_value.c.entry_no)
                .where(unposted, _value.c.entry_no > after)
                .order_by(_value.c.entry_no)
                .limit(SPAN)
            )
            .scalars()
            .all()
        )
        if not found:
            return
        after = found[-1]
        yield Span("entry_no", found[0], after)


def _days(connection: sa.Connection, unposted: sa.ColumnElement[bool]) -> Iterator[Span]:
    """Whole days: a group never lies in two spans."""
    counts = connection.execute(
        sa.select(_value.c.posting_date, sa.func.count())
        .where(unposted)
        .group_by(_value.c.posting_date)
        .order_by(_value.c.posting_date)
    ).all()
    first, values = None, 0
    for place, (day, count) in enumerate(counts):
        first, values = first or day, values + count
        if values >= SPAN or place + 1 == len(counts):
            yield Span("posting_date", first, day)
            first, values = None, 0


def values_in(span: Span, *, posts_expected: bool) -> AnySelect:
    """What is to be posted of a span, as UnpostedValue has it, by entry number."""
    return (
        sa.select(*_COLUMNS)
        .where(
            is_unposted(posts_expected=posts_expected),
            _value.c[span.column].between(span.first, span.last),
        )
        .order_by(_value.c.entry_no)
    )


def given_values(given: sa.FromClause) -> AnySelect:
    """What is to be posted of value entries given by number."""
    return (
        sa.select(*_COLUMNS)
        .join_from(given, _value, _value.c.entry_no == given.c.entry_no)
        .where(is_unposted(posts_expected=True))
        .order_by(_value.c.entry_no)
    )


def given_values_locked(given: sa.FromClause) -> AnySelect:
    """The same, locked in the order of their numbers; SQLite ignores the lock."""
    return given_values(given).with_for_update(key_share=True, of=_value)
