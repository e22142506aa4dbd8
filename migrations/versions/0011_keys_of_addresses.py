"""The key of the digests of addresses changes. Digests made before, under one key for ever, are forgotten.

Revision ID: 0011
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("spending_switch", sa.Column("key_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("spending_switch", sa.Column("earlier_secret", sa.String(64), nullable=False, server_default=""))
    op.create_index(op.f("ix_account_came_from"), "account", ["came_from"])
    op.execute("update account set came_from = ''")
    op.execute("delete from spend_counter where subject like 'address:%'")


def downgrade() -> None:
    op.drop_index(op.f("ix_account_came_from"), "account")
    op.drop_column("spending_switch", "earlier_secret")
    op.drop_column("spending_switch", "key_since")
