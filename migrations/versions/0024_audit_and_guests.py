"""Acts that somebody may have to answer for; and from when on the time of guests counts who were here before it did.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("entry_id", sa.String(36), primary_key=True),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act in ('role', 'suspension', 'lift', 'erasure', 'union', 'export')", name="act"),
    )
    op.add_column("account", sa.Column("keeps_from", sa.DateTime(timezone=True), nullable=True))
    # Nobody was told before that guests do not stay for ever, so their days begin now.
    account = sa.table("account", sa.column("keeps_from", sa.DateTime(timezone=True)))
    op.execute(account.update().values(keeps_from=sa.func.current_timestamp()))


def downgrade() -> None:
    op.drop_column("account", "keeps_from")
    op.drop_table("audit_entry")
