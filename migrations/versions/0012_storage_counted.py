"""How much an account has brought in and typed.

Revision ID: 0012
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("account", sa.Column("stored_bytes", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("account", sa.Column("stored_conversations", sa.Integer(), nullable=False, server_default="0"))
    _count()


def downgrade() -> None:
    op.drop_column("account", "stored_conversations")
    op.drop_column("account", "stored_bytes")


def _count() -> None:
    """Counts what is there already; answers that were written here are among it."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    bytes_of = "length(cast({} as blob))" if is_sqlite else "octet_length(cast({} as text))"
    turns, context, text, lead_in = (bytes_of.format(name) for name in ("p.turns", "c.context", "c.text", "c.lead_in"))
    turns_of = bytes_of.format("v.turns")
    of_account = "where v.account_id = account.account_id"
    op.execute(
        f"""update account set
        stored_conversations = (select count(*) from conversation v {of_account}),
        stored_bytes =
          coalesce((select sum({turns_of}) from conversation v {of_account}), 0)
          + coalesce((select sum({turns}) from context_part p join conversation v
                      on v.conversation_id = p.conversation_id {of_account}), 0)
          + coalesce((select sum({context}) from comparison c where c.account_id = account.account_id), 0)
          + coalesce((select sum({text} + {lead_in}) from completion c where c.account_id = account.account_id), 0)
        """  # noqa: S608 (nothing in it came from outside)
    )
