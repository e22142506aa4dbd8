"""How each model's last calls ended and until when it is left out of the draw, and which answers were swapped for another model's.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_standing",
        sa.Column("model", sa.String(200), primary_key=True),
        sa.Column("ends", sa.String(8), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
    )
    # The default stays: it fills the rows that are there, and SQLite could drop it only by making the table anew.
    op.add_column("completion", sa.Column("swapped_from", sa.String(400), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("completion", "swapped_from")
    op.drop_table("model_standing")
