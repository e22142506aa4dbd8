"""Identities of accounts at providers, and attempts to prove one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.people.signing import Identity
from app.storage.tables import IdentityRow, SignInAttempt, is_id, now


def of_account(session: Session, account_id: str) -> Sequence[IdentityRow]:
    """All that the account has, the oldest first."""
    rows = select(IdentityRow).where(IdentityRow.account_id == account_id)
    return session.exec(rows.order_by(col(IdentityRow.linked_at), col(IdentityRow.identity_id))).all()


def find(session: Session, identity: Identity) -> IdentityRow | None:
    """The row of that issuer and subject."""
    rows = select(IdentityRow).where(IdentityRow.issuer == identity.issuer, IdentityRow.subject == identity.subject)
    return session.exec(rows).first()


def add(session: Session, account_id: str, provider: str, identity: Identity) -> None:
    """Links it to the account. Raises one of DatabaseClash where it belongs to one already."""
    row = IdentityRow(account_id=account_id, provider=provider, issuer=identity.issuer, subject=identity.subject)
    session.add(row)
    session.flush()


def note_use(session: Session, identity_id: str) -> None:
    """Keeps that it was used just now."""
    one = col(IdentityRow.identity_id) == identity_id
    session.connection().execute(sa.update(IdentityRow).where(one).values(used_at=now()))


def drop(session: Session, account_id: str, identity_id: str) -> bool:
    """Forgets one; False where the account has none of that id."""
    if not is_id(identity_id):
        return False
    one = col(IdentityRow.account_id) == account_id, col(IdentityRow.identity_id) == identity_id
    found = bool(session.connection().execute(sa.delete(IdentityRow).where(*one)).rowcount)
    session.expire_all()
    return found


def begin(session: Session, attempt: SignInAttempt, dead_before: datetime) -> None:
    """Keeps an attempt, and forgets those from before that moment."""
    old = sa.delete(SignInAttempt).where(col(SignInAttempt.created_at) < dead_before)
    session.connection().execute(old)
    session.add(attempt)
    session.flush()


def take(session: Session, state_sha256: str, browser_sha256: str, since: datetime) -> SignInAttempt | None:
    """The attempt of that state, if this browser began it after `since`; it is gone afterwards, so that it is good for one return.
    Another browser's is left to that browser."""
    rows = select(SignInAttempt).where(
        SignInAttempt.state_sha256 == state_sha256,
        SignInAttempt.browser_sha256 == browser_sha256,
        col(SignInAttempt.created_at) >= since,
    )
    found = session.exec(rows.with_for_update()).first()
    if found is not None:
        session.delete(found)
        session.flush()
    return found
