"""How far an account is: its comparisons counted by state. What is decided is counted off an index, and what waits is read: so it costs
little more with ten thousand verdicts than with ten."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from app.storage.choosing import samples
from app.storage.choosing.comparisons import CAN_BE_CHOSEN, First, Second
from app.storage.tables import ComparisonRow, ConversationRow, ImportBatch, VerdictRow


@dataclass(frozen=True)
class Counts:
    """How many comparisons of an account are in which state; `choices` are the verdicts for first or second that count."""

    choices: int
    verdicts: int
    waiting: int
    pending: int
    failed: int


_FAILED = sa.or_(col(First.state) == "failed", col(Second.state) == "failed")
_READY = sa.and_(col(First.state) == "ready", col(Second.state) == "ready")
_STATES: list[sa.ColumnElement[bool]] = [
    # Equal answers wait for nobody, and pairs of an archive elsewhere: `next_waiting` passes them over too.
    sa.and_(*CAN_BE_CHOSEN),
    sa.and_(sa.not_(_FAILED), sa.not_(_READY)),
    _FAILED,
]
_UNDECIDED = (
    sa.select(*(sa.func.count(sa.case((state, 1))) for state in _STATES))
    .select_from(ComparisonRow)
    .join(First, col(First.completion_id) == col(ComparisonRow.first_id))
    .join(Second, col(Second.completion_id) == col(ComparisonRow.second_id))
    .where(
        col(ComparisonRow.account_id) == samples.ACCOUNT,
        col(ComparisonRow.decided).is_(False),
        samples.is_here(samples.ACCOUNT),
    )
)
_DECIDED = (
    sa.select(col(VerdictRow.value), sa.func.count())
    .where(col(VerdictRow.account_id) == samples.ACCOUNT)
    .group_by(col(VerdictRow.value))
)
_IS_ASIDE = col(ImportBatch.set_aside_at).is_not(None)
_OF_SAMPLES = (
    sa.select(_IS_ASIDE, col(VerdictRow.value), sa.func.count())
    .select_from(ImportBatch)
    .join(ConversationRow, col(ConversationRow.import_id) == col(ImportBatch.import_id))
    .join(ComparisonRow, col(ComparisonRow.conversation_id) == col(ConversationRow.conversation_id))
    .join(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
    .where(col(ImportBatch.account_id) == samples.ACCOUNT, col(ImportBatch.kind) == "sample")
    .group_by(_IS_ASIDE, col(VerdictRow.value))
)


def counts(session: Session, account_id: str) -> Counts:
    """The account's comparisons counted by state, samples that are set aside left out."""
    connection, asked = session.connection(), {"account_id": account_id}
    decided = Counter(dict(connection.execute(_DECIDED, asked).all()))
    here: Counter[str] = Counter()
    aside: Counter[str] = Counter()
    for is_aside, value, count in connection.execute(_OF_SAMPLES, asked):
        (aside if is_aside else here)[value] += count
    own = _choices(decided) - _choices(here) - _choices(aside)
    verdicts = decided.total() - aside.total()
    # A sample counts alone or not at all (decision 0031).
    waiting: Any = connection.execute(_UNDECIDED, asked).one()
    return Counts(own or _choices(here), verdicts, *waiting)


def _choices(counted: Counter[str]) -> int:
    return sum(counted[value] for value in samples.CHOICES)
