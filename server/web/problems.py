"""Refusals and errors as RFC 9457 problems for whoever is a program: /api and /sync; pages answer as pages.

A problem has a stable `code`, says what to do next in `detail`, and lists in `errors` every fault with its
JSON pointer into the body (or the parameter's name). Nothing of a bug's inside is told.
"""

import traceback
from collections.abc import Sequence
from typing import Any

from apiflask import HTTPError
from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from server.masterdata.faults import CardMissing, ChangeRefused, Fault, FaultKind
from server.security.permissions import wants_problem
from server.security.problems import problem_answer
from server.web.keyset import CursorRefused
from shared.wire.codec import WireError

_STATUS = {FaultKind.INVALID: 422, FaultKind.MISSING: 422, FaultKind.CONFLICT: 409}


def register(app: Flask) -> None:
    """Answer refusals of every view of the app in one way."""
    app.register_error_handler(HTTPError, _refused_input)
    app.register_error_handler(WireError, _broken_record)
    app.register_error_handler(ChangeRefused, _refused_change)
    app.register_error_handler(CardMissing, _missing_card)
    app.register_error_handler(CursorRefused, _refused_cursor)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(HTTPException, _other)


def error_of(fault: Fault) -> dict[str, str]:
    """A fault of a card as one entry of `errors`."""
    return {"pointer": fault.pointer, "code": fault.code, "detail": fault.sentence("en")}


def invalid(errors: Sequence[dict[str, str]], code: str = "invalid") -> Response:
    """422: what was sent breaks its type or a rule."""
    return problem_answer(
        422, code, "Correct what the errors point at, then send it again.", errors=list(errors)
    )


def _refused_input(error: HTTPError) -> ResponseReturnValue:
    """What a pydantic model refused, as APIFlask raises it."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return problem_answer(error.status_code, "invalid", error.message or "Send it otherwise.")
    place = "parameter" if next(iter(error.detail), "") == "query" else "pointer"
    return invalid([_error_of(each, place) for each in cause.errors(include_url=False)])


def _error_of(found: Any, place: str) -> dict[str, str]:
    """One of pydantic's errors; the wire's own error knows the way on from the field."""
    path: list[object] = list(found["loc"])
    inner = found.get("ctx", {}).get("error")
    if isinstance(inner, WireError):
        path += inner.path
        message = f"expected {inner.expected}, found {_found(inner)}"
        code = "value"
    else:
        code, message = {
            "missing": ("missing", "expected a value, found nothing"),
            "extra_forbidden": ("unknown_field", "no such field"),
        }.get(found["type"], ("value", "expected an object"))
    where = str(path[0]) if place == "parameter" and path else _pointer(path)
    return {place: _writable(where), "code": code, "detail": _writable(message)}


def _found(error: WireError) -> str:
    return str(error).partition(", found ")[2] or "something else"


def _pointer(path: Sequence[object]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _writable(text: str) -> str:
    """Text as UTF-8 can write it: a lone surrogate comes from the caller and goes back spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()[:500]


def _broken_record(error: WireError) -> ResponseReturnValue:
    detail = f"expected {error.expected}, found {_found(error)}"
    return invalid([{"pointer": _writable(error.pointer), "code": "value", "detail": _writable(detail)}])


def _refused_change(refused: ChangeRefused) -> ResponseReturnValue:
    first = refused.faults[0]
    if first.code == "changed_meanwhile":
        return problem_answer(412, first.code, first.sentence("en"))
    status = max(_STATUS[fault.kind] for fault in refused.faults)
    return problem_answer(
        status, first.code, first.sentence("en"), errors=[error_of(fault) for fault in refused.faults]
    )


def _missing_card(missing: CardMissing) -> ResponseReturnValue:
    if wants_problem():
        return problem_answer(404, "not_found", _writable(f"There is no {missing.what} {missing.key}."))
    return current_app.make_response(("", 404))


def _refused_cursor(refused: CursorRefused) -> ResponseReturnValue:
    error = {"parameter": refused.parameter, "code": "value", "detail": f"expected {refused.expected}"}
    return invalid([error])


def _too_deep(error: RecursionError) -> ResponseReturnValue:
    """A body nested too deeply for a reader; a recursion of our own is a bug like any other."""
    if request.is_json and "json" in "".join(traceback.format_tb(error.__traceback__)[-3:]):
        return problem_answer(400, "too_deep", "The body is nested too deeply. Send less deep values.")
    raise error


def _other(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses: no such address, a method it does not take, a body that is no JSON."""
    if not wants_problem() or error.response is not None:
        return error
    status = error.code or 500
    answer = problem_answer(status, error.name.lower().replace(" ", "_"), error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer
