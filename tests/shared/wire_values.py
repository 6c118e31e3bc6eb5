"""Values for every type on the wire, made from the types themselves, and values that must be refused.

A new field of a known type is covered without anyone writing a test for it.
"""

import dataclasses
import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from shared.wire import fields

ALPHABET = st.characters(min_codepoint=32, exclude_categories=["Cc", "Cs"])
WITH_CONTROLS = st.characters(min_codepoint=1, exclude_categories=["Cs"])


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of this type may hold."""
    marker, inner = _split(annotation)
    origin = typing.get_origin(inner)
    if dataclasses.is_dataclass(inner):
        return records_of(typing.cast(type, inner))
    if isinstance(marker, fields.Tagged):
        return st.one_of(*(records_of(member) for _, member in marker.members))
    if origin in (typing.Union, types.UnionType):
        (kept,) = (part for part in typing.get_args(inner) if part is not type(None))
        return st.none() | values_of(kept)
    if origin is tuple:
        limits = marker if isinstance(marker, fields.Items) else fields.Items(0, 3)
        members = values_of(typing.get_args(inner)[0])
        return st.lists(members, min_size=limits.low, max_size=min(limits.high, 3)).map(tuple)
    if origin is dict or inner is dict:
        return st.dictionaries(st.text(ALPHABET, max_size=5), st.integers() | st.text(ALPHABET), max_size=3)
    if marker is not None:
        return _marked(marker)
    if inner is bool:
        return st.booleans()
    assert issubclass(inner, StrEnum)
    return st.sampled_from(inner)


def records_of(record_type: type) -> st.SearchStrategy[Any]:
    """Any record of a type."""
    hints = typing.get_type_hints(record_type, include_extras=True)
    return st.builds(
        record_type,
        **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(record_type)},
    )


def _split(annotation: Any) -> tuple[Any, Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *markers = typing.get_args(annotation)
        return markers[0], inner
    return None, annotation


def _marked(marker: Any) -> st.SearchStrategy[Any]:
    match marker:
        case fields.Text(max_length=high, min_length=low, controls=controls):
            return st.text(WITH_CONTROLS if controls else ALPHABET, min_size=low, max_size=min(high, 40))
        case fields.Identity(optional=optional):
            some = st.uuids().map(str)
            return some | st.just("") if optional else some
        case fields.DecimalText(whole=whole, places=places):
            most = 10 ** (whole + places) - 1
            return st.integers(-most, most).map(lambda steps: Decimal(steps).scaleb(-places))
        case fields.Whole(low=low, high=high):
            return st.integers(low, high)
        case fields.Moment():
            zones = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
            return st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=zones).map(
                lambda moment: moment.astimezone(UTC)
            )
        case fields.Day():
            return st.dates(date(1, 1, 1), date(9999, 12, 31))
    raise AssertionError(f"no values for {marker!r}")


NOT_A_DECIMAL: tuple[object, ...] = (
    1, 1.5, True, None, [], {}, "", "NaN", "Infinity", "-Infinity", "1e999", "1E5", "1_0", "+1", " 1", "1 ",
    "01", "1.", ".5", "0x10", "1,5", "٣", "1.123456", "9" * 40, "-", "--1", "1.0.0",
)  # fmt: skip
NOT_A_MOMENT: tuple[object, ...] = (
    0, None, "", "2011-12-06", "2011-12-06T13:36:02", "2011-12-06 13:36:02Z", "2011-13-06T13:36:02Z",
    "2011-12-06T25:00:00Z", "now", "2011-12-06T13:36:02+1:00", "٢011-12-06T13:36:02Z",
)  # fmt: skip
NOT_A_DAY: tuple[object, ...] = (0, None, "", "06/12/2011", "2011-02-30", "20111206", "2011-12-06T00:00:00Z")
NOT_AN_ID: tuple[object, ...] = (
    0, None, "x", "00000000-0000-0000-0000-00000000000G", "0000000000000000000000000000000a",
    "00000000-0000-0000-0000-00000000000A",
)  # fmt: skip
NOT_A_WHOLE: tuple[object, ...] = (1.0, "1", True, None, [], 2**80, -(2**80), float("inf"))


def hostile_values(annotation: Any) -> tuple[object, ...]:
    """Values that a field of this type must refuse; empty where the type takes any object."""
    marker, inner = _split(annotation)
    if typing.get_origin(inner) in (typing.Union, types.UnionType):
        (kept,) = (part for part in typing.get_args(inner) if part is not type(None))
        return tuple(value for value in hostile_values(kept) if value is not None)
    match marker:
        case fields.Text(max_length=high, min_length=low, controls=controls):
            short = ("",) if low else ()
            tricky = () if controls else ("a\x1d", "a\nb", "\x7f")
            return (0, None, [], {}, True, "a\0b", "\ud800", "x" * (high + 1), *short, *tricky)
        case fields.Identity():
            return NOT_AN_ID
        case fields.DecimalText():
            return NOT_A_DECIMAL
        case fields.Whole(low=low, high=high):
            return (*NOT_A_WHOLE, low - 1, high + 1)
        case fields.Moment():
            return NOT_A_MOMENT
        case fields.Day():
            return NOT_A_DAY
        case fields.Items(high=high):
            return (None, {}, "text", 0, [{}] * (high + 1))
    if typing.get_origin(inner) is tuple:
        return (None, 0, "unheard of", {})
    return (None, 0, "unheard of", [])


def smallest(annotation: Any) -> Any:
    """One value of a type, always the same, as small as it may be."""
    marker, inner = _split(annotation)
    if dataclasses.is_dataclass(inner):
        hints = typing.get_type_hints(inner, include_extras=True)
        made = {field.name: smallest(hints[field.name]) for field in dataclasses.fields(inner)}
        return typing.cast(type, inner)(**made)
    if isinstance(marker, fields.Tagged):
        return smallest(marker.members[0][1])
    if typing.get_origin(inner) in (typing.Union, types.UnionType):
        return None
    if typing.get_origin(inner) is tuple:
        low = marker.low if isinstance(marker, fields.Items) else 0
        return tuple(smallest(typing.get_args(inner)[0]) for _ in range(low))
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return next(iter(inner))
    match marker:
        case fields.Text(min_length=low):
            return "a" * low
        case fields.Identity(optional=optional):
            return "" if optional else "00000000-0000-7000-8000-000000000000"
        case fields.Whole(low=low, high=high):
            return max(low, min(0, high))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    plain: dict[Any, Any] = {Decimal: Decimal(0), datetime: moment, date: moment.date(), bool: False}
    return plain.get(inner, {})
