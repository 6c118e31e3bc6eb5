"""Inbox, outcomes and devices at /api/v1, and the way in for programs: POST /transactions."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.inbox.sources import current_source
from server.inbox.submitting import OtherContent, Submission, submit
from server.monitor import queries
from server.security.permissions import Permission, check, requires
from server.security.problems import problem_answer
from server.security.sessions import person_or_none, settings
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, mount_list
from server.web.keyset import Page, PageAsked
from server.web.schemas import body_model, record_of, row_model
from shared.wire.outcomes import Outcome

blueprint = APIBlueprint("monitor_api", __name__, url_prefix=API, tag="Inbox and devices")
_VIEW = Permission.VIEW_SYNC
_STORED: dict[int | str, Any] = {
    201: {
        "description": "Stored",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OutcomeAnswer"}}},
    }
}


def _gaps(wanted: queries.GapFilter, asked: PageAsked) -> Page[queries.GapRow]:
    return queries.list_gaps(asked, device_id=wanted.device_id)


def _devices(wanted: queries.DeviceFilter, asked: PageAsked) -> Page[queries.DeviceRow]:
    return queries.list_devices(asked, kind=wanted.kind, location_code=wanted.location_code)


mount_list(
    blueprint,
    ApiList(
        rule="/transactions",
        name="transactions",
        summary="Stored transactions with their outcomes, the newest first.",
        filter_type=queries.TransactionFilter,
        row_type=queries.TransactionRow,
        orders=queries.TRANSACTION_ORDERS,
        permission=_VIEW,
        read=queries.list_transactions,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/devices",
        name="devices",
        summary="Devices and how far their history has arrived.",
        filter_type=queries.DeviceFilter,
        row_type=queries.DeviceRow,
        orders=queries.DEVICE_ORDERS,
        permission=_VIEW,
        read=_devices,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/device-gaps",
        name="device_gaps",
        summary="Numbers of devices' histories that have not arrived.",
        filter_type=queries.GapFilter,
        row_type=queries.GapRow,
        orders=queries.GAP_ORDERS,
        permission=_VIEW,
        read=_gaps,
    ),
)


@blueprint.get("/transactions/<transaction_id>")
@requires(_VIEW)
@blueprint.output(row_model(queries.TransactionCard))
@blueprint.doc(summary="One stored transaction with its record and decisions.")
def transaction(transaction_id: str) -> Response:
    """One transaction."""
    return json_answer(queries.read_transaction(transaction_id))


@blueprint.get("/devices/<device_id>")
@requires(_VIEW)
@blueprint.output(row_model(queries.DeviceRow))
@blueprint.doc(summary="One device.")
def device(device_id: str) -> Response:
    """One device."""
    return json_answer(queries.read_device(device_id))


@blueprint.post("/transactions")
@requires(Permission.POST_JOURNAL)
@blueprint.input(body_model(Submission))
@blueprint.output(row_model(Outcome))
@blueprint.doc(
    summary="Hand in a transaction.",
    description="201 when it is new, 200 with the stored outcome when it is a repeat under its id. "
    "Whether it posted stands in `status`. An id with other content is a 409.",
    responses=_STORED,
)
def create_transaction(json_data: BaseModel) -> Response:
    """Hand a transaction to the inbox."""
    submission = record_of(Submission, json_data)
    if submission.states:
        check(Permission.STATE_DATES)
    person, now = person_or_none(), settings().now()
    try:
        submitted = submit(
            submission,
            current_source(),
            worker_id=person.person_id if person else "",
            now=now,
            chance=settings().chance(),
        )
    except OtherContent as error:
        return problem_answer(409, "mismatch", f"Another transaction has the id {error}. Give it a new id.")
    return json_answer(submitted.outcome, 201 if submitted.is_new else 200)
