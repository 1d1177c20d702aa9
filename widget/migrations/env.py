"""Alembic's entry: runs on the connection that `migrate.py` hands over."""

from alembic import context

from widget.models import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most things in place; batch mode copies the table.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
