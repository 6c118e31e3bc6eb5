"""What of an item could be revalued on a day, as a revaluation would propose it. Reads only."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from server.costing.revaluation import revaluable_layers, total_of
from server.ledger.load_entries import load_item_applications, load_item_entries
from server.masterdata.load import load_facts


def revaluable(connection: sa.Connection, item_no: str, on: date) -> tuple[Decimal, Decimal]:
    """Quantity (base units) and value of all that was left of an item on a day, over all places."""
    facts = load_facts(connection, item_nos=(item_no,), location_codes=(), bins=(), reason_codes=())
    layers = revaluable_layers(
        list(load_item_entries(connection, item_no).values()),
        load_item_applications(connection, item_no),
        on,
        costing_method=facts.items[item_no].costing_method,
        is_per_item=facts.setup.average_cost_calc_type == "item",
    )
    return total_of(layers, facts.setup.amount_rounding_precision)
