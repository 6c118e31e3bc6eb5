"""What the API takes and gives, made from the dataclasses that say it already: pydantic models for APIFlask.

A body's field is read by the same reader that reads it on the wire, so the two cannot drift; a parameter of a
list is text and read as such. Decimals are strings, never JSON numbers; whatever is not named is refused.
The JSON Schema of each field comes from the same markers that its reader obeys.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, create_model

from server.web.keyset import MOST_ROWS
from shared.moments import parse_day, parse_moment
from shared.wire import codec, fields

Schema = dict[str, Any]
# No control characters; a text may hold anything else.
_TEXT = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
_DECIMAL: Schema = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
_UUID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_LONGEST_PARAMETER = 200
_CONFIG = ConfigDict(extra="forbid")


@dataclasses.dataclass(frozen=True, slots=True)
class OneOf:
    """Marks an object that is one of these records; which one, another field says."""

    record_types: tuple[type, ...]


@cache
def body_model(record_type: type) -> type[BaseModel]:
    """What a whole record looks like as a request's body."""
    return _model(record_type.__name__, _body_fields(record_type))


@cache
def partial_model(record_type: type) -> type[BaseModel]:
    """Some of a record's fields, to change just those; `model_fields_set` says which were given."""
    return _model(
        f"{record_type.__name__}Changes",
        {name: (annotation, None) for name, (annotation, _) in _body_fields(record_type).items()},
    )


@cache
def row_model(row_type: type) -> type[BaseModel]:
    """What a record looks like in an answer: every field is there."""
    hints = typing.get_type_hints(row_type, include_extras=True)
    given = {
        # The alias is the field's name: pydantic keeps some names, like `register`, for itself.
        f"{field.name}_": (_described(_as_is, schema_of(hints[field.name])), Field(alias=field.name))
        for field in dataclasses.fields(row_type)
    }
    return _model(f"{row_type.__name__}Answer", given)


@cache
def page_model(row_type: type) -> type[BaseModel]:
    """A page of a list: rows, and the cursors of the pages after and before it."""
    row = {"type": "array", "items": _object_schema(row_type, is_answer=True)}
    cursor: Schema = {"type": ["string", "null"]}
    return _model(
        f"{row_type.__name__}Page",
        {
            name: (_described(_as_is, each), ...)
            for name, each in zip(PAGE, (row, cursor, cursor), strict=True)
        },
    )


PAGE = ("rows", "after", "before")


@cache
def query_model(filter_type: type | None, orders: tuple[str, ...], name: str) -> type[BaseModel]:
    """The parameters of a list: its filters, and which page of it in which order."""
    return _model(name, _paging(orders) | (_parameters(filter_type) if filter_type is not None else {}))


@cache
def plain_query_model(parameters_type: type) -> type[BaseModel]:
    """The parameters of an address that is no list."""
    return _model(parameters_type.__name__, _parameters(parameters_type))


def record_of(record_type: type[codec.T], model: BaseModel) -> codec.T:
    """The record that a valid body says."""
    return record_type(**{name: getattr(model, name) for name in type(model).model_fields})


def changes_of(model: BaseModel) -> dict[str, Any]:
    """The fields that a partial body gives."""
    return {name: getattr(model, name) for name in model.model_fields_set}


