"""An index of the answers whose model is known, by which whose answers are chosen is counted.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("model != ''")
    op.create_index("ix_completion_named", "completion", ["account_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_completion_named", "completion")
