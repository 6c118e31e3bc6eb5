"""A card per lot and per serial number of an item."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base


class TrackingNumber(Base):
    """A lot (serial_no "") or a serial (lot_no ""); the first receipt fixes a lot's expiry date.

    Postings that name a number lock its row, so that a serial cannot come in twice at once.
    """

    __tablename__ = "tracking_number"
    item_no: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    variant_code: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    lot_no: Mapped[str] = mapped_column(sa.String(50), primary_key=True)
    serial_no: Mapped[str] = mapped_column(sa.String(50), primary_key=True)
    expiration_date: Mapped[date | None] = mapped_column(sa.Date)
