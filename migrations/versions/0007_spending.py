"""What may be spent, what was spent, and the switch that stops it.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _amounts() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("calls", "tokens", "micros")]


def upgrade() -> None:
    op.create_table(
        "spend_counter",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        *_amounts(),
        sa.Column("told", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("period", "subject", name=op.f("pk_spend_counter")),
    )
    op.create_table(
        "spend_use",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        *_amounts(),
        sa.PrimaryKeyConstraint("day", "model", "purpose", name=op.f("pk_spend_use")),
    )
    op.create_table(
        "spending_switch",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_spending_switch")),
    )
    op.add_column("account", sa.Column("came_from", sa.String(64), nullable=False, server_default=""))
    op.add_column("ledger_entry", sa.Column("micros", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("ledger_entry", sa.Column("counted", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("ledger_entry", "counted")
    op.drop_column("ledger_entry", "micros")
    op.drop_column("account", "came_from")
    op.drop_table("spending_switch")
    op.drop_table("spend_use")
    op.drop_table("spend_counter")
