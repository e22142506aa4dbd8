"""Room for the style of a ready-made answer, which may name seven manners.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _with_room(200)


def downgrade() -> None:
    _with_room(32)


def _with_room(length: int) -> None:
    """A new column takes the place of the old one: SQLite changes no column's type, and to make a table anew that others refer to
    would delete their rows with it."""
    op.add_column("completion", sa.Column("new_style", sa.String(length), nullable=False, server_default=""))
    kept = sa.text("update completion set new_style = substr(style, 1, :length) where style <> ''")
    op.execute(kept.bindparams(length=length))
    op.drop_column("completion", "style")
    op.execute("alter table completion rename column new_style to style")
