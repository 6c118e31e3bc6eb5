"""The state of a list page as its address carries it: columns, sort order, place in the pages, filters.

`?sort=key` or `?sort=-key`, `?after=cursor` or `?before=cursor` (a cursor is whatever the query made it:
pages go by key, never by offset), every other argument is a filter. A sort key that no sortable column has is
ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from server.web.keyset import Page, PageAsked

NUMBER_KINDS = frozenset({"quantity", "change", "amount", "amount_change", "cost", "number", "percent"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind`: how a value is written (see the macro `value`); `link`: a row's address or None."""

    key: str
    label: object
    kind: str = "text"
    sortable: bool = False
    strong: bool = False
    link: Callable[[Any], str | None] | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBER_KINDS


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of a filter form: text, search, date or a choice among (value, label) options."""

    name: str
    label: object
    kind: str = "text"
    options: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What the table macro draws. `after` and `before` are the cursors of the next and the previous page."""

    columns: tuple[Column, ...]
    rows: Sequence[Any] = ()
    sort: str | None = None
    descending: bool = False
    cursor_after: str | None = None
    cursor_before: str | None = None
    after: str | None = None
    before: str | None = None
    filters: tuple[Filter, ...] = ()
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    total: int | None = None
    totals: Any = None

    @classmethod
    def from_request(
        cls, columns: Sequence[Column], filters: Sequence[Filter] = (), default_sort: str | None = None
    ) -> Listing:
        """Read sort, cursors and filters from the current request; `default_sort` is a key, or -key."""
        wanted = request.args.get("sort") or default_sort or ""
        key = wanted.removeprefix("-")
        if key not in {column.key for column in columns if column.sortable}:
            wanted = default_sort or ""
            key = wanted.removeprefix("-")
        names = {each.name for each in filters}
        given = MultiDict(
            (name, text) for name, text in request.args.items(multi=True) if name in names and text
        )
        return cls(
            columns=tuple(columns),
            sort=key or None,
            descending=wanted.startswith("-"),
            cursor_after=request.args.get("after"),
            cursor_before=request.args.get("before"),
            filters=tuple(filters),
            values=given,
        )

    def with_rows(
        self,
        rows: Sequence[Any],
        *,
        after: str | None = None,
        before: str | None = None,
        total: int | None = None,
        totals: Any = None,
    ) -> Listing:
        """The same list with what the query found."""
        return replace(self, rows=rows, after=after, before=before, total=total, totals=totals)

    def asked(self, limit: int = 50) -> PageAsked:
        """What to ask the query for (server.web.keyset)."""
        return PageAsked(
            limit=limit,
            sort=self.sort or "",
            descending=self.descending,
            after=self.cursor_after,
            before=self.cursor_before,
        )

    def with_page(self, page: Page[Any], *, total: int | None = None, totals: Any = None) -> Listing:
        """The same list with the page that the query gave."""
        return self.with_rows(page.rows, after=page.after, before=page.before, total=total, totals=totals)

    def aria_sort(self, column: Column) -> str:
        """none, ascending or descending, as the head of the column says it."""
        if column.key != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def sort_url(self, column: Column) -> str:
        """The same list sorted by this column, turned round when it already is; back to the first page."""
        turned = column.key == self.sort and not self.descending
        return here(sort=f"-{column.key}" if turned else column.key, after=None, before=None)


def here(**changes: str | None) -> str:
    """The current address with these arguments changed; None takes one away."""
    arguments = {
        name: texts if len(texts) > 1 else texts[0]
        for name, texts in request.args.lists()
        if name not in changes and name not in ("lang", "theme", "format")
    }
    arguments.update({name: text for name, text in changes.items() if text is not None})
    if request.endpoint is None:
        return request.path
    return url_for(request.endpoint, **{**(request.view_args or {}), **arguments})


def field_of(row: Any, key: str) -> Any:
    """A value of a row that is a mapping or an object."""
    if isinstance(row, dict):
        return row.get(key)
    mapping = getattr(row, "_mapping", None)
    return mapping[key] if mapping is not None and key in mapping else getattr(row, key, None)
