"""RFC 9457 answers: what a program is told when a request is refused before anything was done."""

import json
from http import HTTPStatus

from flask import Response


def problem_answer(status: int, code: str, detail: str, **more: object) -> Response:
    """application/problem+json with a stable `code`; `detail` says what to do next."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")
