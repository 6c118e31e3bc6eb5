"""What a scenario expects of the books: checkpoints, each with checks, each with the figures it must find."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Figure = Decimal | date | bool | None
Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Figures to look up. `where` names them for a person; `expected` is never empty."""

    where: str
    expected: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCheck(Check):
    """Of the item ledger entries behind a name, summed."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCheck(Check):
    """Of the value entries of a name that pass every filter, summed."""

    name: str
    filters: Mapping[str, str | date | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCheck(Check):
    """Of an item card."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GlCheck(Check):
    """Balance of an account, or its movement with one posting date."""

    account: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryValueCheck(Check):
    """Stock and its value by posting dates up to a day; a location of None means all."""

    item: str
    location: str | None
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationCheck(Check):
    """What is applied between two names; an outbound of None means the receipt's own entry."""

    inbound: str
    outbound: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevaluableCheck(Check):
    """What a revaluation of the whole item would propose."""

    item: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What must be so right after a step."""

    after: str
    checks: tuple[Check, ...]
