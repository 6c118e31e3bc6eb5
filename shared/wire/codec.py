"""Reads and writes wire records: dataclasses of the types in `fields` ↔ JSON values.

A value that breaks a limit is refused with WireError, which holds the JSON pointer (RFC 6901) to the
fault and says what was expected and found. Fields that equal their default are left out when written,
so each value has exactly one spelling and a hash over it is stable.
Raises: WireError (reading), ValueError (writing a value that its own type would refuse).
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from shared import ids, moments
from shared.wire import fields

T = TypeVar("T")
Reader = Callable[[object], Any]
Writer = Callable[[Any], Any]
_OMIT = object()


class WireError(ValueError):
    """A value on the wire that breaks its type; `pointer` is the JSON pointer to it."""

    def __init__(self, expected: str, found: object, path: tuple[str | int, ...] = ()) -> None:
        self.expected, self.found, self.path = expected, found, path
        super().__init__(expected, found, path)

    @property
    def pointer(self) -> str:
        """JSON pointer to the fault; the empty string points at the whole value."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def within(self, part: str | int) -> "WireError":
        """The same fault seen from one level further out."""
        return WireError(self.expected, self.found, (part, *self.path))

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: expected {self.expected}, found {describe(self.found)}"


def describe(value: object) -> str:
    """A short, safe spelling of an unwelcome value for messages."""
    if value is _OMIT:
        return "nothing"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = ascii(value) if isinstance(value, str) else str(value)[:60]
    return text if len(text) <= 60 else text[:57] + "…"


def read(record_type: type[T], value: object, *, strict: bool) -> T:
    """Read one record; `strict` refuses fields that the type does not have."""
    return typing.cast(T, _reader(typing.cast(Any, record_type), strict=strict)(value))


def write(record: object) -> dict[str, Any]:
    """Write a record as a JSON object, leaving out fields that equal their default."""
    return typing.cast(dict[str, Any], _writer(typing.cast(Any, type(record)))(record))


def field_readers(record_type: type, *, strict: bool) -> dict[str, Reader]:
    """How each field of a record is read by itself, for validators that have a frame of their own."""
    hints = typing.get_type_hints(record_type, include_extras=True)
    return {
        field.name: _reader(hints[field.name], strict=strict)
        for field in dataclasses.fields(typing.cast(Any, record_type))
    }


# ------------------------------------------------------------------ reading


@cache
def _reader(annotation: Any, *, strict: bool) -> Reader:
    marker, inner = _split_annotation(annotation)
    origin = typing.get_origin(inner)
    if dataclasses.is_dataclass(inner):
        return _record_reader(typing.cast(type, inner), strict=strict)
    if isinstance(marker, fields.Tagged):
        return _tagged_reader(marker, strict=strict)
    if origin in (typing.Union, types.UnionType):
        return _optional_reader(inner, strict=strict)
    if origin is tuple:
        return _tuple_reader(inner, marker, strict=strict)
    if origin is dict or inner is dict:
        return _read_object
    if marker is not None:
        return _marked_reader(marker)
    if inner is bool:
        return _read_bool
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return _enum_reader(inner)
    raise TypeError(f"no way to read {annotation!r} from the wire")


