"""What the ledger check found, each time that it ran."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment, entry_number


class LedgerCheck(Base):
    """One check of everything, as the books stood at `checked_at`. `differences` is the sum over all
    invariants; `results` says of each, as JSON, its name, its differences and the first rows that differ.
    """

    __tablename__ = "ledger_check"
    check_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    checked_at: Mapped[datetime] = mapped_column(UtcMoment())
    finished_at: Mapped[datetime] = mapped_column(UtcMoment())
    item_ledger_entries: Mapped[int] = mapped_column(sa.BigInteger)
    value_entries: Mapped[int] = mapped_column(sa.BigInteger)
    differences: Mapped[int] = mapped_column(sa.BigInteger)
    results: Mapped[str] = mapped_column(sa.Text)
