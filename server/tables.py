"""Every table of the product in one import, for migrations and for whoever walks the metadata."""

from server.database import Base
from server.feed import tables as feed
from server.general_ledger import tables as general_ledger
from server.inbox import tables as inbox
from server.ledger import tables as ledger
from server.masterdata import tables as masterdata
from server.proving import tables as proving
from server.security import tables as security
from server.tracking import tables as tracking

__all__ = [
    "Base",
    "feed",
    "general_ledger",
    "inbox",
    "ledger",
    "masterdata",
    "proving",
    "security",
    "tracking",
]
