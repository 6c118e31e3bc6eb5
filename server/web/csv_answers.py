"""Lists as CSV files of any length: written row by row as the database gives them, never held in memory."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from flask import Response, stream_with_context

from server.masterdata.csv_cells import cell_of

_ROWS_AT_ONCE = 500


def csv_answer(rows: Iterable[object], row_type: type, filename: str) -> Response:
    """A download of these rows with the names of their type as the head line."""
    names = [field.name for field in fields(row_type)]
    lines = ((getattr(row, name) for name in names) for row in rows)
    return csv_lines_answer(names, lines, filename)


def csv_lines_answer(names: list[str], lines: Iterable[Iterable[Any]], filename: str) -> Response:
    """A download of these lines; values are written as `cell_of` says."""
    # The mark at the front tells spreadsheets that it is UTF-8.
    text = stream_with_context(_texts(names, lines))
    answer = Response(text, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    return answer


def _texts(names: list[str], lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(names)
    for count, line in enumerate(lines, 1):
        writer.writerow([cell_of(value) for value in line])
        if count % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
