"""Pairs out of archives whose verdict was seen there and is to be confirmed by their person. Every query is of one account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.texts.conversation import Turn, context_from_json
from app.storage.tables import ComparisonRow, ConversationRow, VerdictRow


@dataclass(frozen=True, slots=True)
class Suggested:
    """One pair that waits for a word. `said` are all turns of its conversation as they were kept; `value` is the verdict that was seen."""

    comparison_id: str
    grade: str
    value: str
    length: int
    said: tuple[Turn, ...]


def count(session: Session, account_id: str) -> int:
    """How many wait."""
    counted: int = session.connection().execute(_waiting(sa.select(sa.func.count()), account_id)).scalar_one()
    return counted


def next_waiting(session: Session, account_id: str) -> Suggested | None:
    """The oldest that waits, or None."""
    columns = (
        col(ComparisonRow.comparison_id),
        col(ComparisonRow.grade),
        col(ComparisonRow.suggested),
        col(ComparisonRow.context),
        col(ComparisonRow.earlier),
        col(ConversationRow.turns),
    )
    rows = _waiting(sa.select(*columns), account_id)
    rows = rows.join(ConversationRow, col(ConversationRow.conversation_id) == col(ComparisonRow.conversation_id))
    found = session.connection().execute(rows.order_by(col(ComparisonRow.seq)).limit(1)).first()
    if found is None:
        return None
    comparison_id, grade, value, context, earlier, turns = found
    return Suggested(comparison_id, grade, value, len(context) + earlier, context_from_json(turns))


def last_confirmed(session: Session, account_id: str) -> str | None:
    """The pair on which a word was given last, or None."""
    rows = (
        select(VerdictRow.comparison_id)
        .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
        .where(VerdictRow.account_id == account_id, ComparisonRow.suggested != "")
        .order_by(col(VerdictRow.given_at).desc())
        .limit(1)
    )
    return session.exec(rows).first()


def _waiting(rows: Any, account_id: str) -> Any:
    joined = rows.select_from(ComparisonRow).outerjoin(
        VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id)
    )
    return joined.where(
        col(ComparisonRow.account_id) == account_id,
        col(ComparisonRow.suggested) != "",
        col(VerdictRow.comparison_id).is_(None),
    )