def _split_annotation(annotation: Any) -> tuple[Any, Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *markers = typing.get_args(annotation)
        return markers[0], inner
    return None, annotation


def _record_reader(record_type: type, *, strict: bool) -> Reader:
    hints = typing.get_type_hints(record_type, include_extras=True)
    plan: list[tuple[str, Reader, Any]] = []
    for field in dataclasses.fields(record_type):
        default = _default_of(field)
        plan.append((field.name, _reader(hints[field.name], strict=strict), default))
    names = frozenset(name for name, _, _ in plan)

    def read_record(value: object) -> object:
        if type(value) is not dict:
            raise WireError(f"an object ({record_type.__name__})", value)
        if strict and not value.keys() <= names:
            unknown = next(key for key in value if key not in names)
            raise WireError(f"no such field in {record_type.__name__}", value[unknown], (unknown,))
        arguments = {}
        for name, reader, default in plan:
            found = value.get(name, _OMIT)
            if found is _OMIT:
                if default is _OMIT:
                    raise WireError("a value", _OMIT, (name,))
                continue
            try:
                arguments[name] = reader(found)
            except WireError as error:
                raise error.within(name) from None
        return record_type(**arguments)

    return read_record


def _default_of(field: "dataclasses.Field[Any]") -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return _OMIT


def _optional_reader(inner: Any, *, strict: bool) -> Reader:
    (kept,) = (part for part in typing.get_args(inner) if part is not type(None))
    reader = _reader(kept, strict=strict)
    return lambda value: None if value is None else reader(value)


def _tagged_reader(marker: fields.Tagged, *, strict: bool) -> Reader:
    members = {tag: _reader(member, strict=strict) for tag, member in marker.members}

    def read_tagged(value: object) -> object:
        if type(value) is not dict:
            raise WireError("an object with a type", value)
        tag = value.get("type", _OMIT)
        if type(tag) is not str or tag not in members:
            raise WireError("one of " + ", ".join(members), tag, ("type",))
        return members[tag]({name: each for name, each in value.items() if name != "type"})

    return read_tagged


def _tuple_reader(inner: Any, limits: Any, *, strict: bool) -> Reader:
    member = _reader(typing.get_args(inner)[0], strict=strict)
    low, high = (limits.low, limits.high) if isinstance(limits, fields.Items) else (0, 10_000)

    def read_tuple(value: object) -> tuple[object, ...]:
        if type(value) is not list or not low <= len(value) <= high:
            raise WireError(f"a list of {low} to {high}", value)
        members = []
        for index, item in enumerate(value):
            try:
                members.append(member(item))
            except WireError as error:
                raise error.within(index) from None
        return tuple(members)

    return read_tuple


def _marked_reader(marker: Any) -> Reader:
    match marker:
        case fields.Text():
            return _text_reader(marker)
        case fields.Identity():
            return _identity_reader(marker)
        case fields.DecimalText():
            return _decimal_reader(marker)
        case fields.Whole():
            return _whole_reader(marker)
        case fields.Moment():
            return _parsed_reader("a moment with an offset", moments.parse_moment)
        case fields.Day():
            return _parsed_reader("a day as YYYY-MM-DD", moments.parse_day)
    raise TypeError(f"no way to read {marker!r} from the wire")


def _text_reader(marker: fields.Text) -> Reader:
    low, high, controls = marker.min_length, marker.max_length, marker.controls
    expected = f"text of {low} to {high} characters" + ("" if controls else " without control characters")

    def read_text(value: object) -> str:
        if type(value) is not str or not low <= len(value) <= high:
            raise WireError(expected, value)
        if not value.isprintable() and not _is_writable(value, controls=controls):
            raise WireError(expected, value)
        return value

    return read_text


def _is_writable(text: str, *, controls: bool) -> bool:
    """Whether text that is not all printable may pass: foreign spaces do, NUL and surrogates never."""
    return all(
        char != "\0" and not "\ud800" <= char <= "\udfff" and (controls or char >= " ") for char in text
    ) and (controls or not any("\x7f" <= char <= "\x9f" for char in text))


def _identity_reader(marker: fields.Identity) -> Reader:
    def read_identity(value: object) -> str:
        if type(value) is str and (ids.is_id(value) or (marker.optional and not value)):
            return value
        raise WireError("a UUID in lower case", value)

    return read_identity


def _decimal_reader(marker: fields.DecimalText) -> Reader:
    match_text = fields.decimal_pattern(marker).fullmatch
    expected = f"a decimal in a string, {marker.whole} digits and {marker.places} decimals at most"

    def read_decimal(value: object) -> Decimal:
        if type(value) is not str or not match_text(value):
            raise WireError(expected, value)
        return Decimal(value)

    return read_decimal


def _whole_reader(marker: fields.Whole) -> Reader:
    def read_whole(value: object) -> int:
        if type(value) is int and marker.low <= value <= marker.high:
            return value
        raise WireError(f"a whole number from {marker.low} to {marker.high}", value)

    return read_whole


def _parsed_reader(expected: str, parse: Callable[[str], object]) -> Reader:
    def read_parsed(value: object) -> object:
        if type(value) is not str:
            raise WireError(expected, value)
        try:
            return parse(value)
        except ValueError:
            raise WireError(expected, value) from None

    return read_parsed


def _enum_reader(choices: type[StrEnum]) -> Reader:
    by_value = {str(choice.value): choice for choice in choices}

    def read_choice(value: object) -> StrEnum:
        if type(value) is str and value in by_value:
            return by_value[value]
        raise WireError("one of " + ", ".join(by_value), value)

    return read_choice


def _read_bool(value: object) -> bool:
    if type(value) is bool:
        return value
    raise WireError("true or false", value)


def _read_object(value: object) -> dict[str, Any]:
    if type(value) is dict:
        return value
    raise WireError("an object", value)


# ------------------------------------------------------------------ writing


@cache
def _writer(annotation: Any) -> Writer:
    marker, inner = _split_annotation(annotation)
    origin = typing.get_origin(inner)
    if dataclasses.is_dataclass(inner):
        return _record_writer(typing.cast(type, inner))
    if isinstance(marker, fields.Tagged):
        return _tagged_writer(marker)
    if origin in (typing.Union, types.UnionType):
        (kept,) = (part for part in typing.get_args(inner) if part is not type(None))
        writer = _writer(kept)
        return lambda value: None if value is None else writer(value)
    if origin is tuple:
        member = _writer(typing.get_args(inner)[0])
        return lambda value: [member(item) for item in value]
    if inner is Decimal:
        places = typing.cast(fields.DecimalText, marker).places
        return lambda value: fields.decimal_text(value, places)
    if inner is datetime:
        return moments.moment_text
    if inner is date:
        return date.isoformat
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return str
    return lambda value: value


def _tagged_writer(marker: fields.Tagged) -> Writer:
    members = {member: _writer(member) for _, member in marker.members}
    return lambda record: {"type": marker.tag_of(record)} | members[type(record)](record)


def _record_writer(record_type: type) -> Writer:
    hints = typing.get_type_hints(record_type, include_extras=True)
    plan = [
        (field.name, _writer(hints[field.name]), _default_of(field))
        for field in dataclasses.fields(record_type)
    ]

    def write_record(record: object) -> dict[str, Any]:
        written = {}
        for name, writer, default in plan:
            value = getattr(record, name)
            if default is _OMIT or value != default:
                written[name] = writer(value)
        return written

    return write_record
