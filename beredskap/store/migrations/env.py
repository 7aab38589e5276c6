"""Runs migrations on the connection that `upgrade` hands over; there is no other way."""

from __future__ import annotations

from alembic import context

from beredskap.store.migrations.names import NAMES, is_ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=NAMES,
    include_object=is_ours,
    transactional_ddl=True,
)
context.run_migrations()
