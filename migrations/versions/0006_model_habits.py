"""What each model takes, learned once for all processes; and with each run the form in which it asks its model.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_habits",
        sa.Column("habits_id", sa.String(36), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("habits", sa.JSON(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learning_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("habits_id", name=op.f("pk_model_habits")),
        sa.UniqueConstraint("model", "address", name=op.f("uq_model_habits_model_address")),
    )
    # The default stays: it fills the rows that are there, and SQLite could drop it only by making the table anew.
    op.add_column("induction_run", sa.Column("profile", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("induction_run", "profile")
    op.drop_table("model_habits")
