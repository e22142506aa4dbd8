"""Verdicts that were changed after the names were seen, or came too quickly for reading.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    for name in ("changed_after_reveal", "quick"):
        op.add_column("verdict", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    # What is there already is flagged by what was kept of it: every value a verdict had, and the browser's own time.
    op.execute(
        "update verdict set changed_after_reveal = true where comparison_id in (select comparison_id from "
        "verdict_revision where value <> '' group by comparison_id having count(distinct value) > 1)"
    )
    op.execute("update verdict set quick = true where imported = false and milliseconds < 1500")


def downgrade() -> None:
    op.drop_column("verdict", "quick")
    op.drop_column("verdict", "changed_after_reveal")
