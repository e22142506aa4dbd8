"""Verdicts and their revisions. Callers lock the account first, so that revisions count up one at a time."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.choices.preference import Verdict
from app.domain.moments import following
from app.storage.choosing.comparisons import revision as last_revision
from app.storage.tables import VerdictRevision, VerdictRow, now


def current(session: Session, comparison_id: str) -> VerdictRow | None:
    """The verdict as committed now, past anything this session has loaded before."""
    query = select(VerdictRow).where(VerdictRow.comparison_id == comparison_id)
    return session.exec(query, execution_options={"populate_existing": True}).first()


def are_any(session: Session, account_id: str) -> bool:
    """Whether the account has a verdict."""
    return (
        session.exec(select(VerdictRow.comparison_id).where(VerdictRow.account_id == account_id).limit(1)).first()
        is not None
    )


QUICK_MILLISECONDS = 1_500
"""Nobody has read two answers in less."""


def give(session: Session, account_id: str, comparison_id: str, value: Verdict, milliseconds: int | None) -> VerdictRow:
    """Sets the verdict that counts, with its flags (tables.VerdictRow), and appends the revision."""
    row = current(session, comparison_id) or VerdictRow(
        comparison_id=comparison_id, account_id=account_id, value=value.value
    )
    row.value, row.milliseconds, row.imported = value.value, milliseconds, False
    row.strength = row.reasons = ""  # said of another verdict
    row.given_at = following(now(), _newest_time(session, account_id))
    row.changed_after_reveal = _had_another_value(session, comparison_id, row.value)
    row.quick = milliseconds is not None and milliseconds < QUICK_MILLISECONDS
    row.revision = _append(session, account_id, comparison_id, value.value, milliseconds)
    session.add(row)
    session.flush()
    return row


def take_back(session: Session, verdict: VerdictRow) -> None:
    """Deletes the verdict that counts and appends the undoing as a revision without a value."""
    _append(session, verdict.account_id, verdict.comparison_id, "", None)
    session.delete(verdict)
    session.flush()


def last_given(session: Session, account_id: str) -> str | None:
    """The comparison that the person gave a verdict on last, imported verdicts aside."""
    rows = (
        select(VerdictRow.comparison_id)
        .where(VerdictRow.account_id == account_id, col(VerdictRow.imported).is_(False))
        .order_by(col(VerdictRow.given_at).desc())
        .limit(1)
    )
    return session.exec(rows).first()


def _newest_time(session: Session, account_id: str) -> datetime | None:
    return session.exec(select(sa.func.max(VerdictRow.given_at)).where(VerdictRow.account_id == account_id)).one()


def _had_another_value(session: Session, comparison_id: str, value: str) -> bool:
    """Whether any earlier value was another one: each of them showed the names. The undoing has no value."""
    rows = select(VerdictRevision.revision_id).where(
        VerdictRevision.comparison_id == comparison_id, col(VerdictRevision.value).not_in(["", value])
    )
    return session.exec(rows.limit(1)).first() is not None


def _append(session: Session, account_id: str, comparison_id: str, value: str, milliseconds: int | None) -> int:
    number = last_revision(session, comparison_id) + 1
    session.add(
        VerdictRevision(
            comparison_id=comparison_id,
            account_id=account_id,
            revision=number,
            value=value,
            milliseconds=milliseconds,
        )
    )
    return number
