"""Alembic's entry: runs the revisions on the connection that app/storage/migrations.py hands over.

There is no alembic.ini; the configuration is built in code, so that the same call works from a checkout and an image.
"""

from __future__ import annotations

from alembic import context

from app.storage import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Account.metadata,
    render_as_batch=True,
    compare_type=True,
    include_schemas=False,
    # SQLite too can take back DDL; alembic assumes that it cannot.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
