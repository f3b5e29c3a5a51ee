"""How Alembic runs a migration: on the connection it is handed, in that one transaction."""

from __future__ import annotations

from alembic import context

from payments.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=False,
)
context.run_migrations()
