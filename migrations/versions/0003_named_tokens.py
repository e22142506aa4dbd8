"""A program's token has a name and scopes. Those that are there keep all that their account may.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("name", sa.String(60), nullable=False, server_default=""))
    op.add_column("sign_in", sa.Column("scopes", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sign_in", "scopes")
    op.drop_column("sign_in", "name")
