"""Whose history a transaction of the current request goes into: the program's own, or the office's."""

import sqlalchemy as sa

from server.database import db, write
from server.security.devices import CurrentDevice, ensure_device
from server.security.sessions import device_or_none, settings
from server.security.tables import Device

OFFICE_DEVICE = "office"


def current_source() -> CurrentDevice:
    """The program that asks, or the office's device for a person; that one is made on first use."""
    program = device_or_none()
    if program is not None:
        return program
    now = settings().now()
    write(lambda connection: ensure_device(connection, device_id=OFFICE_DEVICE, kind="office", now=now))
    row = db.session.execute(sa.select(Device.__table__).where(Device.device_id == OFFICE_DEVICE)).one()
    return CurrentDevice(
        device_id=row.device_id,
        kind=row.kind,
        name=row.name,
        location_code=row.location_code,
        epoch=row.epoch,
        install_id="",
        revoked_at=row.revoked_at,
        last_seen_at=row.last_seen_at,
    )
