"""Whether the answers of a pair were stopped while they were being written.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: it fills the rows that are there, and SQLite could drop it only by making the table anew.
    op.add_column("comparison", sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("comparison", "stopped")
