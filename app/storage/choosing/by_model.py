"""An account's verdicts counted by the two models whose answers they chose between; no text is read."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.domain.choices.preference import Verdict
from app.storage.choosing import samples
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRow

_First, _Second = aliased(CompletionRow), aliased(CompletionRow)
_EVEN = (Verdict.SAME, Verdict.BOTH_BAD)
_COLUMNS = (col(_First.model), col(_Second.model), col(VerdictRow.value))
# From the answers whose model is known, which an index knows: of files most often none.
_NAMED = (
    sa.select(col(ComparisonRow.comparison_id))
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .where(col(_First.account_id) == samples.ACCOUNT, col(_First.model) != "")
)
_COUNTED = (
    sa.select(*_COLUMNS, sa.func.count())
    .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
    .where(
        col(VerdictRow.account_id) == samples.ACCOUNT,
        col(VerdictRow.comparison_id).in_(_NAMED),
        col(VerdictRow.value).in_([Verdict.FIRST, Verdict.SECOND, *_EVEN]),
        col(VerdictRow.changed_after_reveal).is_(False),
        col(ComparisonRow.is_sample).is_(False),
        col(_First.names_model).is_(False),
        col(_Second.names_model).is_(False),
        col(_First.model) != "",
        col(_Second.model) != "",
        col(_First.model) != col(_Second.model),
    )
    .group_by(*_COLUMNS)
)


def counted(session: Session, account_id: str) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Two different models in the order of their names -> verdicts for the first, for the second, for neither. Only blind verdicts on
    answers of one's own: none of a sample history, none changed after the names were seen, and no answer that names its model."""
    rows = session.connection().execute(_COUNTED, {"account_id": account_id})
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for first, second, value, count in rows:
        one, other = sorted((first, second))
        chosen = {Verdict.FIRST: first, Verdict.SECOND: second}.get(Verdict(value))
        found[one, other][2 if chosen is None else (one, other).index(chosen)] += count
    return {two: (won, lost, even) for two, (won, lost, even) in found.items()}
