"""The lock between those who work by the set-up and those who change it.

Always holds: whoever holds the set-up reads it afterwards as it stays until the end of their database
transaction, and whoever takes it has nobody at work who read it before. Postings and cost adjustments hold it
side by side; closing a period or changing the set-up takes it alone. It is asked for before any row is
locked and before the set-up is read, so nobody waits in a ring. SQLite has one writer and needs none of it.
"""

import sqlalchemy as sa

# Any number that nobody else asks for; the same in every process of the company.
_KEY = 1_347_571_027


def hold_setup(connection: sa.Connection) -> None:
    """Keep the set-up and the periods as they are until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock_shared(%s)", (_KEY,))


def take_setup(connection: sa.Connection) -> None:
    """Wait until nobody works by the set-up, and keep everybody out until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_KEY,))
