"""Idempotency-Keys: the request each came with and the reply it got, for as long as a program may try again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import RequestKey


def find(session: Session, account_id: str, key: str, since: datetime) -> RequestKey | None:
    """The account's key, if it was used after `since`. Lock the account first."""
    rows = select(RequestKey).where(RequestKey.account_id == account_id, RequestKey.key == key)
    return session.exec(rows.where(col(RequestKey.created_at) > since)).first()


def keep(session: Session, row: RequestKey, since: datetime) -> None:
    """Keeps a key with its reply in the place of what it had, and forgets those of the account older than `since`."""
    old = sa.or_(col(RequestKey.created_at) <= since, col(RequestKey.key) == row.key)
    session.connection().execute(sa.delete(RequestKey).where(col(RequestKey.account_id) == row.account_id, old))
    session.add(row)
    session.flush()
