"""The list of an account's verdicts, read without its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import context_from_json, question_of
from app.storage.choosing import noted, samples
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRow

_First, _Second = aliased(CompletionRow), aliased(CompletionRow)


@dataclass(frozen=True, slots=True)
class Line:
    """What a list tells of a verdict and its comparison; `left_out` as noted with the texts says (noted.left_out)."""

    comparison_id: str
    seq: int
    source: str
    is_sample: bool
    question: str
    verdict: Verdict
    given_at: datetime
    left_out: str


def newest_first(
    session: Session, account_id: str, offset: int, limit: int, before: tuple[datetime, int] | None = None
) -> list[Line]:
    """Verdicts, the newest first; with `before` (time of a verdict, seq) those that follow it."""
    row = ComparisonRow
    columns = (
        row.comparison_id,
        row.seq,
        row.source,
        row.is_sample,
        row.context,
        VerdictRow.value,
        VerdictRow.given_at,
        _First.flaws,
        _Second.flaws,
    )
    order = (col(VerdictRow.given_at), col(row.seq))
    place = () if before is None else (sa.tuple_(*order) < before,)
    rows = (
        sa.select(*(col(each) for each in columns))
        .join(VerdictRow, col(VerdictRow.comparison_id) == col(row.comparison_id))
        .join(_First, col(_First.completion_id) == col(row.first_id))
        .join(_Second, col(_Second.completion_id) == col(row.second_id))
        .where(col(row.account_id) == account_id, samples.is_here(account_id), *place)
        .order_by(*(each.desc() for each in order))
        .offset(offset)
        .limit(limit)
    )
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
        )
        for comparison_id, seq, source, is_sample, context, value, given_at, first, second in session.execute(rows)
    ]
