"""The last version of each scenario's files that could be used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "clean_file",
        sa.Column("scenario_id", sa.String(), primary_key=True, nullable=False),
        sa.Column("path", sa.String(), primary_key=True, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    raise NotImplementedError("a ledger is never taken back to an older version")
