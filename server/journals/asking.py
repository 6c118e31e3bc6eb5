"""What an item journal would post, asked by a page or a program alike."""

from datetime import date, datetime

from server.errors import Refusal
from server.inbox.previewing import Wish, preview, status_at_desk
from server.inbox.sources import OFFICE_DEVICE
from server.journals.rows import JournalPreview, preview_of
from server.security.sessions import device_or_none, person_or_none
from shared.wire.journals import ItemJournal

KIND = "journal"


def ask(
    journal: ItemJournal, *, location_code: str, posting_date: date | None, now: datetime
) -> JournalPreview:
    """The rows or the refusal; nothing is written and nothing is stored."""
    person, program = person_or_none(), device_or_none()
    wish = Wish(
        kind=KIND,
        body=journal,
        location_code=location_code,
        posting_date=posting_date,
        person_id=person.person_id if person else "",
        device_id=program.device_id if program else OFFICE_DEVICE,
    )
    try:
        return preview_of(preview(wish, now))
    except Refusal as refusal:
        return JournalPreview(
            status=status_at_desk(refusal, KIND), code=refusal.code, hint=refusal.hint, need=refusal.need
        )
