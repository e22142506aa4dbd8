"""The turns of long conversations in parts, once for all the comparisons that share them.

Revision ID: 0013
Revises: 0009
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None

TURNS_BESIDE, CHARACTERS_BESIDE, TURNS_A_PART = 20, 20_000, 20

Turns = list[dict[str, Any]]


def upgrade() -> None:
    op.create_table(
        "context_part",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("branch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.conversation_id"],
            name=op.f("fk_context_part_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "branch", "position", name=op.f("pk_context_part")),
    )
    # The defaults stay: they fill the rows that are there, and SQLite could drop them only by making the table anew.
    for name in ("branch", "earlier"):
        op.add_column("comparison", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _keep_apart()


def downgrade() -> None:
    _put_together()
    op.drop_column("comparison", "earlier")
    op.drop_column("comparison", "branch")
    op.drop_table("context_part")


_conversation = sa.table(
    "conversation",
    sa.column("conversation_id", sa.String),
    sa.column("source", sa.String),
    sa.column("turns", sa.JSON),
)
_comparison = sa.table(
    "comparison",
    sa.column("comparison_id", sa.String),
    sa.column("conversation_id", sa.String),
    sa.column("context", sa.JSON),
    sa.column("branch", sa.Integer),
    sa.column("earlier", sa.Integer),
)
_part = sa.table(
    "context_part",
    sa.column("conversation_id", sa.String),
    sa.column("branch", sa.Integer),
    sa.column("position", sa.Integer),
    sa.column("turns", sa.JSON),
)


def _keep_apart() -> None:
    """A conversation at a time and one context of it at a time: all of them together may not fit in memory."""
    size = sa.func.length(sa.cast(_comparison.c.context, sa.Text))
    # Twenty-one turns have more characters than this even where each says one letter.
    may_be_long = size > TURNS_BESIDE * len('{"role":"user","content":"x"}')
    for conversation_id in _ids(sa.select(_comparison.c.conversation_id).where(may_be_long).distinct()):
        of_it = sa.select(_comparison.c.comparison_id).where(
            may_be_long, _comparison.c.conversation_id == conversation_id
        )
        branches = _Branches(conversation_id)
        source, turns = op.get_bind().execute(_of_conversation(conversation_id, "source", "turns")).one()
        # What was pasted goes on after its last question; what came in a file repeats the context of one comparison.
        is_first_branch = source == "alternative" and _is_long(turns)
        if is_first_branch:
            branches.number_of(turns)
        # The longest first: what a shorter one says stands there already.
        for comparison_id in _ids(of_it.order_by(size.desc(), _comparison.c.comparison_id)):
            context = _value(sa.select(_comparison.c.context).where(_comparison.c.comparison_id == comparison_id))
            earlier = _turns_before_the_question(context) if _is_long(context) else 0
            if earlier:
                branch = branches.number_of(context[:earlier])
                _run(
                    sa.update(_comparison)
                    .where(_comparison.c.comparison_id == comparison_id)
                    .values(context=context[earlier:], branch=branch, earlier=earlier)
                )
        if is_first_branch or (_is_long(turns) and branches.hold(turns[: _turns_before_the_question(turns)])):
            _run(_kept(conversation_id, []))


class _Branches:
    def __init__(self, conversation_id: str) -> None:
        self._conversation_id, self._known, self._made = conversation_id, dict[bytes, int](), 0

    def hold(self, turns: Turns) -> bool:
        """Whether a branch begins with these turns."""
        return bool(turns) and _beginnings(turns)[-1] in self._known

    def number_of(self, turns: Turns) -> int:
        """The branch that begins with these turns; it is written where there is none."""
        beginnings = _beginnings(turns)
        if beginnings[-1] not in self._known:
            self._known = dict.fromkeys(beginnings, self._made) | self._known
            starts = range(0, len(turns), TURNS_A_PART)
            for start in starts:
                values = {"branch": self._made, "position": start, "turns": turns[start : start + TURNS_A_PART]}
                _run(sa.insert(_part).values(conversation_id=self._conversation_id, **values))
            self._made += 1
        return self._known[beginnings[-1]]


def _beginnings(turns: Turns) -> list[bytes]:
    """A digest of the first turn, of the first two, and so on."""
    running, found = hashlib.sha256(), []
    for turn in turns:
        running.update(json.dumps([turn["role"], turn["content"]]).encode())
        found.append(running.copy().digest())
    return found


def _put_together() -> None:
    is_apart = sa.select(_comparison.c.comparison_id).where(_comparison.c.earlier > 0)
    for comparison_id in _ids(is_apart):
        columns = (_comparison.c.conversation_id, _comparison.c.branch, _comparison.c.earlier, _comparison.c.context)
        conversation_id, branch, earlier, beside = (
            op.get_bind().execute(sa.select(*columns).where(_comparison.c.comparison_id == comparison_id)).one()
        )
        before = _branch(conversation_id, branch, earlier)
        changed = sa.update(_comparison).where(_comparison.c.comparison_id == comparison_id)
        _run(changed.values(context=[*before[:earlier], *beside]))
    for conversation_id in _ids(sa.select(_part.c.conversation_id).distinct()):
        if not _value(_of_conversation(conversation_id, "turns")):
            _run(_kept(conversation_id, _branch(conversation_id, 0, None)))


def _of_conversation(conversation_id: str, *names: str) -> sa.Select[Any]:
    columns = (_conversation.c[name] for name in names)
    return sa.select(*columns).where(_conversation.c.conversation_id == conversation_id)


def _kept(conversation_id: str, turns: Turns) -> sa.Update:
    return sa.update(_conversation).where(_conversation.c.conversation_id == conversation_id).values(turns=turns)


def _branch(conversation_id: str, branch: int, earlier: int | None) -> Turns:
    rows = sa.select(_part.c.turns).where(_part.c.conversation_id == conversation_id, _part.c.branch == branch)
    if earlier is not None:
        rows = rows.where(_part.c.position < earlier)
    return [turn for (part,) in op.get_bind().execute(rows.order_by(_part.c.position)) for turn in part]


def _is_long(turns: Turns) -> bool:
    if len(turns) < 2:
        return False
    return len(turns) > TURNS_BESIDE or sum(len(turn["content"]) for turn in turns) > CHARACTERS_BESIDE


def _turns_before_the_question(turns: Turns) -> int:
    asked = max((number for number, turn in enumerate(turns) if turn["role"] == "user"), default=0)
    return asked if len(turns) - asked <= TURNS_BESIDE else len(turns) - 1


def _ids(query: sa.Select[Any]) -> Iterator[str]:
    yield from op.get_bind().execute(query).scalars().all()


def _value(query: sa.Select[Any]) -> Any:
    return op.get_bind().execute(query).scalar_one()


def _run(statement: Any) -> None:
    op.get_bind().execute(statement)