def schema_of(annotation: Any, *, is_answer: bool = True) -> Schema:
    """The JSON Schema of a field's type and its marker."""
    if typing.get_origin(annotation) is Annotated:
        inner, *markers = typing.get_args(annotation)
        return _marked_schema(inner, markers[0], is_answer=is_answer)
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        (kept,) = (part for part in typing.get_args(annotation) if part is not type(None))
        return {"anyOf": [schema_of(kept, is_answer=is_answer), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": schema_of(typing.get_args(annotation)[0], is_answer=is_answer)}
    if dataclasses.is_dataclass(annotation):
        return _object_schema(typing.cast(type, annotation), is_answer=is_answer)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {"type": "string", "enum": [str(choice) for choice in annotation]}
    return dict(_PLAIN[annotation])


_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: _DECIMAL,
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def _marked_schema(inner: Any, marker: Any, *, is_answer: bool) -> Schema:
    match marker:
        case fields.Text():
            limits = {"minLength": marker.min_length, "maxLength": marker.max_length}
            return {"type": "string", **limits} | ({} if marker.controls else {"pattern": _TEXT})
        case fields.DecimalText():
            whole, places = marker.whole - 1, marker.places
            pattern = f"^-?(0|[1-9][0-9]{{0,{whole}}})(\\.[0-9]{{1,{places}}})?$"
            return {"type": "string", "pattern": pattern}
        case fields.Whole():
            return {"type": "integer", "minimum": marker.low, "maximum": marker.high}
        case fields.Items():
            limits = {"minItems": marker.low, "maxItems": marker.high}
            return schema_of(inner, is_answer=is_answer) | limits
        case fields.Tagged():
            return {"oneOf": [_tagged_schema(each, is_answer=is_answer) for each in marker.members]}
        case OneOf():
            return {"anyOf": [_object_schema(each, is_answer=is_answer) for each in marker.record_types]}
        case fields.Identity():
            return dict(_UUID) if not marker.optional else {"anyOf": [_UUID, {"const": ""}]}
    return dict(_PLAIN[inner])


def _object_schema(record_type: type, *, is_answer: bool) -> Schema:
    hints = typing.get_type_hints(record_type, include_extras=True)
    required = [
        field.name
        for field in dataclasses.fields(record_type)
        if is_answer
        or (field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING)
    ]
    return {
        "type": "object",
        "properties": {name: schema_of(hint, is_answer=is_answer) for name, hint in hints.items()},
        "required": required,
        "additionalProperties": False,
    }


def _tagged_schema(member: tuple[str, type], *, is_answer: bool) -> Schema:
    tag, record_type = member
    schema = _object_schema(record_type, is_answer=is_answer)
    properties = {"type": {"const": tag}} | schema["properties"]
    return schema | {"title": tag, "properties": properties, "required": ["type", *schema["required"]]}


def _body_fields(record_type: type) -> dict[str, tuple[Any, Any]]:
    readers = codec.field_readers(record_type, strict=True)
    hints = typing.get_type_hints(record_type, include_extras=True)
    return {
        field.name: (
            _described(readers[field.name], schema_of(hints[field.name], is_answer=False)),
            ... if field.default is dataclasses.MISSING else field.default,
        )
        for field in dataclasses.fields(record_type)
    }


def _model(name: str, given: dict[str, tuple[Any, Any]]) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __config__=_CONFIG, **typing.cast(Any, given))
    return made


def _described(reader: Callable[[Any], Any], schema: Schema) -> Any:
    return Annotated[Any, PlainValidator(reader), WithJsonSchema(schema)]


def _as_is(value: Any) -> Any:
    return value


def _paging(orders: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    sorts = [order for name in orders for order in (name, f"-{name}")]
    cursor = _described(_text, {"type": "string", "maxLength": 2000})
    return {
        "limit": (_described(_limit, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}), 100),
        "sort": (_described(_one_of(sorts), {"type": "string", "enum": sorts}), ""),
        "after": (cursor, None),
        "before": (cursor, None),
    }


def _parameters(parameters_type: type) -> dict[str, tuple[Any, Any]]:
    hints = typing.get_type_hints(parameters_type)
    return {
        field.name: (_parameter(hints[field.name]), field.default)
        for field in dataclasses.fields(parameters_type)
    }


def _parameter(hint: Any) -> Any:
    """How a filter is read from an address."""
    kept = next((part for part in typing.get_args(hint) if part is not type(None)), hint)
    read, schema = _PARAMETERS[kept]
    return _described(read, schema)


def _text(text: Any) -> str:
    if not isinstance(text, str) or len(text) > 2000 or any(not _is_shown(char) for char in text):
        raise codec.WireError("text without control characters", text)
    return text


def _short_text(text: Any) -> str:
    if len(_text(text)) > _LONGEST_PARAMETER:
        raise codec.WireError(f"text of at most {_LONGEST_PARAMETER} characters", text)
    return str(text)


def _is_shown(char: str) -> bool:
    return char >= " " and not "\x7f" <= char <= "\x9f" and not "\ud800" <= char <= "\udfff"


def _whole(text: Any) -> int:
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise codec.WireError("a whole number", text)
    return int(text)


def _limit(text: Any) -> int:
    if not 1 <= _whole(text) <= MOST_ROWS:
        raise codec.WireError(f"a whole number from 1 to {MOST_ROWS}", text)
    return int(text)


def _truth(text: Any) -> bool:
    if text not in ("true", "false"):
        raise codec.WireError("true or false", text)
    return bool(text == "true")


def _one_of(words: list[str]) -> Callable[[Any], str]:
    def read(text: Any) -> str:
        if text not in words:
            raise codec.WireError("one of " + ", ".join(words), text)
        return str(text)

    return read


def _day(text: Any) -> date:
    try:
        return parse_day(text)
    except ValueError:
        raise codec.WireError("a day as YYYY-MM-DD", text) from None


def _moment(text: Any) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise codec.WireError("a moment with an offset", text) from None


_PARAMETERS: dict[Any, tuple[Callable[[Any], Any], Schema]] = {
    str: (_short_text, {"type": "string", "maxLength": _LONGEST_PARAMETER, "pattern": _TEXT}),
    int: (_whole, {"type": "integer", "minimum": 0, "maximum": 10**16 - 1}),
    bool: (_truth, {"type": "boolean"}),
    date: (_day, {"type": "string", "format": "date"}),
    datetime: (_moment, {"type": "string", "format": "date-time"}),
}
