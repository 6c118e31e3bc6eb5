"""The migrations make exactly the schema that the code believes in, on both databases."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.ledger.tables import ENGINE_COLUMNS
from server.tables import Base


def test_migrations_leave_nothing_to_add(database_url: str) -> None:
    with sa.create_engine(database_url, poolclass=sa.NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        # The tests' own copies of rows lie in a schema that is not the company's.
        differences = compare_metadata(context, Base.metadata)

    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


def test_every_ledger_has_its_triggers(database_url: str) -> None:
    """A batch migration on SQLite makes its table anew and drops them without a word."""
    with sa.create_engine(database_url, poolclass=sa.NullPool).connect() as connection:
        if connection.dialect.name == "sqlite":
            listed = "select tbl_name, count(*) from sqlite_master where type = 'trigger' group by 1"
        else:
            listed = (
                "select tgrelid::regclass::text, count(*) from pg_trigger where not tgisinternal group by 1"
            )
        guarded = {str(row[0]): int(row[1]) for row in connection.execute(sa.text(listed))}

    assert set(ENGINE_COLUMNS) - set(guarded) == set()
    assert {guarded[table] for table in ENGINE_COLUMNS} == {guarded["item_ledger_entry"]}
