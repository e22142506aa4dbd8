"""Which comparisons are decided, and indexes by which pages are shown without reading all that an account has.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: SQLite could drop it only by making the table anew.
    op.add_column("comparison", sa.Column("decided", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("update comparison set decided = true where comparison_id in (select comparison_id from verdict)")
    op.create_index("ix_comparison_account_id_decided_seq", "comparison", ["account_id", "decided", "seq"])
    _some("ix_completion_flawed", "completion", ["account_id"], sa.text("flaws != ''"))
    op.create_index("ix_verdict_account_id_given_at_value", "verdict", ["account_id", "given_at", "value"])
    _some("ix_verdict_given_here", "verdict", ["account_id", "given_at"], sa.not_(sa.column("imported", sa.Boolean)))
    # What another index begins with needs none of its own.
    op.drop_index("ix_verdict_account_id", "verdict")
    op.drop_index("ix_verdict_revision_comparison_id", "verdict_revision")


def downgrade() -> None:
    op.create_index("ix_verdict_revision_comparison_id", "verdict_revision", ["comparison_id"])
    op.create_index("ix_verdict_account_id", "verdict", ["account_id"])
    for name, table in (
        ("ix_verdict_given_here", "verdict"),
        ("ix_verdict_account_id_given_at_value", "verdict"),
        ("ix_completion_flawed", "completion"),
        ("ix_comparison_account_id_decided_seq", "comparison"),
    ):
        op.drop_index(name, table)
    op.drop_column("comparison", "decided")


def _some(name: str, table: str, columns: list[str], which: Any) -> None:
    op.create_index(name, table, columns, sqlite_where=which, postgresql_where=which)
