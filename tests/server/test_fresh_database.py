"""The databases that tests get are fresh and guarded like a company's, whatever the test before did."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from server.ledger.tables import ItemRegister
from server.tables import Base
from tests.support.databases import PostgresqlCopies


def test_a_fresh_database_has_every_table_and_no_posting(database_url: str) -> None:
    engine = plain_engine(database_url)

    assert set(Base.metadata.tables) <= set(sa.inspect(engine).get_table_names())
    assert "item_register" not in rows_by_table(engine)


def test_a_reused_database_loses_the_rows_of_the_test_before(postgresql_copies: PostgresqlCopies) -> None:
    address = postgresql_copies.take_reused()
    before = rows_by_table(plain_engine(address))
    first_no = post_register(plain_engine(address))

    again = postgresql_copies.take_reused()

    assert again == address
    assert rows_by_table(plain_engine(again)) == before
    assert post_register(plain_engine(again)) == first_no


def test_an_emptied_database_still_guards_its_ledgers(postgresql_copies: PostgresqlCopies) -> None:
    post_register(plain_engine(postgresql_copies.take_reused()))
    engine = plain_engine(postgresql_copies.take_reused())
    post_register(engine)

    with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
        connection.execute(sa.delete(ItemRegister))

    assert rows_by_table(engine)["item_register"] == 1


def test_a_test_that_changes_the_schema_costs_the_next_a_new_clone(
    postgresql_copies: PostgresqlCopies,
) -> None:
    address = postgresql_copies.take_reused()
    with plain_engine(address).begin() as connection:
        connection.exec_driver_sql("drop trigger item_register_keeps on item_register")

    again = postgresql_copies.take_reused()

    assert again != address
    engine = plain_engine(again)
    post_register(engine)
    with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
        connection.execute(sa.delete(ItemRegister))


def test_a_transaction_left_open_does_not_stop_the_next_test(postgresql_copies: PostgresqlCopies) -> None:
    address = postgresql_copies.take_reused()
    left_open = plain_engine(address).connect()
    left_open.execute(sa.text("lock table item_register in access exclusive mode"))

    again = postgresql_copies.take_reused()

    assert post_register(plain_engine(again)) == 1
    left_open.invalidate()


def plain_engine(address: str) -> sa.Engine:
    """Connections without the server's own pragmas and guards, closed after use."""
    return sa.create_engine(address, poolclass=sa.NullPool)


def rows_by_table(engine: sa.Engine) -> dict[str, int]:
    """How many rows each table has; tables without rows are left out."""
    with engine.connect() as connection:
        counts = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


def post_register(engine: sa.Engine) -> int:
    """Write one row of a ledger; its number."""
    statement = sa.insert(ItemRegister).values(
        transaction_id="01890000-0000-7000-8000-000000000001",
        source_code="TEST",
        document_no="LEFT-BEHIND",
        posted_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    with engine.begin() as connection:
        no: int = connection.execute(statement.returning(ItemRegister.no)).scalar_one()
        return no
