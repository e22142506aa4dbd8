"""What is wrong with an answer, and whether it is cut, worked out once: exports ask it of every row.

The rows that are there are read by the rules of today (app/domain/flaws), as 0016 does: notes of an older state of those rules would
differ from those of new rows.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.flaws import flaws, stops_short
from app.domain.texts.conversation import Context, context_from_json

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

READ_AT_ONCE = 200


def upgrade() -> None:
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    op.add_column("completion", sa.Column("flaws", sa.String(64), nullable=False, server_default=""))
    op.add_column("completion", sa.Column("stops_short", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Those of one conversation together: they may share turns that are read once.
    ids = sa.select(_comparison.c.comparison_id).order_by(_comparison.c.conversation_id, _comparison.c.branch)
    found = list(op.get_bind().execute(ids).scalars())
    _branch.cache_clear()
    for start in range(0, len(found), READ_AT_ONCE):
        _note(found[start : start + READ_AT_ONCE])
    _branch.cache_clear()


def downgrade() -> None:
    op.drop_column("completion", "stops_short")
    op.drop_column("completion", "flaws")


_completion = sa.table(
    "completion",
    *(sa.column(name, sa.String) for name in ("completion_id", "state", "text", "flaws")),
    sa.column("lead_in", sa.JSON),
    sa.column("stops_short", sa.Boolean),
)
_comparison = sa.table(
    "comparison",
    *(sa.column(name, sa.String) for name in ("comparison_id", "conversation_id", "first_id", "second_id")),
    *(sa.column(name, sa.Integer) for name in ("branch", "earlier")),
    sa.column("context", sa.JSON),
)
_part = sa.table(
    "context_part",
    sa.column("conversation_id", sa.String),
    *(sa.column(name, sa.Integer) for name in ("branch", "position")),
    sa.column("turns", sa.JSON),
)


def _note(some: list[str]) -> None:
    side = _completion.c.completion_id
    rows = (
        sa.select(_comparison.c.conversation_id, _comparison.c.branch, _comparison.c.earlier, _comparison.c.context)
        .add_columns(side, _completion.c.lead_in, _completion.c.text)
        .join(_completion, sa.or_(side == _comparison.c.first_id, side == _comparison.c.second_id))
        .where(_comparison.c.comparison_id.in_(some), _completion.c.state == "ready")
        .order_by(_comparison.c.conversation_id, _comparison.c.branch)
    )
    alike: dict[tuple[str, bool], list[str]] = {}
    for conversation_id, branch, earlier, context, completion_id, lead_in, text in op.get_bind().execute(rows).all():
        before = _branch(conversation_id, branch)[:earlier] if earlier else ()
        asked = before + context_from_json(context) + context_from_json(lead_in)
        alike.setdefault((",".join(flaws(asked, text)), stops_short(text)), []).append(completion_id)
    alike.pop(("", False), None)
    for (found, is_cut), ids in alike.items():
        noted = sa.update(_completion).where(side.in_(ids)).values(flaws=found, stops_short=is_cut)
        op.get_bind().execute(noted)


@lru_cache(maxsize=1)
def _branch(conversation_id: str, branch: int) -> Context:
    of = _part.c.conversation_id == conversation_id, _part.c.branch == branch
    rows: Any = op.get_bind().execute(sa.select(_part.c.turns).where(*of).order_by(_part.c.position))
    return tuple(turn for turns in rows.scalars() for turn in context_from_json(turns))
