"""The words of periods and of the set-up of costs; each stands here once, its French in periods.po."""

from flask_babel import lazy_gettext

ACTIONS: dict[str, object] = {
    "close": lazy_gettext("Closed"),
    "reopen": lazy_gettext("Reopened"),
}
OBSTACLES: dict[str, object] = {
    "unadjusted_entry": lazy_gettext("Cost of an entry to adjust"),
    "unadjusted_average": lazy_gettext("Average cost to adjust"),
    "unadjusted_assembly": lazy_gettext("Cost of an assembly to adjust"),
    "open_issue": lazy_gettext("Issue without a receipt"),
}
AUTOMATIC_ADJUSTMENT: tuple[tuple[str, object], ...] = (
    ("never", lazy_gettext("Never")),
    ("day", lazy_gettext("The last day")),
    ("week", lazy_gettext("The last week")),
    ("month", lazy_gettext("The last month")),
    ("quarter", lazy_gettext("The last quarter")),
    ("year", lazy_gettext("The last year")),
    ("always", lazy_gettext("Always")),
)
AVERAGE_PERIODS: tuple[tuple[str, object], ...] = (
    ("day", lazy_gettext("Each day")),
    ("week", lazy_gettext("Each week, Monday to Sunday")),
    ("month", lazy_gettext("Each calendar month")),
    ("accounting_period", lazy_gettext("Each accounting period")),
)
AVERAGE_SCOPES: tuple[tuple[str, object], ...] = (
    ("item", lazy_gettext("Per item")),
    ("item_location_variant", lazy_gettext("Per item, location and variant")),
)
COST_AT_POSTING: tuple[tuple[str, object], ...] = (
    ("applied", lazy_gettext("The cost of the receipts it takes from")),
    ("card", lazy_gettext("The unit cost of the item card")),
)
