"""What has come of an answer while it is being written, kept so that any process and a page loaded again can show it.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("completion", sa.Column("draft", sa.Text(), nullable=False, server_default=""))
    op.add_column("completion", sa.Column("begun_anew", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("completion", "begun_anew")
    op.drop_column("completion", "draft")
