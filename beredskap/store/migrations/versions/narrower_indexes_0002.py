"""Indexes that hold only what is looked for: every message pays for each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_GONE = {
    "delivery": ("ix_delivery_queue",),
    "attempt": (
        "ix_attempt_client_ref",
        "ix_attempt_delivery",
        "ix_attempt_incident",
        "ix_attempt_provider",
        "ix_attempt_status",
    ),
}


def upgrade() -> None:
    """Replace the wide indexes by narrow ones."""
    for table, names in _GONE.items():
        for name in names:
            op.drop_index(name, table_name=table)
    _create(
        "ix_delivery_due", "delivery", ["wave_id", "channel", "due_at", "id"], "status = 'waiting'"
    )
    _create(
        "ix_attempt_open",
        "attempt",
        ["status", "engine_id"],
        "status IN ('sending', 'uncertain')",
    )
    _create("ix_attempt_known", "attempt", ["provider_id"], "provider_id IS NOT NULL")
    op.create_index("ix_attempt_of_incident", "attempt", ["incident_id"])


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    raise NotImplementedError("a ledger is never taken back to an older version")


def _create(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
