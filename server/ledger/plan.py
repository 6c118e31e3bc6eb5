"""Plans what a journal writes, or refuses it. Pure: it changes only the working set it is given.

A refused journal leaves the working set as it was. Each kind of line has a module of its own; this one only
knows which. Raises what those raise, and of the journal as a whole: PostingDateNotAllowed,
InventoryPeriodClosed, EntryUnknown.
"""

from datetime import datetime

from server.errors import Refusal
from server.ledger.checks import check_bins, check_line, check_numbers, check_tracking
from server.ledger.dates import check_posting_date
from server.ledger.draft import Draft
from server.ledger.lines import (
    AssemblyLine,
    EntryType,
    InvoiceLine,
    ItemChargeLine,
    ItemJournalLine,
    Journal,
    JournalLine,
    RevaluationLine,
    TransferLine,
    UndoLine,
)
from server.ledger.plan_assemblies import plan_assembly
from server.ledger.plan_invoices import plan_charge, plan_invoice
from server.ledger.plan_issues import plan_issue
from server.ledger.plan_places import plan_bin, plan_place
from server.ledger.plan_receipts import plan_receipt
from server.ledger.plan_revaluations import plan_revaluation
from server.ledger.plan_transfers import plan_transfer
from server.ledger.plan_undo import plan_undo
from server.ledger.rows import Posting
from server.ledger.working_set import WorkingSet


def plan_journal(working_set: WorkingSet, journal: Journal, posted_at: datetime) -> Posting:
    """Plan every line of a journal, or raise a Refusal and leave the working set untouched."""
    mark = working_set.mark()
    try:
        # What is undone is posted on the dates that it had, which are asked for in their turn.
        if not all(isinstance(line, UndoLine) for line in journal.lines):
            own = working_set.facts.posting_dates.get(journal.user_id)
            check_posting_date(working_set.facts.setup, own, journal.posting_date)
        draft = Draft(working_set, journal)
        for line in journal.lines:
            _plan_line(working_set, draft, line)
        return draft.posting(posted_at)
    except Refusal:
        working_set.back_to(mark)
        raise


def _plan_line(working_set: WorkingSet, draft: Draft, line: JournalLine) -> None:
    match line:
        case ItemJournalLine():
            plan_movement(working_set, draft, line)
        case TransferLine():
            plan_transfer(working_set, draft, line)
        case InvoiceLine():
            plan_invoice(working_set, draft, line)
        case ItemChargeLine():
            plan_charge(working_set, draft, line)
        case RevaluationLine():
            plan_revaluation(working_set, draft, line)
        case UndoLine():
            plan_undo(working_set, draft, line)
        case AssemblyLine():
            plan_assembly(working_set, draft, line)


def plan_movement(working_set: WorkingSet, draft: Draft, line: ItemJournalLine) -> None:
    """A receipt, an issue, or a movement between bins."""
    check_line(working_set.facts, line)
    check_bins(working_set.facts, line)
    check_numbers(working_set, line)
    if draft.journal.requires_numbers:
        check_tracking(working_set.facts, line)
    if line.entry_type == EntryType.MOVEMENT:
        plan_bin(draft, line, line.bin_code, -line.quantity_base)
        plan_bin(draft, line, line.new_bin_code, line.quantity_base)
        return
    plan_place(working_set, draft, line)
    if line.quantity_base > 0:
        plan_receipt(working_set, draft, line)
    else:
        plan_issue(working_set, draft, line)
