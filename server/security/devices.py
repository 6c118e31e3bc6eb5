"""Devices: what they show to be let in, what kinds there are, and how one is put out.

A handheld trades its secret for a token of a quarter of an hour; a program shows an API token that lasts
until it is revoked. Both are checked against the device's row at every call, so a revocation holds at once.
A token is bound to the epoch and to the secret under which it was given: a new enrolment ends all tokens of
the old one. A revoked device is still known for QUARANTINE days when it pushes, for what it holds must not
be lost.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from server.database import db
from server.security.audit import Actor, record_audit
from server.security.tables import ApiToken, Device

TOKEN_LIFE = timedelta(minutes=15)
QUARANTINE = timedelta(days=30)
API_ROLES = ("supervisor", "back_office")
# An import over HTTP pushes like a handheld; only the command line gives it its secret.
KINDS_WITH_SECRET = ("handheld", "import")


class TokenRefused(Exception):
    """The caller is not let in. `code`: token_missing, token_invalid, token_expired or revoked."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentDevice:
    """The device behind a request. `role` is what a program may do, "" for a handheld."""

    device_id: str
    kind: str
    name: str
    location_code: str
    epoch: int
    install_id: str
    revoked_at: datetime | None
    last_seen_at: datetime | None
    role: str = ""


def ensure_device(
    connection: sa.Connection,
    *,
    device_id: str,
    kind: str,
    now: datetime,
    name: str = "",
    location_code: str = "",
) -> str:
    """The id of the office, api or import device of this name, made on first use."""
    known = connection.execute(sa.select(Device.device_id).where(Device.device_id == device_id)).first()
    if known is None:
        connection.execute(
            sa.insert(Device).values(
                device_id=device_id,
                kind=kind,
                name=name or device_id,
                location_code=location_code,
                enrolled_at=now,
            )
        )
        record_audit(
            connection, "device_made", at=now, subject=("device", device_id), new={"kind": kind, "name": name}
        )
    return device_id


def give_secret(connection: sa.Connection, device_id: str, *, now: datetime, actor: Actor) -> str:
    """A new secret for an import device; it is shown once and ends the tokens of the old one."""
    secret = secrets.token_urlsafe(32)
    done = connection.execute(
        sa.update(Device)
        .where(Device.device_id == device_id, Device.kind == "import")
        .values(secret_hash=hash_of(secret))
    )
    if not done.rowcount:
        raise KeyError(device_id)
    record_audit(connection, "device_secret_given", at=now, actor=actor, subject=("device", device_id))
    return secret


def give_token(device_id: str, epoch: int, secret_hash: str, now: datetime) -> str:
    """A signed token for one device, good for TOKEN_LIFE."""
    expires = int((now + TOKEN_LIFE).timestamp())
    return str(_signer().dumps([device_id, epoch, secret_hash[:8], expires]))


def authenticate_device(bearer: str, now: datetime, *, revoked_too: bool = False) -> CurrentDevice:
    """The handheld that this token was given to; TokenRefused where it counts no more."""
    if not bearer:
        raise TokenRefused("token_missing")
    try:
        device_id, epoch, generation, expires = _signer().loads(bearer)
    except (BadData, ValueError, TypeError) as error:
        raise TokenRefused("token_invalid") from error
    row = db.session.execute(sa.select(Device.__table__).where(Device.device_id == device_id)).first()
    if row is None or row.secret_hash[:8] != generation or row.epoch != epoch:
        raise TokenRefused("token_invalid")
    if now.timestamp() >= expires:
        raise TokenRefused("token_expired")
    _refuse_revoked(row.revoked_at, now, revoked_too=revoked_too)
    return _current(row)


def authenticate_program(bearer: str) -> CurrentDevice:
    """The api device that this API token belongs to; TokenRefused where it counts no more."""
    if not bearer:
        raise TokenRefused("token_missing")
    row = db.session.execute(
        sa.select(Device.__table__, ApiToken.role, ApiToken.revoked_at.label("token_revoked_at"))
        .join(ApiToken, ApiToken.device_id == Device.device_id)
        .where(ApiToken.token_hash == hash_of(bearer))
    ).first()
    if row is None or row.kind != "api":
        raise TokenRefused("token_invalid")
    if row.token_revoked_at is not None or row.revoked_at is not None:
        raise TokenRefused("revoked")
    return _current(row, row.role)


def check_secret(device_id: str, device_secret: str) -> CurrentDevice | None:
    """The device of this id and secret, also a revoked one; None where they do not belong together."""
    row = db.session.execute(
        sa.select(Device.__table__).where(Device.device_id == device_id, Device.kind.in_(KINDS_WITH_SECRET))
    ).first()
    if row is None or not row.secret_hash:
        return None
    if not hmac.compare_digest(row.secret_hash, hash_of(device_secret)):
        return None
    return _current(row)


def make_api_token(
    connection: sa.Connection, *, device_id: str, role: str, actor: Actor, now: datetime
) -> str:
    """A new token for a program; it is shown once, for only its hash is kept. Older ones stay good."""
    if role not in API_ROLES:
        raise ValueError(f"expected one of {API_ROLES}, found {role!r}")
    ensure_device(connection, device_id=device_id, kind="api", now=now)
    token = "slt_" + secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(ApiToken).values(
            token_hash=hash_of(token),
            device_id=device_id,
            role=role,
            created_at=now,
            created_by=actor.person_id,
        )
    )
    record_audit(
        connection, "api_token_made", at=now, actor=actor, subject=("device", device_id), new={"role": role}
    )
    return token


def revoke_device(
    connection: sa.Connection, device_id: str, *, actor: Actor, now: datetime, note: str
) -> bool:
    """Put a device out at once, its API tokens with it. False where it is unknown or out already."""
    done = connection.execute(
        sa.update(Device)
        .where(Device.device_id == device_id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if not done.rowcount:
        return False
    connection.execute(
        sa.update(ApiToken)
        .where(ApiToken.device_id == device_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    record_audit(connection, "device_revoked", at=now, actor=actor, subject=("device", device_id), note=note)
    return True


def hash_of(secret: str) -> str:
    """How a long random secret is kept: it needs no salt and no rounds, for nobody can guess it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _signer() -> URLSafeSerializer:
    secret_key: str = current_app.config["SCANLEDGER"].secret_key
    return URLSafeSerializer(
        secret_key, salt="scanledger device token", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _refuse_revoked(revoked_at: datetime | None, now: datetime, *, revoked_too: bool) -> None:
    if revoked_at is not None and not (revoked_too and now < revoked_at + QUARANTINE):
        raise TokenRefused("revoked")


def _current(row: sa.Row[tuple[object, ...]], role: str = "") -> CurrentDevice:
    return CurrentDevice(
        device_id=row.device_id,
        kind=row.kind,
        name=row.name,
        location_code=row.location_code,
        epoch=row.epoch,
        install_id=row.install_id,
        revoked_at=row.revoked_at,
        last_seen_at=row.last_seen_at,
        role=role,
    )
