"""Reads what YAML gives strictly: every key is known, every value has its type, and every error says where.

Always holds: numbers are decimals made from their text, and never go through binary arithmetic. Raises only
Unreadable.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")
_MISSING = object()
# Quantities and unit costs have 5 decimals in the ledger, amounts 4; both 18 digits.
QUANTITY_PLACES, AMOUNT_PLACES, DIGITS = 5, 4, 18


class Unreadable(Exception):
    """A scenario that cannot be run: where in the file, what was expected, what was found."""

    def __init__(self, at: str, *, expected: str, found: object) -> None:
        self.at, self.expected, self.found = at or "the file", expected, shown(found)
        super().__init__(f"{self.at}: expected {self.expected}, found {self.found}")


def shown(value: object) -> str:
    """A value as a person wrote it, and not more than fits on a line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(str, value)) or 'no keys'}"[:80]
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return repr(value)[:80] if isinstance(value, str) else str(value)[:80]


def listed(words: Iterable[str]) -> str:
    """Alternatives as a person reads them."""
    return ", ".join(words) or "nothing at all"


class Fields:
    """A mapping of the file, whose keys are asked for one by one; what nobody asked for is refused."""

    def __init__(self, value: object, at: str) -> None:
        if not isinstance(value, dict):
            raise Unreadable(at, expected="a mapping of keys to values", found=value)
        for key in value:
            if not isinstance(key, str):
                raise Unreadable(at, expected="keys that are text (write 'no' in quotes)", found=key)
        self.at = at
        self._values: dict[str, Any] = value
        self._known: list[str] = []

    def path(self, key: str) -> str:
        """Where a key's value stands."""
        return f"{self.at}.{key}" if self.at else key

    def has(self, key: str) -> bool:
        """Whether the key was written at all."""
        self._known.append(key)
        return key in self._values

    def is_null(self, key: str) -> bool:
        """Whether the key was written with null behind it."""
        return self.has(key) and self._values[key] is None

    def end(self) -> None:
        """Refuse every key that is not known here."""
        for key in self._values:
            if key not in self._known:
                known = listed(dict.fromkeys(self._known))
                raise Unreadable(self.path(key), expected=f"one of the keys {known}", found=key)

    def text(self, key: str, default: str | None = None, *, longest: int = 30) -> str:
        """Text of at least one character."""
        return self._value(key, default, lambda value, at: as_text(value, at, longest))

    def code(self, key: str) -> str:
        """A code that may be missing, empty or null: then it is the blank one."""
        if not self.has(key) or self._values[key] in (None, ""):
            return ""
        return as_text(self._values[key], self.path(key), 30)

    def number(self, key: str, default: Decimal | None = None, *, places: int = QUANTITY_PLACES) -> Decimal:
        """A number of at most so many decimals, of either sign."""
        return self._value(key, default, lambda value, at: as_number(value, at, places))

    def optional_number(self, key: str, *, places: int = QUANTITY_PLACES) -> Decimal | None:
        """A number, or None where the key is missing."""
        return self.number(key, places=places) if self.has(key) else None

    def cost(self, key: str, default: Decimal | None = None) -> Decimal:
        """A number that is not below 0."""
        number = self.number(key, default)
        if number < 0:
            raise Unreadable(self.path(key), expected="a number that is not below 0", found=number)
        return number

    def optional_cost(self, key: str) -> Decimal | None:
        """A number that is not below 0, or None where the key is missing."""
        return self.cost(key) if self.has(key) else None

    def quantity(self, key: str = "quantity") -> Decimal:
        """A number above 0."""
        number = self.number(key)
        if number <= 0:
            raise Unreadable(self.path(key), expected="a number above 0", found=number)
        return number

    def day(self, key: str) -> date:
        """A date."""
        return self._value(key, None, as_day)

    def optional_day(self, key: str) -> date | None:
        """A date, or None where the key is missing."""
        return self.day(key) if self.has(key) else None

    def flag(self, key: str, default: bool | None = None) -> bool:  # noqa: FBT001
        """True or false."""
        return self._value(key, default, as_flag)

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of these words."""
        return self._value(key, default, lambda value, at: as_choice(value, at, choices))

    def items(self, key: str, *, optional: bool = False) -> list[tuple[Any, str]]:
        """The values of a list, each with where it stands."""
        if optional and not self.has(key):
            return []
        values: list[Any] = self._value(key, None, _as_list)
        return [(value, f"{self.path(key)}[{place}]") for place, value in enumerate(values)]

    def mapping(self, key: str, *, optional: bool = False) -> "Fields":
        """A mapping within this one."""
        if optional and not self.has(key):
            return Fields({}, self.path(key))
        return self._value(key, None, Fields)

    def raw(self, key: str) -> Any:
        """A value as YAML gave it, for a reader of its own."""
        return self._value(key, None, lambda value, _: value)

    def _value(self, key: str, default: T | None, read: Callable[[Any, str], T]) -> T:
        if not self.has(key):
            if default is None:
                raise Unreadable(self.at, expected=f"the key {key}", found=self._values)
            return default
        return read(self._values[key], self.path(key))


def as_text(value: object, at: str, longest: int = 30) -> str:
    """Text of 1 to so many characters; a bare number is refused, since YAML may have changed it (007)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Unreadable(at, expected="text (write it in quotes)", found=value)
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise Unreadable(at, expected=f"text of 1 to {longest} characters", found=value)
    return value


def as_number(value: object, at: str, places: int = QUANTITY_PLACES) -> Decimal:
    """A number of at most so many decimals and 18 digits in all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(at, expected="a number", found=value)
    number = Decimal(str(value))
    if not number.is_finite():
        raise Unreadable(at, expected="a number", found=value)
    scaled = number.scaleb(places)
    if scaled != scaled.to_integral_value() or abs(scaled) >= 10**DIGITS:
        raise Unreadable(at, expected=f"at most {places} decimals and {DIGITS} digits", found=value)
    return number


def as_day(value: object, at: str) -> date:
    """A date; YAML makes a moment of one that has a time."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Unreadable(at, expected="a date like 2026-01-31", found=value)
    return value


def as_flag(value: object, at: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unreadable(at, expected="true or false", found=value)
    return value


def as_choice(value: object, at: str, choices: Iterable[str]) -> str:
    """One of these words."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        raise Unreadable(at, expected=f"one of {listed(choices)}", found=value)
    return value


def _as_list(value: object, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(at, expected="a list", found=value)
    return value
