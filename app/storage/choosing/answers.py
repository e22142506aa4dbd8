"""Answers that a model still has to write: where they belong, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.domain.choices.naming_itself import EQUAL_ANSWERS, are_equal
from app.domain.choices.preference import Completion
from app.domain.texts.conversation import Context, context_from_json
from app.domain.texts.storable_text import storable
from app.storage.choosing import noted
from app.storage.choosing.contexts import Whole
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, ImportBatch

_DROPPED_AT_ONCE = 200
_EITHER_SIDE = sa.or_(
    col(CompletionRow.completion_id) == col(ComparisonRow.first_id),
    col(CompletionRow.completion_id) == col(ComparisonRow.second_id),
)


@dataclass(frozen=True)
class PendingAnswer:
    """A completion without text yet; `context` ends with the turn it answers. `is_swapped`: another model (or manner) was to write it first."""

    completion_id: str
    account_id: str
    context: Context
    model: str
    style: str
    is_swapped: bool = False

    @property
    def is_first_turn(self) -> bool:
        """Whether nothing was said before what it answers."""
        return len(self.context) == 1


def pending_ids(session: Session, kind: str, subject_id: str, limit: int | None = None) -> list[str]:
    """The answers of a piece of work that wait for a model, in the order of their comparisons, first before second; no context
    is read."""
    is_second = sa.case((col(CompletionRow.completion_id) == col(ComparisonRow.second_id), 1), else_=0)
    rows = _pending(select(CompletionRow.completion_id), kind, subject_id)
    return list(session.exec(rows.order_by(col(ComparisonRow.seq), is_second).limit(limit)))


def close_stopped(session: Session, import_id: str) -> None:
    """Ends an import that its person has stopped: the comparisons that still wait for a model are dropped with both their
    answers, and its report says so."""
    dropped = _drop_pending(session, import_id)
    batch = session.get(ImportBatch, import_id)
    if batch is None or not dropped:
        return
    told = dict(batch.report)
    for name in ("found", "added"):
        told[name] = told.get(name, 0) - dropped
    were = "1 answer that was not begun was" if dropped == 1 else f"{dropped:,} answers that were not begun were"
    told["notes"] = [*told.get("notes", []), f"You stopped the writing: {were} dropped."]
    batch.report, batch.state = told, "done"
    session.add(batch)
    session.flush()


def _drop_pending(session: Session, import_id: str) -> int:
    waiting = select(CompletionRow.completion_id).where(CompletionRow.state == "pending")
    rows = select(ComparisonRow).where(
        col(ComparisonRow.conversation_id).in_(_conversations(import_id)),
        sa.or_(col(ComparisonRow.first_id).in_(waiting), col(ComparisonRow.second_id).in_(waiting)),
    )
    dropped = [(row.comparison_id, row.first_id, row.second_id) for row in session.exec(rows)]
    for start in range(0, len(dropped), _DROPPED_AT_ONCE):
        some = dropped[start : start + _DROPPED_AT_ONCE]
        ids = [row[0] for row in some]
        both = [completion for row in some for completion in row[1:]]
        session.connection().execute(sa.delete(ComparisonRow).where(col(ComparisonRow.comparison_id).in_(ids)))
        session.connection().execute(sa.delete(CompletionRow).where(col(CompletionRow.completion_id).in_(both)))
    session.expire_all()
    return len(dropped)


def pending_in_import(session: Session, import_id: str) -> int:
    """How many answers of an import wait for a model."""
    rows = select(sa.func.count()).select_from(CompletionRow)
    return int(session.exec(_pending(rows, "alternatives", import_id)).one())


def are_pending(session: Session, kind: str, subject_id: str) -> bool:
    """Whether an answer of this piece of work waits for a model, as the database has it now."""
    return bool(pending_ids(session, kind, subject_id, 1))


def still_pending(session: Session, completion_ids: list[str]) -> frozenset[str]:
    """Those of these answers that are there and not settled."""
    rows = select(CompletionRow.completion_id).where(
        col(CompletionRow.completion_id).in_(completion_ids), CompletionRow.state == "pending"
    )
    return frozenset(session.exec(rows))


def by_ids(session: Session, completion_ids: list[str]) -> list[PendingAnswer]:
    """These answers, written by now or not; those that are gone are left out."""
    return list(_with_context(session, frozenset(completion_ids)))


def save_draft(session: Session, completion_id: str, text: str, *, is_new: bool) -> None:
    """Keeps what has come of a pending answer so far. `is_new`: it was begun by another try than what is kept of it; where that had
    words, they are lost, and counted as a beginning that broke off. An answer that is settled by now stays as it is."""
    broke_off = sa.case((col(CompletionRow.draft) != "", 1), else_=0) if is_new else 0
    _settle(session, completion_id, draft=storable(text), begun_anew=col(CompletionRow.begun_anew) + broke_off)


def save_answer(session: Session, pending: PendingAnswer, text: str) -> None:
    """Gives a pending completion its text; one that has its text already keeps it. Where the other answer of its comparison
    is the same, it fails instead: nobody is asked to choose between equal answers."""
    kept = storable(text)
    if _is_the_other(session, pending.completion_id, kept):
        mark_failed(session, pending.completion_id, EQUAL_ANSWERS)
    else:
        known = noted.of_answer(pending.context, kept)
        _settle(session, pending.completion_id, state="ready", text=kept, draft="", begun_anew=0, **known)


def mark_failed(session: Session, completion_id: str, reason: str) -> None:
    """Notes why a pending completion could not be written."""
    _settle(session, completion_id, state="failed", failure=reason[:300], draft="", begun_anew=0)


def written_by(session: Session, completion_ids: list[str]) -> dict[str, tuple[str, str]]:
    """The model and style of these answers, by completion."""
    rows = select(CompletionRow).where(col(CompletionRow.completion_id).in_(completion_ids))
    return {row.completion_id: (row.model, row.style) for row in session.exec(rows)}


def beside(session: Session, completion_id: str) -> CompletionRow:
    """The other answer of its comparison."""
    other = sa.case(
        (col(ComparisonRow.first_id) == completion_id, col(ComparisonRow.second_id)), else_=col(ComparisonRow.first_id)
    )
    mine = sa.or_(col(ComparisonRow.first_id) == completion_id, col(ComparisonRow.second_id) == completion_id)
    return session.exec(
        select(CompletionRow).join(ComparisonRow, col(CompletionRow.completion_id) == other).where(mine)
    ).one()


def swap(session: Session, pending: PendingAnswer, model: str, style: str) -> None:
    """Has another model, or the same one in another manner, write a pending answer from its beginning."""
    broke_off = sa.case((col(CompletionRow.draft) != "", 1), else_=0)
    was = f"{pending.model} {pending.style}".strip()
    anew = {"draft": "", "begun_anew": col(CompletionRow.begun_anew) + broke_off}
    _settle(session, pending.completion_id, model=model, style=style, swapped_from=was, **anew)


def close_import(session: Session, import_id: str) -> None:
    """Ends an import whose alternatives were being written."""
    session.connection().execute(
        sa.update(ImportBatch)
        .where(col(ImportBatch.import_id) == import_id, col(ImportBatch.state) == "working")
        .values(state="done")
    )


def _is_the_other(session: Session, completion_id: str, text: str) -> bool:
    for one, other in (("first_id", "second_id"), ("second_id", "first_id")):
        rows = (
            select(CompletionRow)
            .join(ComparisonRow, getattr(ComparisonRow, other) == CompletionRow.completion_id)
            .where(getattr(ComparisonRow, one) == completion_id, CompletionRow.state == "ready")
        )
        mine = session.get(CompletionRow, completion_id)
        lead_in = context_from_json(mine.lead_in) if mine else ()
        for row in session.exec(rows):
            if are_equal(Completion(text, lead_in), Completion(row.text, context_from_json(row.lead_in))):
                return True
    return False


def _pending(rows: SelectOfScalar[Any], kind: str, subject_id: str) -> SelectOfScalar[Any]:
    """The rows of completions that a piece of work still has to write."""
    if kind == "answers":
        mine = col(ComparisonRow.comparison_id) == subject_id
    else:
        mine = col(ComparisonRow.conversation_id).in_(_conversations(subject_id))
    return rows.join(ComparisonRow, _EITHER_SIDE).where(mine, col(CompletionRow.state) == "pending")


def _conversations(import_id: str) -> SelectOfScalar[str]:
    return select(ConversationRow.conversation_id).where(col(ConversationRow.import_id) == import_id)


def _with_context(session: Session, completion_ids: Collection[str]) -> Iterator[PendingAnswer]:
    side = sa.or_(col(ComparisonRow.first_id).in_(completion_ids), col(ComparisonRow.second_id).in_(completion_ids))
    comparisons = session.exec(select(ComparisonRow).where(side).order_by(col(ComparisonRow.seq))).all()
    whole = Whole(session)
    for comparison in comparisons:
        for completion_id in (comparison.first_id, comparison.second_id):
            row = session.get(CompletionRow, completion_id) if completion_id in completion_ids else None
            if row is not None:
                yield PendingAnswer(
                    completion_id=row.completion_id,
                    account_id=row.account_id,
                    context=whole.of(comparison) + context_from_json(row.lead_in),
                    model=row.model,
                    style=row.style,
                    is_swapped=bool(row.swapped_from),
                )


def _settle(session: Session, completion_id: str, **values: Any) -> None:
    session.connection().execute(
        sa.update(CompletionRow)
        .where(col(CompletionRow.completion_id) == completion_id, col(CompletionRow.state) == "pending")
        .values(**values)
    )
