"""Accounts as whoever runs the site sees them: codes, times and counts, no text; and guests whose time is over."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import Account, IdentityRow, RecoverySecret, SignIn, VerdictRow


class Listed(NamedTuple):
    """`last_visit` is right to an hour, None where nothing is signed in any more."""

    code: str
    role: str
    created_at: datetime
    last_visit: datetime | None
    is_suspended: bool
    has_words: bool
    providers: int
    verdicts: int


def everybody(session: Session) -> list[Listed]:
    """All accounts, the newest first."""
    mine = col(Account.account_id)
    visit = sa.select(sa.func.max(SignIn.last_seen_at)).where(col(SignIn.account_id) == mine).scalar_subquery()
    providers = sa.select(sa.func.count()).where(col(IdentityRow.account_id) == mine).scalar_subquery()
    verdicts = sa.select(sa.func.count()).where(col(VerdictRow.account_id) == mine).scalar_subquery()
    words = sa.exists().where(col(RecoverySecret.account_id) == mine)
    columns = (
        col(Account.code),
        col(Account.role),
        col(Account.created_at),
        sa.type_coerce(visit, SignIn.__table__.c.last_seen_at.type),  # type: ignore[attr-defined]
        col(Account.suspended_at).is_not(None),
        words,
        providers,
        verdicts,
    )
    rows = session.connection().execute(sa.select(*columns).order_by(col(Account.created_at).desc()))
    return [Listed(*row) for row in rows]


def ids(session: Session) -> list[tuple[str, str]]:
    """Id and code of every account."""
    return list(session.exec(select(Account.account_id, Account.code)))


def guests_not_seen_since(session: Session, moment: datetime, only: str = "") -> list[tuple[str, str]]:
    """Id and code of the accounts of guests without words, identity or role whose last visit was before, `only` one of them where it
    is named. Suspended ones stay until an operator decides."""
    mine = col(Account.account_id)
    rows = select(Account.account_id, Account.code).where(
        Account.role == "person",
        col(Account.suspended_at).is_(None),
        sa.func.coalesce(col(Account.keeps_from), col(Account.created_at)) < moment,
        ~sa.exists().where(col(RecoverySecret.account_id) == mine),
        ~sa.exists().where(col(IdentityRow.account_id) == mine),
        ~sa.exists().where(col(SignIn.account_id) == mine, col(SignIn.last_seen_at) >= moment),
    )
    return list(session.exec(rows.where(mine == only) if only else rows))
