"""Archives that wait for their person's word, texts in people's own words, and how sure a choice from an archive is.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("archive_id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("own_words", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("archive_id", name="pk_archive"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name="fk_archive_account_id_account", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_archive_account_id", "archive", ["account_id"])
    op.create_table(
        "archive_chat",
        sa.Column("archive_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("begun_at", TIME, nullable=True),
        sa.Column("n_turns", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("personal", sa.JSON(), nullable=False),
        sa.Column("has_choices", sa.Boolean(), nullable=False),
        sa.Column("is_ticked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", "position", name="pk_archive_chat"),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archive.archive_id"], name="fk_archive_chat_archive_id_archive", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "own_words",
        sa.Column("words_id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("import_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("is_wish", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("words_id", name="pk_own_words"),
        sa.UniqueConstraint("account_id", "text_sha256", name="uq_own_words_account_id_text_sha256"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name="fk_own_words_account_id_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_batch.import_id"], name="fk_own_words_import_id_import_batch", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_own_words_account_id", "own_words", ["account_id"])
    op.create_index("ix_own_words_import_id", "own_words", ["import_id"])
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("conversation", sa.Column("identity", sa.String(64), nullable=False, server_default=""))
    op.add_column("comparison", sa.Column("grade", sa.String(1), nullable=False, server_default=""))
    op.add_column("comparison", sa.Column("suggested", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("comparison", "suggested")
    op.drop_column("comparison", "grade")
    op.drop_column("conversation", "identity")
    op.drop_table("own_words")
    op.drop_table("archive_chat")
    op.drop_table("archive")
