"""People, enrolment codes, revocation and the audit trail at /api/v1; devices themselves are listed by the
monitor.

Programs have no right to any of it (no API token has): it is for scripts of an administrator's own session.
Secrets go in and never come out, but for an enrolment code, once, in the answer that makes it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.database import db, write
from server.masterdata.faults import CardMissing
from server.security.devices import revoke_device
from server.security.enrolment import LIFE, make_code, readable
from server.security.people import (
    PersonCard,
    PersonFacts,
    add_user,
    block_person,
    change_person,
    person_card,
    unblock_person,
)
from server.security.permissions import Permission, requires
from server.security.problems import problem_answer
from server.security.refusals import InputRefused
from server.security.sessions import acting, settings
from server.staff import queries
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, mount_list
from server.web.keyset import Page, PageAsked
from server.web.schemas import body_model, changes_of, partial_model, record_of, row_model
from shared.wire.fields import Code, OptionalCode, Text

blueprint = APIBlueprint("staff_api", __name__, url_prefix=API, tag="People and devices")
_PEOPLE = Permission.MANAGE_PEOPLE
_DEVICES = Permission.MANAGE_DEVICES
Line = Annotated[str, Text(max_length=250)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFilter:
    """Which people."""

    role: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows of the audit trail."""

    event: str = ""
    person_id: str = ""
    subject: str = ""
    subject_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBody:
    """A person as sent; "" leaves password and PIN as they are."""

    name: Line
    role: OptionalCode
    language: OptionalCode = "en"
    login: Line = ""
    badge: Line = ""
    password: Line = ""
    pin: OptionalCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentBody:
    """Where a device shall work; with `device_id` that device gets a new secret."""

    location_code: Code
    device_name: Line = ""
    device_id: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRow:
    """A code, shown once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonBody:
    """Why a device is revoked."""

    reason: Annotated[str, Text(max_length=300, min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedRow:
    """That a device is out."""

    device_id: str
    is_revoked: bool


def _people(wanted: PersonFilter, asked: PageAsked) -> Page[queries.PersonRow]:
    return queries.list_people(asked, role=wanted.role, text=wanted.text)


def _audit(wanted: AuditFilter, asked: PageAsked) -> Page[queries.AuditRow]:
    return queries.list_audit(
        asked,
        event=wanted.event,
        person_id=wanted.person_id,
        subject=wanted.subject,
        subject_key=wanted.subject_key,
    )


mount_list(
    blueprint,
    ApiList(
        rule="/people",
        name="people",
        summary="People, blocked ones too.",
        filter_type=PersonFilter,
        row_type=queries.PersonRow,
        orders=queries.PERSON_ORDERS,
        permission=_PEOPLE,
        read=_people,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/audit",
        name="audit",
        summary="The audit trail, the newest first.",
        filter_type=AuditFilter,
        row_type=queries.AuditRow,
        orders=queries.AUDIT_ORDERS,
        permission=Permission.VIEW_AUDIT,
        read=_audit,
    ),
)


@blueprint.get("/people/<person_id>")
@requires(_PEOPLE)
@blueprint.output(row_model(queries.PersonRow))
@blueprint.doc(summary="One person.")
def get_person(person_id: str) -> Response:
    """One person."""
    return json_answer(_row(person_id))


@blueprint.post("/people")
@requires(_PEOPLE)
@blueprint.input(body_model(PersonBody))
@blueprint.output(row_model(queries.PersonRow), status_code=201)
@blueprint.doc(summary="Add a person.")
def create_person(json_data: BaseModel) -> Response:
    """Add a person."""
    body, now, actor = record_of(PersonBody, json_data), settings().now(), acting()

    def work(connection: sa.Connection) -> str:
        return add_user(connection, _facts(body), password=body.password, pin=body.pin, actor=actor, now=now)

    return json_answer(_row(write(work)), 201)


@blueprint.patch("/people/<person_id>")
@requires(_PEOPLE)
@blueprint.input(partial_model(PersonBody))
@blueprint.output(row_model(queries.PersonRow))
@blueprint.doc(summary="Change a person; what is left out stays.")
def update_person(person_id: str, json_data: BaseModel) -> Response:
    """Change a person."""
    given = changes_of(json_data)
    now, actor = settings().now(), acting()

    def work(connection: sa.Connection) -> None:
        card = _card(connection, person_id)
        kept = {each.name: getattr(card, each.name) for each in fields(PersonFacts)}
        body = PersonBody(**{**kept, **given})
        change_person(
            connection,
            person_id,
            _facts(body),
            password=body.password,
            pin=body.pin,
            actor=actor,
            now=now,
        )

    write(work)
    return json_answer(_row(person_id))


@blueprint.post("/people/<person_id>/block")
@requires(_PEOPLE)
@blueprint.output(row_model(queries.PersonRow))
@blueprint.doc(summary="Let a person in no more.")
def block(person_id: str) -> Response:
    """Block a person."""
    return _set_blocked(person_id, block_person)


@blueprint.post("/people/<person_id>/unblock")
@requires(_PEOPLE)
@blueprint.output(row_model(queries.PersonRow))
@blueprint.doc(summary="Let a blocked person in again.")
def unblock(person_id: str) -> Response:
    """Unblock a person."""
    return _set_blocked(person_id, unblock_person)


@blueprint.post("/enrolment-codes")
@requires(_DEVICES)
@blueprint.input(body_model(EnrolmentBody))
@blueprint.output(row_model(EnrolmentRow), status_code=201)
@blueprint.doc(summary="Make a code that lets one device in, once, within 15 minutes.")
def create_enrolment_code(json_data: BaseModel) -> Response:
    """Make an enrolment code."""
    body, now, actor = record_of(EnrolmentBody, json_data), settings().now(), acting()

    def work(connection: sa.Connection) -> str:
        try:
            return make_code(
                connection,
                location_code=body.location_code,
                device_name=body.device_name,
                device_id=body.device_id,
                actor=actor,
                now=now,
            )
        except KeyError as error:
            raise CardMissing("device", body.device_id) from error

    return json_answer(EnrolmentRow(code=readable(write(work)), expires_at=now + LIFE), 201)


@blueprint.post("/devices/<device_id>/revoke")
@requires(_DEVICES)
@blueprint.input(body_model(ReasonBody))
@blueprint.output(row_model(RevokedRow))
@blueprint.doc(summary="Put a device out at once. A repeat changes nothing.")
def revoke(device_id: str, json_data: BaseModel) -> Response:
    """Revoke a device."""
    body, now, actor = record_of(ReasonBody, json_data), settings().now(), acting()
    if queries.read_device(device_id) is None:
        raise CardMissing("device", device_id)
    write(lambda connection: revoke_device(connection, device_id, actor=actor, now=now, note=body.reason))
    return json_answer(RevokedRow(device_id=device_id, is_revoked=True))


@blueprint.errorhandler(InputRefused)
def refused(error: InputRefused) -> Response:
    """422 at the field."""
    fault = {"pointer": f"/{error.field}", "code": error.code, "detail": error.sentence}
    return problem_answer(422, error.code, error.sentence, errors=[fault])


def _facts(body: PersonBody) -> PersonFacts:
    return PersonFacts(**{each.name: getattr(body, each.name) for each in fields(PersonFacts)})


def _card(connection: sa.Connection, person_id: str) -> PersonCard:
    try:
        return person_card(connection, person_id)
    except KeyError as error:
        raise CardMissing("person", person_id) from error


def _row(person_id: str) -> queries.PersonRow:
    card = _card(db.session.connection(), person_id)
    return queries.PersonRow(**{each.name: getattr(card, each.name) for each in fields(queries.PersonRow)})


def _set_blocked(person_id: str, change: Callable[..., None]) -> Response:
    now, actor = settings().now(), acting()

    def work(connection: sa.Connection) -> None:
        _card(connection, person_id)
        change(connection, person_id, actor=actor, now=now)

    write(work)
    return json_answer(_row(person_id))
