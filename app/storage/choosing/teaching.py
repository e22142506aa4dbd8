"""How many of an account's choices teach nothing of manner, by what was noted with their answers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.storage.choosing import noted, samples
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRow

_First, _Second, _Flawed = aliased(CompletionRow), aliased(CompletionRow), aliased(CompletionRow)
# From the few answers with a flaw, which an index knows, to their comparisons.
_SIDES = (
    sa.select(col(ComparisonRow.comparison_id))
    .select_from(_Flawed)
    .join(ComparisonRow, side == col(_Flawed.completion_id))
    .where(col(_Flawed.account_id) == samples.ACCOUNT, col(_Flawed.flaws) != "")
    for side in (col(ComparisonRow.first_id), col(ComparisonRow.second_id))
)
_LEFT_OUT = (
    sa.select(col(VerdictRow.value), col(_First.flaws), col(_Second.flaws))
    .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
    .where(
        col(VerdictRow.comparison_id).in_(sa.union(*_SIDES)),
        col(VerdictRow.value).in_(samples.CHOICES),
        samples.counts_now(samples.ACCOUNT),
    )
)


def left_out(session: Session, account_id: str) -> int:
    """Of the choices that count those left out of every induction (domain/flaws). Reads only rows with a flaw, and no texts."""
    rows = session.connection().execute(_LEFT_OUT, {"account_id": account_id})
    return sum(bool(noted.left_out(*row)) for row in rows)
