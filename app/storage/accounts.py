"""Accounts and sign-ins: their rows, the lock that queues one account's writers, and erasure."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.storage.tables import (
    Account,
    ComparisonRow,
    ImportBatch,
    InductionRun,
    JobRequest,
    LedgerEntry,
    ModelCall,
    SignIn,
    is_id,
    now,
)


def lock(session: Session, account_id: str, *, for_erasure: bool = False) -> Account:
    """The account, locked until the transaction ends, so that what counts up per account is counted by one at a time.

    SQLite has one writer anyway. Raises NotFound where the account is gone. To be taken before any other row lock.
    """
    rows = select(Account).where(Account.account_id == account_id)
    # The weaker lock lets others go on inserting rows that merely refer to the account.
    found = session.exec(rows.with_for_update(key_share=not for_erasure)).first() if is_id(account_id) else None
    if found is None:
        raise NotFound("This account does not exist any more.")
    return found


def add_account(session: Session, code: str) -> Account:
    """A new account with the role "person"."""
    account = Account(code=code)
    session.add(account)
    session.flush()
    return account


def add_sign_in(session: Session, sign_in: SignIn) -> None:
    """Keeps a sign-in; the row holds only the digest of its token."""
    session.add(sign_in)
    session.flush()


def by_code(session: Session, code: str) -> Account | None:
    """The account with this code, written exactly as it was given out."""
    return session.exec(select(Account).where(Account.code == code)).first()


def by_token(session: Session, token_sha256: str, idle_since: datetime) -> tuple[Account, SignIn] | None:
    """The account that a token signs in to, if the sign-in is known, has not expired and was seen after `idle_since`."""
    rows = select(Account, SignIn).join(SignIn, col(SignIn.account_id) == col(Account.account_id))
    alive = (col(SignIn.expires_at) > now(), col(SignIn.last_seen_at) > idle_since)
    return session.exec(rows.where(SignIn.token_sha256 == token_sha256, *alive)).first()


def note_visit(session: Session, token_sha256: str) -> None:
    """Keeps that a sign-in was used just now."""
    used = sa.update(SignIn).where(col(SignIn.token_sha256) == token_sha256).values(last_seen_at=now())
    session.connection().execute(used)


def drop_sign_in(session: Session, token_sha256: str) -> None:
    """Forgets a sign-in; nothing happens where it is not known."""
    session.connection().execute(sa.delete(SignIn).where(col(SignIn.token_sha256) == token_sha256))


def erase(session: Session, account_id: str) -> None:
    """Deletes the account and everything that hangs on it; its exports stay on the list without a name."""
    # Running jobs lock their request before rows that refer to the account; the same order here avoids a deadlock.
    _erase_scopes(session, account_id)
    lock(session, account_id, for_erasure=True)
    _erase_scopes(session, account_id)
    session.connection().execute(sa.delete(Account).where(col(Account.account_id) == account_id))
    session.expire_all()


def _erase_scopes(session: Session, account_id: str) -> None:
    """Requests for work carry no account; they and the calls paid for are found by what they are about."""
    scopes = sa.union_all(
        sa.select(col(InductionRun.run_id)).where(col(InductionRun.account_id) == account_id),
        sa.select(col(ImportBatch.import_id)).where(col(ImportBatch.account_id) == account_id),
        sa.select(col(ComparisonRow.comparison_id)).where(col(ComparisonRow.account_id) == account_id),
    )
    for statement, scope in (
        (sa.delete(JobRequest), col(JobRequest.subject_id)),
        (sa.delete(ModelCall), col(ModelCall.scope_id)),
        (sa.delete(LedgerEntry), col(LedgerEntry.scope_id)),
    ):
        session.connection().execute(statement.where(scope.in_(scopes)))
