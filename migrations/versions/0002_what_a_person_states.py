"""What a person says of the answers they like, kept with the run that compares it with their choices.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: it fills the rows that are there, and SQLite could drop it only by making the table anew.
    op.add_column("induction_run", sa.Column("stated", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("induction_run", "stated")
