"""The list of an account's verdicts, read without its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import context_from_json, question_of
from app.storage.choosing import noted, samples
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRow
from app.storage.tables.columns import UTCDateTime

_First, _Second = aliased(CompletionRow), aliased(CompletionRow)
_ORDER = (col(VerdictRow.given_at), col(ComparisonRow.seq))
_NEWEST_FIRST = (
    sa.select(
        col(ComparisonRow.comparison_id),
        col(ComparisonRow.seq),
        col(ComparisonRow.source),
        col(ComparisonRow.is_sample),
        col(ComparisonRow.context),
        col(VerdictRow.value),
        col(VerdictRow.given_at),
        col(_First.flaws),
        col(_Second.flaws),
        col(ComparisonRow.grade),
    )
    .select_from(VerdictRow)
    .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
    .where(col(VerdictRow.account_id) == samples.ACCOUNT, samples.is_here(samples.ACCOUNT))
    .order_by(*(each.desc() for each in _ORDER))
    .offset(sa.bindparam("offset"))
    .limit(sa.bindparam("limit"))
)
_PLACE = sa.tuple_(sa.bindparam("given_at", type_=UTCDateTime()), sa.bindparam("seq", type_=sa.Integer()))
_AFTER = _NEWEST_FIRST.where(sa.tuple_(*_ORDER) < _PLACE)


@dataclass(frozen=True, slots=True)
class Line:
    """What a list tells of a verdict and its comparison; `left_out` as noted with the texts says (noted.left_out), `grade` how sure it is
    that it was chosen elsewhere."""

    comparison_id: str
    seq: int
    source: str
    is_sample: bool
    question: str
    verdict: Verdict
    given_at: datetime
    left_out: str
    grade: str


def newest_first(
    session: Session, account_id: str, offset: int, limit: int, before: tuple[datetime, int] | None = None
) -> list[Line]:
    """Verdicts, the newest first; with `before` (time of a verdict, seq) those that follow it."""
    asked: dict[str, Any] = {"account_id": account_id, "offset": offset, "limit": limit}
    if before is not None:
        asked |= {"given_at": before[0], "seq": before[1]}
    rows = session.connection().execute(_NEWEST_FIRST if before is None else _AFTER, asked)
    return [
        Line(
            comparison_id,
            seq,
            source,
            is_sample,
            question_of(context_from_json(context)),
            Verdict(value),
            given_at,
            noted.left_out(value, first, second),
            grade,
        )
        for comparison_id, seq, source, is_sample, context, value, given_at, first, second, grade in rows
    ]
