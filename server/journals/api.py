"""Previews of item journals at /api/v1; posting one is a transaction of kind `journal` like any other."""

from dataclasses import dataclass

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.journals.asking import ask
from server.journals.rows import JournalPreview
from server.security.permissions import Permission, check, requires
from server.security.sessions import settings
from server.web.api import API, json_answer
from server.web.schemas import body_model, record_of, row_model
from shared.wire.codec import WireError
from shared.wire.fields import DayField, OptionalCode
from shared.wire.journals import ItemJournal, check_journal

blueprint = APIBlueprint("journals_api", __name__, url_prefix=API, tag="Journals")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAsked:
    """A journal as it would be handed in: the same `body`, without an id."""

    body: ItemJournal
    location_code: OptionalCode = ""
    posting_date: DayField | None = None


@blueprint.post("/journal-previews")
@requires(Permission.POST_JOURNAL)
@blueprint.input(body_model(JournalAsked))
@blueprint.output(row_model(JournalPreview))
@blueprint.doc(
    summary="What a journal would post now.",
    description="The rows that a transaction of kind `journal` with this body would write, or the reason why "
    "it would be refused. Nothing is written; entry numbers are those that the rows would get now.",
)
def create_preview(json_data: BaseModel) -> Response:
    """Plan a journal and answer with its rows."""
    asked = record_of(JournalAsked, json_data)
    if asked.posting_date is not None:
        check(Permission.STATE_DATES)
    try:
        check_journal(asked.body)
    except WireError as error:
        raise error.within("body") from None
    shown = ask(
        asked.body,
        location_code=asked.location_code,
        posting_date=asked.posting_date,
        now=settings().now(),
    )
    return json_answer(shown)
