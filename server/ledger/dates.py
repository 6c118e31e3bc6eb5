"""Which days something may be posted on and valued at. Pure: the set-up and a day in, a refusal or a day out.

Nothing is posted in an inventory period that is closed, whoever asks. The company allows posting dates from
and to; a person who has dates of their own has those instead. A correction of costs never asks: it moves to
the first day that is open.
Source: costing rules 6.4 and 13; features 16.01, 16.05 and 16.06.
"""

from datetime import date, timedelta

from server.errors import InventoryPeriodClosed, PostingDateNotAllowed, ValuationDateTooEarly
from server.masterdata.facts import PostingDates, SetupFacts


def check_posting_date(setup: SetupFacts, dates: PostingDates | None, day: date) -> None:
    """Refuse a posting date in a closed period (InventoryPeriodClosed), and one that the company or, where
    they have their own dates, the person may not post on (PostingDateNotAllowed).
    """
    whose, allow_from, allow_to = "company", setup.allow_posting_from, setup.allow_posting_to
    if dates is not None:
        whose, allow_from, allow_to = "person", dates.allow_from, dates.allow_to
    if allow_from is not None and day < allow_from:
        raise PostingDateNotAllowed(f"{day} < {allow_from} ({whose})")
    if allow_to is not None and day > allow_to:
        raise PostingDateNotAllowed(f"{day} > {allow_to} ({whose})")
    check_open_period(setup, day)


def check_open_period(setup: SetupFacts, day: date) -> None:
    """Refuse a day of an inventory period that is closed (InventoryPeriodClosed)."""
    if setup.closed_through is not None and day <= setup.closed_through:
        raise InventoryPeriodClosed(f"{day} <= {setup.closed_through}")


def check_valuation_date(setup: SetupFacts, day: date) -> None:
    """Refuse a value before the company's earliest valuation date (ValuationDateTooEarly)."""
    if setup.earliest_valuation_date is not None and day < setup.earliest_valuation_date:
        raise ValuationDateTooEarly(f"{day} < {setup.earliest_valuation_date}")


def adjustment_date(setup: SetupFacts, wanted: date) -> date:
    """The posting date of a correction of something dated `wanted`.

    Where that day is closed or before the company's allowed dates: the later of the first allowed day and the
    day after the last closed period. A person's own dates do not move it; whether they may post on it is
    asked apart.
    """
    limits = [setup.allow_posting_from] if setup.allow_posting_from is not None else []
    if setup.closed_through is not None:
        limits.append(setup.closed_through + timedelta(days=1))
    return max([wanted, *limits])
