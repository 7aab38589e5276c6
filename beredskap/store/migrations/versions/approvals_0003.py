"""Launches that wait for a second person, and who has approved them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "approval",
        sa.Column("code", sa.String(), primary_key=True, nullable=False),
        sa.Column("incident_id", sa.String(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("cascade_id", _NUMBER, sa.ForeignKey("cascade.id"), nullable=False),
        sa.Column("plan_digest", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.UniqueConstraint("cascade_id", name="uq_approval_cascade"),
    )
    op.create_table(
        "approval_given",
        sa.Column("code", sa.String(), sa.ForeignKey("approval.code"), primary_key=True),
        sa.Column("officer", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    raise NotImplementedError("a ledger is never taken back to an older version")
