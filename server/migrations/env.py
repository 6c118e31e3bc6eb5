"""Runs migrations on the connection that `server.migrations.run` hands over, on both databases."""

from alembic import context

from server.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
