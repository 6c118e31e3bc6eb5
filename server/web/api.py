"""What all of /api/v1 has in common: how values stand in JSON, and how OpenAPI tells of it.

Decimals are strings without an exponent, moments end in Z, days are YYYY-MM-DD. Pages of the back office are
plain Flask blueprints and so are not in the document; resources are APIFlask blueprints and are.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from apiflask import APIFlask
from flask import Response
from flask.typing import ResponseReturnValue

from server.masterdata.csv_cells import plain_decimal
from server.security.permissions import Permission, requires
from server.web import problems
from shared.moments import moment_text

API = "/api/v1"
SPEC_PATH = f"{API}/openapi.json"
_SPEC_VIEW = "openapi.spec"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `errors` lists each fault with its place.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body"},
                    "parameter": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}
# What any operation may answer, and what only those may that take a body.
_ALWAYS = ("400", "401", "403", "404", "405", "422", "500")
_WITH_BODY = ("409", "412", "413", "415")


def install(app: APIFlask) -> None:
    """Serve the document and answer problems as problems."""
    problems.register(app)
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        DESCRIPTION="Master data, ledgers, stock on hand, and the inbox through which everything is posted.",
        AUTO_SERVERS=False,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        SECURITY_SCHEMES={
            "token": {"type": "http", "scheme": "bearer", "description": "An API token of this company."},
            "session": {"type": "apiKey", "in": "cookie", "name": "scanledger"},
        },
    )
    app.spec_processor(_complete)
    # The document tells nothing of the company: who writes a program may read it before having a token.
    view = cast(Callable[..., ResponseReturnValue], app.view_functions[_SPEC_VIEW])
    app.view_functions[_SPEC_VIEW] = requires(Permission.PUBLIC)(view)


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A record, or anything made of them, as JSON."""
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype="application/json", headers=dict(headers or {}))


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case Enum():
            return str(value)
        case None | bool() | int() | str():
            return value
        case Decimal():
            return plain_decimal(value)
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
    assert is_dataclass(value), f"no JSON for {value!r}"
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def _complete(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    """Add what APIFlask leaves out: problems, who may call, and that bodies are needed."""
    assert isinstance(spec, dict), "the document is JSON, not YAML"
    spec["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    spec["security"] = [{"token": []}, {"session": []}]
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            statuses = _ALWAYS if method == "get" else _ALWAYS + _WITH_BODY
            for status in statuses:
                operation["responses"].setdefault(status, _problem_response(status))
            for parameter in operation["parameters"]:
                if parameter["schema"].get("default", 0) in (None, ""):
                    # Left out means no filter; nothing can be said that means the same.
                    del parameter["schema"]["default"]
            if "x-body" in operation:
                content = {operation.pop("x-body"): {"schema": {"type": "string"}}}
                operation["requestBody"] = {"content": content}
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return spec


def _problem_response(status: str) -> dict[str, Any]:
    return {
        "description": "Nothing was done; the problem says why." if status != "500" else "A bug of ours.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
