"""Verdicts and their revisions. Callers lock the account first, so that revisions count up one at a time.

A comparison knows whether it is `decided`: that is written here, where decided comparisons are brought in (imports.py,
bringing/taken.py), and where a verdict passes to another (people/merging.py); the tests' `database` holds it true after each test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.domain.moments import following
from app.storage.choosing.contexts import NO_COMPARISON
from app.storage.choosing.samples import ACCOUNT
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRevision, VerdictRow, is_id, new_id, now

QUICK_MILLISECONDS = 1_500
"""Nobody has read two answers in less."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a comparison stands as committed now: the states of its answers, its verdict with its time (None while there is none), how often
    that was given, changed or undone, whether any of its values was another than the one asked about (each of them showed the names),
    and when the account's newest verdict was given."""

    first_state: str
    second_state: str
    value: str | None
    given_at: datetime | None
    revision: int
    had_another_value: bool
    newest_at: datetime | None


_ONE: sa.BindParameter[str] = sa.bindparam("comparison_id")
_First, _Second, _Any = aliased(CompletionRow), aliased(CompletionRow), aliased(VerdictRow)
_OF_ONE = col(VerdictRevision.comparison_id) == _ONE
_HIGHEST = sa.select(sa.func.coalesce(sa.func.max(col(VerdictRevision.revision)), 0)).where(_OF_ONE)
_UNDONE = ""
_ANOTHER = sa.and_(col(VerdictRevision.value) != _UNDONE, col(VerdictRevision.value) != sa.bindparam("value"))
# Asked with every verdict: one statement instead of five, made once, and past rows that would be held as objects.
_STANDING = (
    sa.select(
        col(_First.state),
        col(_Second.state),
        col(VerdictRow.value),
        col(VerdictRow.given_at),
        _HIGHEST.scalar_subquery(),
        sa.exists(sa.select(col(VerdictRevision.revision_id)).where(_OF_ONE, _ANOTHER)),
        sa.select(sa.func.max(col(_Any.given_at))).where(col(_Any.account_id) == ACCOUNT).scalar_subquery(),
    )
    .select_from(ComparisonRow)
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
    .outerjoin(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
    .where(col(ComparisonRow.comparison_id) == _ONE, col(ComparisonRow.account_id) == ACCOUNT)
)
_LAST = (
    sa.select(col(VerdictRow.comparison_id))
    .where(col(VerdictRow.account_id) == ACCOUNT, sa.not_(col(VerdictRow.imported)))
    .order_by(col(VerdictRow.given_at).desc())
    .limit(1)
)
_SAID = sa.select(col(VerdictRow.value), col(VerdictRow.strength), col(VerdictRow.reasons)).where(
    col(VerdictRow.comparison_id) == _ONE, col(VerdictRow.account_id) == ACCOUNT
)
_INSERT, _INSERT_REVISION = sa.insert(VerdictRow), sa.insert(VerdictRevision)
_CHANGE = sa.update(VerdictRow).where(col(VerdictRow.comparison_id) == sa.bindparam("of"))
_DECIDE = sa.update(ComparisonRow).where(col(ComparisonRow.comparison_id) == sa.bindparam("of"))


def standing(session: Session, account_id: str, comparison_id: str, value: Verdict) -> Standing:
    """How the account's comparison stands before `value` is given. Raises NotFound."""
    asked = {"comparison_id": comparison_id, "account_id": account_id, "value": value.value}
    found = session.connection().execute(_STANDING, asked).first() if is_id(comparison_id) else None
    if found is None:
        raise NotFound(NO_COMPARISON)
    return Standing(*found)


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


def give(
    session: Session,
    account_id: str,
    comparison_id: str,
    stands: Standing,
    value: Verdict,
    milliseconds: int | None,
    *,
    imported: bool = False,
) -> tuple[int, datetime]:
    """Sets the verdict that counts, with its flags (tables.VerdictRow), and appends the revision: its number and its time."""
    revision, given_at = stands.revision + 1, following(now(), stands.newest_at)
    values = {
        "value": value.value,
        "milliseconds": milliseconds,
        "imported": imported,
        "strength": "",  # with the reasons said of another verdict
        "reasons": "",
        "given_at": given_at,
        "changed_after_reveal": stands.had_another_value,
        "quick": milliseconds is not None and milliseconds < QUICK_MILLISECONDS,
        "revision": revision,
    }
    connection = session.connection()
    if stands.value is None:
        connection.execute(_INSERT, {"comparison_id": comparison_id, "account_id": account_id, **values})
        connection.execute(_DECIDE, {"of": comparison_id, "decided": True})
    else:
        connection.execute(_CHANGE, {"of": comparison_id, **values})
    _append(session, account_id, comparison_id, revision, value.value, milliseconds)
    session.expire_all()
    return revision, given_at


def take_back(session: Session, verdict: VerdictRow) -> None:
    """Deletes the verdict that counts and appends the undoing as a revision without a value."""
    highest: int = session.connection().execute(_HIGHEST, {"comparison_id": verdict.comparison_id}).scalar_one()
    _append(session, verdict.account_id, verdict.comparison_id, highest + 1, _UNDONE, None)
    session.connection().execute(_DECIDE, {"of": verdict.comparison_id, "decided": False})
    session.delete(verdict)
    session.flush()
    session.expire_all()


def said(session: Session, account_id: str, comparison_id: str) -> tuple[str, str, str]:
    """The account's verdict with its strength and its reasons as they are stored; all "" without one."""
    found: Any = session.connection().execute(_SAID, {"comparison_id": comparison_id, "account_id": account_id}).first()
    return tuple(found) if found else ("", "", "")


def last_given(session: Session, account_id: str) -> str | None:
    """The comparison that the person gave a verdict on last, imported verdicts aside."""
    found: str | None = session.connection().execute(_LAST, {"account_id": account_id}).scalar()
    return found


def _append(
    session: Session, account_id: str, comparison_id: str, revision: int, value: str, milliseconds: int | None
) -> None:
    row = {"revision_id": new_id(), "comparison_id": comparison_id, "account_id": account_id, "given_at": now()}
    row |= {"revision": revision, "value": value, "milliseconds": milliseconds}
    session.connection().execute(_INSERT_REVISION, row)
