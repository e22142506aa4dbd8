"""Whose each piece of work is and whether it has ended, so that people take turns; and when an import was stopped.

Revision ID: 0010
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("job_request", sa.Column("account_id", sa.String(36), nullable=False, server_default=""))
    op.add_column("job_request", sa.Column("ended", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_job_request_account_id", "job_request", ["account_id"])
    op.execute(
        "update job_request set account_id = coalesce("
        "(select account_id from induction_run where run_id = subject_id), "
        "(select account_id from import_batch where import_id = subject_id), "
        "(select account_id from comparison where comparison_id = subject_id), '')"
    )
    # Which of those handed over have ended is not known here; taken as ended, they are carried on and hold nobody up.
    op.execute("update job_request set ended = handed_over")
    op.add_column("import_batch", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("import_batch", "stopped_at")
    op.drop_index("ix_job_request_account_id", "job_request")
    op.drop_column("job_request", "ended")
    op.drop_column("job_request", "account_id")
