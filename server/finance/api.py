"""The general ledger at /api/v1: entries and what stands behind them, accounts, set-up, posting, proof."""

from dataclasses import dataclass

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.finance import posting, queries, rows
from server.finance.stores import ACCOUNT_STORE, GENERAL_STORE, INVENTORY_STORE
from server.general_ledger.cards import AccountCard, GeneralPostingCard, InventoryPostingCard
from server.ledger.reconcile import ReconcileFilter
from server.security.permissions import Permission, requires
from server.security.sessions import acting, settings
from server.web.api import API, json_answer
from server.web.api_cards import ApiCards, mount_cards
from server.web.api_lists import ApiList, NoFilter, mount_list
from server.web.schemas import body_model, plain_query_model, record_of, row_model

blueprint = APIBlueprint("finance_api", __name__, url_prefix=API, tag="General ledger")
_VIEW, _CHANGE = Permission.VIEW_LEDGER, Permission.MANAGE_SETUP


@dataclass(frozen=True, slots=True, kw_only=True)
class GlPosting:
    """What to post. A preview says what would be posted and writes nothing."""

    per: rows.Per = rows.Per.ENTRY
    is_preview: bool = False


mount_list(
    blueprint,
    ApiList(
        rule="/gl-entries",
        name="gl_entries",
        summary="G/L entries, the latest day first.",
        filter_type=rows.GlEntryFilter,
        row_type=rows.GlEntryRow,
        orders=queries.ENTRY_ORDERS,
        permission=_VIEW,
        read=queries.list_gl_entries,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/gl-item-relations",
        name="gl_item_relations",
        summary="Which value entries stand in which G/L entries, and with how much.",
        filter_type=rows.RelationFilter,
        row_type=rows.RelationRow,
        orders=queries.RELATION_ORDERS,
        permission=_VIEW,
        read=queries.list_relations,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/gl-accounts",
        name="gl_accounts",
        summary="The chart of accounts.",
        filter_type=NoFilter,
        row_type=AccountCard,
        orders=queries.ACCOUNT_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_accounts(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=ACCOUNT_STORE,
        rule="/gl-accounts",
        card_rule="/gl-accounts/<path:no>",
        name="gl_account",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/inventory-posting-setups",
        name="inventory_posting_setups",
        summary="Accounts by location and inventory posting group; a blank code stands for every other.",
        filter_type=NoFilter,
        row_type=InventoryPostingCard,
        orders=queries.INVENTORY_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_inventory_setups(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=INVENTORY_STORE,
        rule="/inventory-posting-setups",
        card_rule="/inventory-posting-setups/<location_code>/<inventory_posting_group>",
        name="inventory_posting_setup",
        view=_VIEW,
        change=_CHANGE,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/general-posting-setups",
        name="general_posting_setups",
        summary="Accounts by business and product posting group; a blank code stands for every other.",
        filter_type=NoFilter,
        row_type=GeneralPostingCard,
        orders=queries.GENERAL_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_general_setups(asked),
    ),
)
mount_cards(
    blueprint,
    ApiCards(
        store=GENERAL_STORE,
        rule="/general-posting-setups",
        card_rule="/general-posting-setups/<general_business_posting_group>/<general_product_posting_group>",
        name="general_posting_setup",
        view=_VIEW,
        change=_CHANGE,
    ),
)


@blueprint.get("/gl-entries/<int:entry_no>")
@requires(_VIEW)
@blueprint.output(row_model(rows.GlEntryRow))
@blueprint.doc(summary="One G/L entry.")
def gl_entry(entry_no: int) -> Response:
    """One G/L entry."""
    return json_answer(queries.read_gl_entry(entry_no))


@blueprint.get("/gl-reconciliation")
@requires(_VIEW)
@blueprint.input(plain_query_model(ReconcileFilter), location="query")
@blueprint.output(row_model(rows.Reconciliation))
@blueprint.doc(summary="What value entries are worth against the general ledger, per role of an account.")
def reconciliation(query_data: BaseModel) -> Response:
    """Every role that anything belongs to."""
    return json_answer(queries.read_reconciliation(record_of(ReconcileFilter, query_data)))


@blueprint.post("/gl-postings")
@requires(Permission.POST_TO_GL)
@blueprint.input(body_model(GlPosting))
@blueprint.output(row_model(rows.PostingAnswer))
@blueprint.doc(summary="Post to the general ledger, or preview it. Not complete: call again.")
def post(json_data: BaseModel) -> Response:
    """Post for a while."""
    wanted = record_of(GlPosting, json_data)
    if wanted.is_preview:
        return json_answer(posting.preview(wanted.per))
    now, user_id = settings().now(), acting().person_id
    return json_answer(posting.post(wanted.per, user_id=user_id, now=now))
