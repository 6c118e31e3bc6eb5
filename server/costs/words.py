"""The words of cost pages: what an amount is in an average, how a run went, and sentences that say why."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from server.costs.average import Explained, Part, Reason
from server.costs.average_queries import AverageOverview
from server.web import filters

PARTS: Mapping[str, object] = {
    Part.RECEIPT: lazy_gettext("Receipt"),
    Part.OVERHEAD: lazy_gettext("Indirect cost"),
    Part.CHARGE: lazy_gettext("Item charge"),
    Part.REVALUATION: lazy_gettext("Revaluation"),
    Part.ROUNDING: lazy_gettext("Rounding"),
    Part.VARIANCE: lazy_gettext("Variance"),
    Part.FIXED_ISSUE: lazy_gettext("Issue of one receipt"),
    Part.COPY: lazy_gettext("Brings cost back"),
    Part.ISSUE: lazy_gettext("Issue"),
}
PERIODS: Mapping[str, object] = {
    "day": lazy_gettext("Day"),
    "week": lazy_gettext("Week"),
    "month": lazy_gettext("Month"),
    "accounting_period": lazy_gettext("Accounting period"),
}
RUN_STATES: Mapping[str, object] = {
    "running": lazy_gettext("Running"),
    "done": lazy_gettext("Done"),
    "failed": lazy_gettext("Failed"),
    "stopped": lazy_gettext("Stopped"),
    "excluded": lazy_gettext("Excluded"),
}
ORIGINS: Mapping[str, object] = {
    "batch": lazy_gettext("Batch"),
    "automatic": lazy_gettext("Automatic"),
}


def why(overview: AverageOverview) -> list[str]:
    """Why the average is what it is, in sentences of the page's language."""
    if overview.costing_method != "Average":
        return [
            gettext(
                "This item’s costing method is %(method)s, so its issues take no average.",
                method=overview.costing_method,
            )
        ]
    explained = overview.explained
    sentences = [str(_reason(explained)), *_effects(explained)]
    if explained.issues and not overview.is_adjusted:
        sentences.append(
            gettext("Costs are still to be adjusted: until then issues have the cost they were posted at.")
        )
    return sentences


def _reason(explained: Explained) -> object:
    pool = explained.pool
    if explained.reason is Reason.EMPTY:
        return gettext("There was nothing in stock and nothing came in.")
    if explained.reason is Reason.NO_QUANTITY:
        return gettext(
            "There is no average: with %(quantity)s in stock and received there is nothing to divide by, so "
            "issues keep the cost they have.",
            quantity=filters.quantity(pool.quantity_base),
        )
    if explained.reason is Reason.NEGATIVE_COST:
        return gettext(
            "There is no average: stock is worth less than nothing (%(cost)s), so issues keep the cost they "
            "have.",
            cost=filters.amount(pool.cost_amount),
        )
    if explained.reason is Reason.UNCHANGED:
        return gettext(
            "Nothing came in, so the average stays what it was: %(average)s.",
            average=filters.unit_cost(explained.average),
        )
    return gettext(
        "%(opening)s at the start and %(sources)s from what came in make %(cost)s for %(quantity)s, which is "
        "%(average)s each.",
        opening=filters.amount(explained.opening.cost_amount),
        sources=filters.amount(pool.cost_amount - explained.opening.cost_amount),
        cost=filters.amount(pool.cost_amount),
        quantity=filters.quantity(pool.quantity_base),
        average=filters.unit_cost(explained.average),
    )


def _effects(explained: Explained) -> list[str]:
    strongest = explained.strongest
    if strongest is None or strongest.effect is None:
        return []
    before = explained.opening.unit_cost
    what = str(PARTS[strongest.amount.part])
    facts = {
        "before": filters.unit_cost(before),
        "what": what,
        "document": strongest.amount.document_no,
        "effect": filters.unit_cost(abs(strongest.effect)),
    }
    if strongest.effect > 0:
        return [
            gettext(
                "The period began with an average of %(before)s; what raised it most is %(document)s "
                "(%(what)s), by %(effect)s.",
                **facts,
            )
        ]
    return [
        gettext(
            "The period began with an average of %(before)s; what lowered it most is %(document)s "
            "(%(what)s), by %(effect)s.",
            **facts,
        )
    ]
