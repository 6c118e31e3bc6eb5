"""What a device asks before it can sync: to be enrolled, and for a token; and what it reports of its lock.

POST /sync/v1/enrol {code, install_id, device_name} → {device_id, device_secret, name, epoch, location_code,
server_epoch}; 403 `code_refused`, 429 `too_many_tries` with Retry-After.
POST /sync/v1/token {device_id, device_secret} → {token, expires_in_s, epoch, location_code, revoked,
server_epoch, server_time}; 401 `device_unknown`. A revoked device still gets one, to push what it holds.
POST /sync/v1/lockouts {lockouts: [{event_id, person_id, occurred_at, tries}]} → {recorded}; for the audit
trail.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from flask import Blueprint, Response, abort, jsonify, request

from server.database import write
from server.security.audit import Actor, record_audit
from server.security.devices import TOKEN_LIFE, CurrentDevice, check_secret, give_token, hash_of
from server.security.enrolment import CodeRefused, Enrolled, enrol, server_epoch
from server.security.permissions import Permission, requires
from server.security.problems import problem_answer
from server.security.sessions import current_device, settings
from server.security.tables import Audit, Device
from server.security.throttle import (
    ADDRESS,
    DEVICE,
    ENROLMENT,
    Limit,
    address_subject,
    count_try,
    device_subject,
    forgive,
    take_back,
)
from shared.moments import MomentError, moment_text, parse_moment

blueprint = Blueprint("security_sync", __name__, url_prefix="/sync/v1")
LOCKOUTS_AT_ONCE = 100


@blueprint.post("/enrol")
@requires(Permission.PUBLIC)
def enrol_device() -> Response:
    """Make the caller a device of ours, once per code."""
    body = _body()
    code, install_id = _text(body, "code", 20), _text(body, "install_id", 100)
    device_name = _text(body, "device_name", 250, required=False)
    now, address = settings().now(), request.remote_addr or ""
    subject = address_subject(address, "enrol")
    _count({subject: ENROLMENT}, now)

    def work(connection: sa.Connection) -> Enrolled:
        enrolled = enrol(
            connection, code=code, install_id=install_id, device_name=device_name, now=now, address=address
        )
        take_back(connection, subject)
        return enrolled

    try:
        enrolled = write(work)
    except CodeRefused:
        write(
            lambda connection: record_audit(
                connection, "enrolment_refused", at=now, actor=Actor(address=address)
            )
        )
        return problem_answer(403, "code_refused", "Ask for a new code: it is used, too old or mistyped.")
    return jsonify(asdict(enrolled))


@blueprint.post("/token")
@requires(Permission.PUBLIC)
def device_token() -> Response:
    """Trade the secret for a token of a quarter of an hour."""
    body = _body()
    device_id, secret = _text(body, "device_id", 50), _text(body, "device_secret", 200)
    now, address = settings().now(), request.remote_addr or ""
    own, place = device_subject(device_id), address_subject(address, "token")
    device = check_secret(device_id, secret)
    if device is None:
        # The right secret is 256 random bits: it is never kept waiting, and nobody guesses it.
        _count({own: DEVICE, place: ADDRESS}, now)
        _record_wrong_secret(device_id, address, now)
        return problem_answer(401, "device_unknown", "This device must be enrolled again.")
    return jsonify(write(lambda connection: _token_answer(connection, device, secret, now)))


@blueprint.post("/lockouts")
@requires(Permission.DEVICE_PUSH)
def report_lockouts() -> Response:
    """Take in that a worker's PIN was locked on the device; the same report twice is written once."""
    device = current_device()
    reports = _body().get("lockouts")
    if not isinstance(reports, list) or len(reports) > LOCKOUTS_AT_ONCE:
        abort(problem_answer(422, "unreadable", f"/lockouts: expected a list of at most {LOCKOUTS_AT_ONCE}"))
    now = settings().now()
    rows = [_lockout(report, place) for place, report in enumerate(reports)]

    def record(connection: sa.Connection) -> int:
        ids = [row["event_id"] for row in rows]
        known = set(connection.execute(sa.select(Audit.event_id).where(Audit.event_id.in_(ids))).scalars())
        fresh = {row["event_id"]: row for row in rows if row["event_id"] not in known}
        for event_id, row in fresh.items():
            record_audit(
                connection,
                "pin_locked",
                at=now,
                actor=Actor(device_id=device.device_id, address=request.remote_addr or ""),
                subject=("person", row["person_id"]),
                new={"occurred_at": row["occurred_at"], "tries": row["tries"]},
                event_id=event_id,
            )
        return len(fresh)

    return jsonify({"recorded": write(record)})


def _token_answer(
    connection: sa.Connection, device: CurrentDevice, secret: str, now: datetime
) -> dict[str, object]:
    forgive(connection, device_subject(device.device_id))
    connection.execute(sa.update(Device).where(Device.device_id == device.device_id).values(last_seen_at=now))
    return {
        "token": give_token(device.device_id, device.epoch, hash_of(secret), now),
        "expires_in_s": int(TOKEN_LIFE.total_seconds()),
        "epoch": device.epoch,
        "location_code": device.location_code,
        "revoked": device.revoked_at is not None,
        "server_epoch": server_epoch(connection),
        "server_time": moment_text(now),
    }


def _record_wrong_secret(device_id: str, address: str, now: datetime) -> None:
    write(
        lambda connection: record_audit(
            connection,
            "token_refused",
            at=now,
            actor=Actor(address=address),
            subject=("device", device_id),
        )
    )


def _count(limits: Mapping[str, Limit], now: datetime) -> None:
    tried = write(lambda connection: count_try(connection, limits, now))
    if tried.refused_until is not None:
        wait_s = int((tried.refused_until - now).total_seconds()) + 1
        answer = problem_answer(429, "too_many_tries", f"Wait {wait_s} s.", retry_after_s=wait_s)
        answer.headers["Retry-After"] = str(wait_s)
        abort(answer)


def _body() -> dict[str, object]:
    if (request.content_length or 0) > 64 * 1024:
        abort(problem_answer(413, "too_large", "At most 64 KiB."))
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        abort(problem_answer(400, "unreadable", "Expected a JSON object."))
    return cast(dict[str, object], body)


def _text(body: Mapping[str, object], field: str, longest: int, *, required: bool = True) -> str:
    value = body.get(field, "" if not required else None)
    is_fit = isinstance(value, str) and len(value) <= longest and "\x00" not in value
    if not is_fit or (required and not value):
        abort(problem_answer(422, "unreadable", f"/{field}: expected text of 1 to {longest} characters"))
    return cast(str, value)


def _lockout(report: object, place: int) -> dict[str, str]:
    if not isinstance(report, dict):
        abort(problem_answer(422, "unreadable", f"/lockouts/{place}: expected an object"))
    tries = report.get("tries")
    if not isinstance(tries, int) or isinstance(tries, bool) or not 0 <= tries <= 1000:
        abort(problem_answer(422, "unreadable", f"/lockouts/{place}/tries: expected a whole number"))
    occurred_at = _text(report, "occurred_at", 40)
    try:
        parse_moment(occurred_at)
    except MomentError as error:
        abort(problem_answer(422, "unreadable", f"/lockouts/{place}/occurred_at: {error}"))
    return {
        "event_id": _text(report, "event_id", 50),
        "person_id": _text(report, "person_id", 50),
        "occurred_at": occurred_at,
        "tries": str(tries),
    }
