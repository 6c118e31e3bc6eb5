"""Refusals: what a rule says no to, with a code, a hint, and where the transaction goes then.

A Refusal is decided in a plan, before anything is written. `status` says what becomes of the
transaction: parked (floor and books differ), awaiting_approval (a second person may wave it through) or
refused (it must be done otherwise). The sentences for each code stand in shared/wire/outcomes.py.
A bug is an assert or a plain exception, never one of these.
"""

from decimal import Decimal

from shared.quantity import quantity_text
from shared.wire.outcomes import REASONS, Status


class Refusal(Exception):
    """A rule says no; subclasses fix the code and the status."""

    code: str
    status: Status = Status.PARKED
    need: str = ""

    def __init__(self, hint: str = "") -> None:
        assert self.code in REASONS
        self.hint = hint[:500]
        super().__init__(f"{self.code}: {hint}")


class InsufficientAtBin(Refusal):
    """More is taken out of a bin than the books have there."""

    code = "insufficient_at_bin"

    def __init__(self, item_no: str, bin_code: str, *, asked: Decimal, on_hand: Decimal) -> None:
        self.item_no, self.bin_code, self.asked, self.on_hand = item_no, bin_code, asked, on_hand
        super().__init__(f"{item_no}, {bin_code}: {quantity_text(asked)} > {quantity_text(on_hand)}")


class InsufficientStock(Refusal):
    """More is taken out of a location (or of a lot there) than the books have."""

    code = "insufficient_stock"

    def __init__(self, item_no: str, location_code: str, *, asked: Decimal, on_hand: Decimal) -> None:
        self.item_no, self.location_code, self.asked, self.on_hand = item_no, location_code, asked, on_hand
        super().__init__(f"{item_no}, {location_code}: {quantity_text(asked)} > {quantity_text(on_hand)}")


class ItemUnknown(Refusal):
    """No item card has this number."""

    code = "item_unknown"


class ItemBlocked(Refusal):
    """The item card is blocked for any posting."""

    code = "item_blocked"


class VariantUnknown(Refusal):
    """The item has no such variant."""

    code = "variant_unknown"


class LocationUnknown(Refusal):
    """No location has this code."""

    code = "location_unknown"


class BinUnknown(Refusal):
    """The location has no such bin."""

    code = "bin_unknown"


class BinMissing(Refusal):
    """The location keeps its stock in bins and none was named."""

    code = "bin_missing"
    status = Status.REFUSED


class BinNotUsed(Refusal):
    """The location has no bins and one was named."""

    code = "bin_not_used"
    status = Status.REFUSED


class BinBlocked(Refusal):
    """The bin is blocked in this direction: the goods go elsewhere."""

    code = "bin_blocked"
    status = Status.REFUSED


class SameBin(Refusal):
    """A move within one and the same bin."""

    code = "same_bin"
    status = Status.REFUSED


class QuantityNotPositive(Refusal):
    """A quantity of 0 or below where goods were handled, or an adjustment by 0."""

    code = "quantity_not_positive"
    status = Status.REFUSED


class SerialQuantity(Refusal):
    """A serial number stands for exactly one piece."""

    code = "serial_quantity"
    status = Status.REFUSED


class SerialInStock(Refusal):
    """A serial number comes in that is in stock already."""

    code = "serial_in_stock"


class ExpiryDiffers(Refusal):
    """A lot comes in with another expiry date than its first receipt fixed."""

    code = "expiry_differs"


class ReasonUnknown(Refusal):
    """No reason has this code."""

    code = "reason_unknown"


class ReasonDirection(Refusal):
    """A reason for losses on a gain, or the other way round."""

    code = "reason_direction"
    status = Status.REFUSED


class UnitFactorChanged(Refusal):
    """The device reckoned with another factor than the item has now."""

    code = "unit_factor_changed"
    status = Status.AWAITING_APPROVAL
    need = "supervisor"


class OverLimit(Refusal):
    """An adjustment over the limit of its reason."""

    code = "over_limit"
    status = Status.AWAITING_APPROVAL
    need = "supervisor"


class DoubtfulTime(Refusal):
    """Too old, or from a clock that cannot be trusted."""

    code = "doubtful_time"
    status = Status.AWAITING_APPROVAL
    need = "supervisor"


class WorkerUnknown(Refusal):
    """Nobody has this person id."""

    code = "worker_unknown"
    status = Status.AWAITING_APPROVAL
    need = "supervisor"


class WorkerBlocked(Refusal):
    """The person had no right to do this at that moment."""

    code = "worker_blocked"
    status = Status.AWAITING_APPROVAL
    need = "supervisor"


class StatedDateNotAllowed(Refusal):
    """A handheld states a date or a cost."""

    code = "stated_date_not_allowed"
    status = Status.REFUSED


class KindNotAllowed(Refusal):
    """A handheld sends what only the office, a program or an import may post."""

    code = "kind_not_allowed"
    status = Status.REFUSED


class DependsOnRefused(Refusal):
    """A transaction that had to come first was refused."""

    code = "depends_on_refused"


class Unreadable(Refusal):
    """The record breaks its type; the hint is the JSON pointer to the fault and what was expected."""

    code = "unreadable"


class NeedsNewerServer(Refusal):
    """A kind or version that this server does not know yet."""

    code = "needs_newer_server"


class PostingDateNotAllowed(Refusal):
    """The posting date lies outside the dates that the company or the person may post on."""

    code = "posting_date_not_allowed"
    status = Status.AWAITING_APPROVAL
    need = "back_office"


class InventoryPeriodClosed(Refusal):
    """The posting date lies in an inventory period that is closed."""

    code = "inventory_period_closed"


class ValuationDateTooEarly(Refusal):
    """The value would lie before the company's earliest valuation date."""

    code = "valuation_date_too_early"


class EntryUnknown(Refusal):
    """No ledger entry has this number, or it belongs to another item, place or lot."""

    code = "entry_unknown"


class InsufficientRemainingQuantity(Refusal):
    """The entry that was named cannot give so much."""

    code = "insufficient_remaining_quantity"


class AlreadyApplied(Refusal):
    """Something was taken from the receipt already, so it cannot be undone."""

    code = "already_applied"
    status = Status.REFUSED


class AlreadyInvoiced(Refusal):
    """More is invoiced than is there, or what is invoiced is to be undone."""

    code = "already_invoiced"
    status = Status.REFUSED


class TrackingRequired(Refusal):
    """The item is tracked and no lot or serial number was named."""

    code = "tracking_required"
    status = Status.REFUSED


class NotEndOfAverageCostPeriod(Refusal):
    """An average item is revalued on the last day of an average cost period only."""

    code = "not_end_of_average_cost_period"
    status = Status.REFUSED


class UnadjustedEntries(Refusal):
    """Costs are still to be adjusted first."""

    code = "unadjusted_entries"


class NegativeInventory(Refusal):
    """An issue up to that day is not covered by a receipt."""

    code = "negative_inventory"


class NotRevaluable(Refusal):
    """There is nothing there that can be given a new value."""

    code = "not_revaluable"
    status = Status.REFUSED


class SamePlace(Refusal):
    """A transfer within one and the same location."""

    code = "same_place"
    status = Status.REFUSED
