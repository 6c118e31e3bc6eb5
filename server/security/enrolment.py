"""Enrolment: a code that somebody reads or scans once makes a device one of ours.

A code has 8 characters that cannot be mistaken for each other (40 bits), lives a quarter of an hour and is
kept as a keyed hash. It is used up by the first installation that shows it; that one may ask again while
the code lives, for the first answer may have been lost on the way, and each answer carries a new secret.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import zxingcpp

from server.masterdata.tables import InventorySetup, Location
from server.security.audit import Actor, record_audit
from server.security.devices import hash_of
from server.security.people import tell_workers
from server.security.refusals import InputRefused
from server.security.sessions import settings
from server.security.tables import Device, EnrolmentCode

# No 0 O, 1 I L, 5 S, 8 B, 2 Z, U V: read aloud or from a scratched screen, each is itself.
ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
LENGTH = 8
LIFE = timedelta(minutes=15)
_SIZE = re.compile(r'<svg width="([0-9.]+)" height="([0-9.]+)"')


class CodeRefused(Exception):
    """The code is unknown, used by another installation, or too old; which of them, nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What a device is told once."""

    device_id: str
    device_secret: str
    name: str
    epoch: int
    location_code: str
    server_epoch: str


def make_code(
    connection: sa.Connection,
    *,
    location_code: str,
    actor: Actor,
    now: datetime,
    device_name: str = "",
    device_id: str = "",
) -> str:
    """A new code for a device at a location; with `device_id` it gives that device a new secret."""
    _check_place(connection, location_code, device_id)
    connection.execute(sa.delete(EnrolmentCode).where(EnrolmentCode.expires_at < now - timedelta(days=1)))
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    connection.execute(
        sa.insert(EnrolmentCode).values(
            code_hash=_kept(code),
            device_id=device_id,
            device_name=device_name.strip()[:250],
            location_code=location_code,
            created_by=actor.person_id,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    record_audit(
        connection,
        "enrolment_code_made",
        at=now,
        actor=actor,
        subject=("device", device_id),
        new={"location_code": location_code, "device_name": device_name},
    )
    return code


def enrol(
    connection: sa.Connection,
    *,
    code: str,
    install_id: str,
    device_name: str,
    now: datetime,
    address: str,
) -> Enrolled:
    """Use a code up; CodeRefused where it is none, or not any more."""
    row = _use_up(connection, _kept(code), install_id, now)
    secret = secrets.token_urlsafe(32)
    asked_again = row.used_by_device != ""
    device_id = row.used_by_device or row.device_id or _next_device_id(connection)
    name = row.device_name or device_name.strip()[:250] or device_id
    if asked_again or row.device_id:
        _renew(connection, device_id, install_id, secret, location_code=row.location_code)
    else:
        _insert(connection, device_id, install_id, secret, name=name, row=row, now=now)
    connection.execute(
        sa.update(EnrolmentCode)
        .where(EnrolmentCode.code_hash == row.code_hash)
        .values(used_by_device=device_id)
    )
    tell_workers(connection, row.location_code)
    record_audit(
        connection,
        "device_enrolled",
        at=now,
        actor=Actor(person_id=row.created_by, device_id=device_id, address=address),
        subject=("device", device_id),
        new={"install_id": install_id, "location_code": row.location_code},
        note="asked again" if asked_again else "",
    )
    return _enrolled(connection, device_id, secret)


def _use_up(connection: sa.Connection, code_hash: str, install_id: str, now: datetime) -> sa.Row[Any]:
    """Mark a code as used by an installation, and give its row; the same installation may ask again."""
    # One statement decides who is first: two devices that show the code at once cannot both be.
    connection.execute(
        sa.update(EnrolmentCode)
        .where(
            EnrolmentCode.code_hash == code_hash,
            EnrolmentCode.used_at.is_(None),
            EnrolmentCode.expires_at > now,
        )
        .values(used_at=now, used_by_install=install_id)
    )
    row = connection.execute(
        sa.select(EnrolmentCode.__table__).where(
            EnrolmentCode.code_hash == code_hash,
            EnrolmentCode.used_by_install == install_id,
            EnrolmentCode.expires_at > now,
        )
    ).first()
    if row is None:
        raise CodeRefused
    return row


def enrolment_address(base_url: str, code: str) -> str:
    """What the QR code says: the terminal, and behind the hash, where no log keeps it, the code."""
    return f"{base_url.rstrip('/')}/terminal/#enrol={code}"


def qr_svg(text: str) -> str:
    """The text as a QR code, to be put into a page as it is; black on white in every theme."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    svg: str = code.to_svg(add_quiet_zones=True)
    # Without a view box the picture would not grow with the place that it is given.
    return _SIZE.sub(r'<svg viewBox="0 0 \1 \2" class="qr" role="img"', svg[svg.index("<svg") :], count=1)


