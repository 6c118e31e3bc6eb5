"""What a company has from its first moment: one set-up row with the name of this database's history."""

import sqlalchemy as sa

from server.config import Config
from server.masterdata.tables import InventorySetup
from shared.ids import uuid7


def ensure_setup(connection: sa.Connection, config: Config) -> None:
    """Make the set-up row of a new company; leaves an existing one alone."""
    known = connection.execute(sa.select(InventorySetup.id)).first()
    if known is None:
        server_epoch = uuid7(int(config.now().timestamp() * 1000), config.chance())
        connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch=server_epoch))
