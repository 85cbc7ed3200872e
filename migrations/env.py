"""Where Alembic starts: it works on the transaction that `maildesk.store.migrations` hands it."""

from alembic import context

from maildesk.store.schema import metadata
from maildesk.store.table_base import narrow_indexes

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run `maildesk db upgrade`: migrations work on the database of maildesk's configuration")

narrow_indexes(metadata, connection.dialect.name)
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,  # true of SQLite as well, once BEGIN was sent by ourselves
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