def readable(code: str) -> str:
    """The code as it is read aloud: ACDE-3467."""
    return f"{code[:4]}-{code[4:]}"


def normal(code: str) -> str:
    """The code out of what was typed: any case, spaces and hyphens are nothing."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[: LENGTH * 2]


def _kept(code: str) -> str:
    """Keyed, because 40 bits under a plain hash would be found in seconds by whoever got a backup."""
    key = f"scanledger enrolment {settings().secret_key}".encode()
    return hmac.new(key, normal(code).encode(), hashlib.sha256).hexdigest()


def _check_place(connection: sa.Connection, location_code: str, device_id: str) -> None:
    if connection.execute(sa.select(Location.code).where(Location.code == location_code)).first() is None:
        raise InputRefused("location_code", "location_unknown")
    if device_id:
        known = connection.execute(
            sa.select(Device.device_id).where(
                Device.device_id == device_id, Device.kind == "handheld", Device.revoked_at.is_(None)
            )
        ).first()
        if known is None:
            raise KeyError(device_id)


def _renew(
    connection: sa.Connection, device_id: str, install_id: str, secret: str, *, location_code: str
) -> None:
    """A new secret; another installation starts a new history, hence a new epoch (sync protocol 2.3)."""
    connection.execute(
        sa.update(Device)
        .where(Device.device_id == device_id)
        .values(
            secret_hash=hash_of(secret),
            epoch=sa.case((Device.install_id == install_id, Device.epoch), else_=Device.epoch + 1),
            install_id=install_id,
            location_code=location_code,
        )
    )


def _insert(
    connection: sa.Connection,
    device_id: str,
    install_id: str,
    secret: str,
    *,
    name: str,
    row: sa.Row[tuple[object, ...]],
    now: datetime,
) -> None:
    connection.execute(
        sa.insert(Device).values(
            device_id=device_id,
            name=name,
            kind="handheld",
            location_code=row.location_code,
            install_id=install_id,
            secret_hash=hash_of(secret),
            enrolled_at=now,
        )
    )


def _enrolled(connection: sa.Connection, device_id: str, secret: str) -> Enrolled:
    row = connection.execute(sa.select(Device.__table__).where(Device.device_id == device_id)).one()
    return Enrolled(
        device_id=device_id,
        device_secret=secret,
        name=row.name,
        epoch=row.epoch,
        location_code=row.location_code,
        server_epoch=server_epoch(connection),
    )


def server_epoch(connection: sa.Connection) -> str:
    """Which life of this database it is; "" before the company is set up."""
    return connection.execute(sa.select(InventorySetup.server_epoch)).scalar() or ""


def _next_device_id(connection: sa.Connection) -> str:
    """HH-01, HH-02, …: what stands on the sticker. No number comes twice, revoked or not."""
    taken = connection.execute(sa.select(Device.device_id).where(Device.device_id.like("HH-%"))).scalars()
    return f"HH-{max((int(no[3:]) for no in taken if no[3:].isdecimal()), default=0) + 1:02d}"
