"""The general ledger's lists stay quick however long it is: an index finds little, and no page is sorted."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from server.database import db, write
from server.finance.queries import list_gl_entries, list_relations
from server.finance.rows import GlEntryFilter, RelationFilter
from server.ledger.gl_posting import post_to_gl
from server.web.keyset import PageAsked
from tests.server.api.test_plans import Read, plan_of, reads_whole
from tests.support.values import add_values
from tests.support.warehouse import MORNING


def entries(**wanted: Any) -> Read:
    return lambda asked: list_gl_entries(GlEntryFilter(**wanted), asked)


def relations(**wanted: Any) -> Read:
    return lambda asked: list_relations(RelationFilter(**wanted), asked)


SELECTIVE: dict[str, tuple[str, Read]] = {
    "entries of an account": ("gl_entry", entries(account_no="1410")),
    "entries of a document": ("gl_entry", entries(document_no="DOC-7")),
    "entries of a batch": ("gl_entry", entries(batch_no=1)),
    "entries of a value": ("gl_item_relation", entries(value_entry_no=7)),
    "entries of an item": ("value_entry", entries(item_no="GLOBE")),
    "values of an entry": ("gl_item_relation", relations(gl_entry_no=7)),
    "entries of a value's relations": ("gl_item_relation", relations(value_entry_no=7)),
}
ORDERED: dict[str, tuple[Read, PageAsked]] = {
    "entries": (entries(), PageAsked()),
    "entries by number": (entries(), PageAsked(sort="entry_no", descending=True)),
    "entries of an account": (entries(account_no="1410"), PageAsked()),
    "entries of some days": (entries(posting_date_from=date(2026, 3, 2)), PageAsked()),
}


@pytest.fixture
def posted(books: Flask) -> Iterator[None]:
    """Some G/L entries."""
    with books.app_context():
        add_values(*({"cost_amount_actual": "1", "document_no": f"DOC-{number}"} for number in range(60)))
        write(lambda connection: post_to_gl(connection, user_id="clare", now=MORNING))
        yield
        db.session.rollback()


@pytest.mark.parametrize("name", SELECTIVE)
def test_what_finds_little_goes_by_an_index(posted: None, name: str) -> None:
    table, read = SELECTIVE[name]

    steps = plan_of(read, PageAsked())

    assert [step for step in steps if reads_whole(step.strip(" ->"), table)] == []
    assert any(table in step and ("INDEX" in step or "Index" in step or "KEY" in step) for step in steps)


@pytest.mark.parametrize("name", ORDERED)
def test_a_page_is_never_sorted(posted: None, name: str) -> None:
    read, asked = ORDERED[name]

    steps = plan_of(read, asked)

    assert [step for step in steps if "USE TEMP B-TREE" in step or "->  Sort  (" in step] == []
