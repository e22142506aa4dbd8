"""The log of consent switches; the newest row of a scope counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.people import forgotten
from app.storage.tables import Account, Consent, now


def newest(session: Session, account_id: str) -> dict[str, Consent]:
    """The row that counts, by scope; a scope never switched is absent, which means off."""
    rows = select(Consent).where(Consent.account_id == account_id).order_by(col(Consent.given_at))
    return {row.scope: row for row in session.exec(rows)}


def history(session: Session, account_id: str) -> Sequence[Consent]:
    """Every turn of every switch, the oldest first."""
    return session.exec(select(Consent).where(Consent.account_id == account_id).order_by(col(Consent.given_at))).all()


def add(session: Session, consent: Consent) -> None:
    """Appends a turn of a switch, later than every earlier one even where the clock went back. Lock the account first."""
    before = newest(session, consent.account_id).get(consent.scope)
    moment = now()
    consent.given_at = max(moment, before.given_at + timedelta(microseconds=1)) if before else moment
    session.add(consent)
    session.flush()
    if not consent.granted:
        forgotten.note(session, "withdrawal", consent.account_id, consent.scope)


def versions_granted(session: Session, account_id: str, scopes: Sequence[str]) -> dict[str, str] | None:
    """The text version agreed to for each scope, or None unless every one of `scopes` is on at this moment. A suspended
    account counts as one that agrees to nothing."""
    account = session.get(Account, account_id, populate_existing=True)
    if account is None or account.suspended_at is not None:
        return None
    current = newest(session, account_id)
    if not all(scope in current and current[scope].granted for scope in scopes):
        return None
    return {scope: current[scope].text_version for scope in scopes}


def granted_versions(session: Session, account_ids: Sequence[str], scopes: Sequence[str]) -> dict[str, dict[str, str]]:
    """The same for several accounts in one query; those that have not every one of `scopes` on are absent."""
    asked = {"account_ids": account_ids, "scopes": scopes}
    current: dict[str, dict[str, str]] = {}
    for account_id, scope, granted, version in session.connection().execute(_TURNS, asked).all():
        if granted:
            current.setdefault(account_id, {})[scope] = version
        else:
            current.get(account_id, {}).pop(scope, None)
    return {
        account_id: {scope: on[scope] for scope in scopes}
        for account_id, on in current.items()
        if len(on) == len(scopes)
    }


_TURNS = (
    sa.select(col(Consent.account_id), col(Consent.scope), col(Consent.granted), col(Consent.text_version))
    .join(Account, col(Account.account_id) == col(Consent.account_id))
    .where(
        col(Account.suspended_at).is_(None),
        col(Consent.account_id).in_(sa.bindparam("account_ids", expanding=True)),
        col(Consent.scope).in_(sa.bindparam("scopes", expanding=True)),
    )
    .order_by(col(Consent.given_at))
)
"""Made once: a running export asks it for every 500 rows."""


def accounts_with_a_grant(session: Session) -> list[str]:
    """Ids of accounts that ever switched something on; whether it still is on is asked as rows are read."""
    rows = select(col(Account.account_id)).where(
        col(Account.account_id).in_(select(col(Consent.account_id)).where(col(Consent.granted).is_(True)))
    )
    return list(session.exec(rows))
