"""A posting to the general ledger in figures, before or after: per account, and what was left out and why.

Pure. Figures of several parts of one posting add up to those of the whole.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from server.general_ledger.posting_plan import Plan, Where

# How many of the value entries that were skipped for one reason are named.
NAMED = 20
NOTHING = Decimal(0)


@dataclass(slots=True)
class SkippedValues:
    """Parts of value entries that were left out for one reason; `entry_nos` are the first of them."""

    where: Where
    values: int = 0
    amount: Decimal = NOTHING
    first_date: date = date.max
    last_date: date = date.min
    entry_nos: list[int] = field(default_factory=list)


@dataclass(slots=True)
class AccountAmount:
    """What one account gets in one role: debits and credits, both positive."""

    account_no: str
    category: str
    entries: int = 0
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING


@dataclass(slots=True)
class GlPosted:
    """What was posted, or would be: G/L entries, value entries, the sum of debits, and what was skipped."""

    entries: int = 0
    value_entries: int = 0
    amount: Decimal = NOTHING
    accounts: list[AccountAmount] = field(default_factory=list)
    skipped: list[SkippedValues] = field(default_factory=list)
    # Whether a preview left off before the end.
    is_cut: bool = False

    def add(self, other: "GlPosted") -> None:
        """Count the other in, merging what has the same account and role, or the same reason."""
        self.entries += other.entries
        self.value_entries += other.value_entries
        self.amount += other.amount
        by_account = {(each.account_no, each.category): each for each in self.accounts}
        for account in other.accounts:
            mine = by_account.get((account.account_no, account.category))
            if mine is None:
                self.accounts.append(account)
            else:
                mine.entries += account.entries
                mine.debit += account.debit
                mine.credit += account.credit
        by_reason = {each.where: each for each in self.skipped}
        for skipped in other.skipped:
            found = by_reason.get(skipped.where)
            if found is None:
                self.skipped.append(skipped)
            else:
                _merge(found, skipped)


def summary(plan: Plan) -> GlPosted:
    """A plan in figures."""
    posted = GlPosted(entries=len(plan.lines), value_entries=len(plan.posted))
    accounts: dict[tuple[str, str], AccountAmount] = {}
    for line in plan.lines:
        key = (line.account_no, line.category)
        account = accounts.get(key)
        if account is None:
            account = accounts[key] = AccountAmount(*key)
        account.entries += 1
        if line.amount > 0:
            account.debit += line.amount
            posted.amount += line.amount
        else:
            account.credit -= line.amount
    posted.accounts = list(accounts.values())
    skipped: dict[Where, SkippedValues] = {}
    for part in plan.skipped:
        found = skipped.setdefault(part.where, SkippedValues(part.where))
        _merge(
            found,
            SkippedValues(
                part.where, 1, part.amount, part.posting_date, part.posting_date, [part.value_entry_no]
            ),
        )
    posted.skipped = list(skipped.values())
    return posted


def _merge(into: SkippedValues, other: SkippedValues) -> None:
    into.values += other.values
    into.amount += other.amount
    into.first_date = min(into.first_date, other.first_date)
    into.last_date = max(into.last_date, other.last_date)
    if len(into.entry_nos) < NAMED:
        into.entry_nos = [*into.entry_nos, *other.entry_nos][:NAMED]
