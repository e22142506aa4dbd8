"""What a person says of a verdict, if anything: how strong it is, and reasons.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("verdict", sa.Column("strength", sa.String(16), nullable=False, server_default=""))
    op.add_column("verdict", sa.Column("reasons", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("verdict", "reasons")
    op.drop_column("verdict", "strength")
