"""Registers and ledgers at /api/v1: to read and to export, never to write."""

from apiflask import APIBlueprint
from flask import Response

from server.ledgers import queries, rows
from server.security.permissions import Permission, requires
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, mount_list
from server.web.schemas import row_model

blueprint = APIBlueprint("ledgers_api", __name__, url_prefix=API, tag="Ledgers")
_VIEW = Permission.VIEW_LEDGER

mount_list(
    blueprint,
    ApiList(
        rule="/registers",
        name="registers",
        summary="Postings, the newest first.",
        filter_type=rows.RegisterFilter,
        row_type=rows.RegisterRow,
        orders=queries.REGISTER_ORDERS,
        permission=_VIEW,
        read=queries.list_registers,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/item-ledger-entries",
        name="item_ledger_entries",
        summary="Movements of quantity, the newest first.",
        filter_type=rows.EntryFilter,
        row_type=rows.ItemLedgerEntryRow,
        orders=queries.ITEM_LEDGER_ORDERS,
        permission=_VIEW,
        read=queries.list_item_ledger_entries,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/value-entries",
        name="value_entries",
        summary="Movements of value, the newest first.",
        filter_type=rows.ValueFilter,
        row_type=rows.ValueEntryRow,
        orders=queries.VALUE_ORDERS,
        permission=_VIEW,
        read=queries.list_value_entries,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/warehouse-entries",
        name="warehouse_entries",
        summary="Movements in bins, the newest first.",
        filter_type=rows.EntryFilter,
        row_type=rows.WarehouseEntryRow,
        orders=queries.WAREHOUSE_ORDERS,
        permission=_VIEW,
        read=queries.list_warehouse_entries,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/item-application-entries",
        name="item_application_entries",
        summary="Which issues take from which receipts.",
        filter_type=rows.ApplicationFilter,
        row_type=rows.ApplicationEntryRow,
        orders=queries.APPLICATION_ORDERS,
        permission=_VIEW,
        read=queries.list_application_entries,
    ),
)


@blueprint.get("/registers/<int:no>")
@requires(_VIEW)
@blueprint.output(row_model(rows.RegisterRow))
@blueprint.doc(summary="One posting.")
def register(no: int) -> Response:
    """One posting."""
    return json_answer(queries.read_register(no))


@blueprint.get("/registers/<int:no>/trail")
@requires(_VIEW)
@blueprint.output(row_model(rows.Trail))
@blueprint.doc(summary="One posting from the scan to its costs.")
def trail(no: int) -> Response:
    """Everything one posting wrote."""
    return json_answer(queries.read_trail(no))


@blueprint.get("/item-ledger-entries/<int:entry_no>")
@requires(_VIEW)
@blueprint.output(row_model(rows.ItemLedgerEntryRow))
@blueprint.doc(summary="One movement of quantity.")
def item_ledger_entry(entry_no: int) -> Response:
    """One item ledger entry."""
    return json_answer(queries.read_item_ledger_entry(entry_no))


@blueprint.get("/value-entries/<int:entry_no>")
@requires(_VIEW)
@blueprint.output(row_model(rows.ValueEntryRow))
@blueprint.doc(summary="One movement of value.")
def value_entry(entry_no: int) -> Response:
    """One value entry."""
    return json_answer(queries.read_value_entry(entry_no))


@blueprint.get("/warehouse-entries/<int:entry_no>")
@requires(_VIEW)
@blueprint.output(row_model(rows.WarehouseEntryRow))
@blueprint.doc(summary="One movement in a bin.")
def warehouse_entry(entry_no: int) -> Response:
    """One warehouse entry."""
    return json_answer(queries.read_warehouse_entry(entry_no))
