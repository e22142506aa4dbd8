"""What an export and the choosing ask of every text, worked out once: which answers name their model, which pairs are equal, which
language a request is in.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.choices.naming_itself import are_equal, names_itself
from app.domain.choices.preference import Completion
from app.domain.texts.conversation import context_from_json
from app.domain.texts.language import UNDETERMINED, language_of

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

READ_AT_ONCE = 200


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("completion", sa.Column("names_model", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("comparison", sa.Column("language", sa.String(8), nullable=False, server_default=UNDETERMINED))
    op.add_column("comparison", sa.Column("equal_answers", sa.Boolean(), nullable=False, server_default=sa.false()))
    for some in _a_few_at_a_time(sa.select(_completion.c.completion_id)):
        _note_names(some)
    for some in _a_few_at_a_time(sa.select(_comparison.c.comparison_id)):
        _note_pairs(some)


def downgrade() -> None:
    op.drop_column("comparison", "equal_answers")
    op.drop_column("comparison", "language")
    op.drop_column("completion", "names_model")


_completion = sa.table(
    "completion",
    *(sa.column(name, sa.String) for name in ("completion_id", "state", "text")),
    sa.column("lead_in", sa.JSON),
    sa.column("names_model", sa.Boolean),
)
_comparison = sa.table(
    "comparison",
    *(sa.column(name, sa.String) for name in ("comparison_id", "first_id", "second_id", "language")),
    sa.column("context", sa.JSON),
    sa.column("equal_answers", sa.Boolean),
)


def _a_few_at_a_time(ids: sa.Select[Any]) -> Iterator[list[str]]:
    found = list(op.get_bind().execute(ids).scalars())
    for start in range(0, len(found), READ_AT_ONCE):
        yield found[start : start + READ_AT_ONCE]


def _note_names(some: list[str]) -> None:
    rows = sa.select(_completion.c.completion_id, _completion.c.text).where(_completion.c.completion_id.in_(some))
    named = [completion_id for completion_id, text in op.get_bind().execute(rows).all() if names_itself(text)]
    if named:
        _run(sa.update(_completion).where(_completion.c.completion_id.in_(named)).values(names_model=True))


def _note_pairs(some: list[str]) -> None:
    first, second = _completion.alias(), _completion.alias()
    rows = (
        sa.select(_comparison.c.comparison_id, _comparison.c.context)
        .add_columns(*(side.c[name] for side in (first, second) for name in ("state", "text", "lead_in")))
        .join(first, first.c.completion_id == _comparison.c.first_id)
        .join(second, second.c.completion_id == _comparison.c.second_id)
        .where(_comparison.c.comparison_id.in_(some))
    )
    by_language: dict[str, list[str]] = {}
    equal = []
    for comparison_id, context, *both in op.get_bind().execute(rows).all():
        language = language_of(context[-1]["content"]) if context else UNDETERMINED
        by_language.setdefault(language, []).append(comparison_id)
        (one_state, *one), (other_state, *other) = both[:3], both[3:]
        if one_state == other_state == "ready" and are_equal(_answer(*one), _answer(*other)):
            equal.append(comparison_id)
    by_language.pop(UNDETERMINED, None)
    for language, ids in by_language.items():
        _run(sa.update(_comparison).where(_comparison.c.comparison_id.in_(ids)).values(language=language))
    if equal:
        _run(sa.update(_comparison).where(_comparison.c.comparison_id.in_(equal)).values(equal_answers=True))


def _answer(text: str, lead_in: Any) -> Completion:
    return Completion(text, context_from_json(lead_in))


def _run(statement: Any) -> None:
    op.get_bind().execute(statement)
