"""What opens an account again: one secret an account at most, of which only the digest is kept."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import RecoverySecret, now


def find(session: Session, account_id: str) -> RecoverySecret | None:
    """The account's, where it has one."""
    return session.exec(select(RecoverySecret).where(RecoverySecret.account_id == account_id)).first()


def replace(session: Session, account_id: str, secret_sha256: str) -> None:
    """Keeps a new one in the place of the one before."""
    drop(session, account_id)
    session.add(RecoverySecret(account_id=account_id, secret_sha256=secret_sha256))
    session.flush()


def drop(session: Session, account_id: str) -> None:
    """Forgets it; nothing happens where there is none."""
    session.connection().execute(sa.delete(RecoverySecret).where(col(RecoverySecret.account_id) == account_id))
    session.expire_all()


def use(session: Session, secret_sha256: str) -> str | None:
    """The account that a secret opens, noted as used now; None where it opens none."""
    found = session.exec(select(RecoverySecret).where(RecoverySecret.secret_sha256 == secret_sha256)).first()
    if found is None:
        return None
    found.used_at = now()
    session.add(found)
    session.flush()
    return found.account_id
