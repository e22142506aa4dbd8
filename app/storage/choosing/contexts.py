"""The turns of contexts: those beside a comparison, and those of its conversation's branches, read a part at a time.

Whoever shows a context asks for the turns it shows; whoever needs whole ones (a run, an export) gets them from `Whole`,
which reads a branch once however many contexts share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.domain.texts.conversation import Context, context_as_json, context_from_json
from app.domain.texts.long_contexts import TURNS_A_PART
from app.storage.tables import ComparisonRow, ContextPart, is_id

NO_COMPARISON = "There is no such comparison, or it is not yours."


class Stored(Protocol):
    """The columns of a comparison that say what its context is."""

    @property
    def conversation_id(self) -> Any: ...
    @property
    def context(self) -> Any: ...
    @property
    def branch(self) -> Any: ...
    @property
    def earlier(self) -> Any: ...


def parts(conversation_id: str, branches: Sequence[Context]) -> list[dict[str, Any]]:
    """Rows of `context_part` for the branches of a conversation that is being stored."""
    return [
        {
            "conversation_id": conversation_id,
            "branch": branch,
            "position": start,
            "turns": context_as_json(turns[start : start + TURNS_A_PART]),
        }
        for branch, turns in enumerate(branches)
        for start in range(0, len(turns), TURNS_A_PART)
    ]


def find(session: Session, account_id: str, comparison_id: str) -> Stored:
    """What the account's comparison has for a context, without its answers. Raises NotFound."""
    row = ComparisonRow
    columns = (row.conversation_id, row.context, row.branch, row.earlier)
    rows: Any = select(*columns).where(row.comparison_id == comparison_id, row.account_id == account_id)
    found: Stored | None = session.exec(rows).first() if is_id(comparison_id) else None
    if found is None:
        raise NotFound(NO_COMPARISON)
    return found


def length(stored: Stored) -> int:
    """How many turns the context has."""
    return int(stored.earlier) + len(stored.context)


def some(session: Session, stored: Stored, start: int, stop: int) -> Context:
    """The turns from number `start` up to `stop`, as Python counts; reads the parts they lie in and no others."""
    start, stop = max(0, start), min(stop, length(stored))
    earlier = int(stored.earlier)
    kept = _read(session, stored, start, min(stop, earlier)) if start < min(stop, earlier) else ()
    return kept + context_from_json(stored.context[max(0, start - earlier) : max(0, stop - earlier)])


def _read(session: Session, stored: Stored, start: int, stop: int) -> Context:
    first = start - start % TURNS_A_PART
    rows = (
        select(ContextPart.turns)
        .where(
            ContextPart.conversation_id == stored.conversation_id,
            ContextPart.branch == stored.branch,
            col(ContextPart.position) >= first,
            col(ContextPart.position) < stop,
        )
        .order_by(col(ContextPart.position))
    )
    turns = [turn for part in session.exec(rows) for turn in part]
    return context_from_json(turns[start - first : stop - first])


class Whole:
    """Whole contexts. What was read of the branches is kept as long as this is, so contexts that share turns share memory."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[tuple[str, int], Context] = {}

    def of(self, stored: Stored) -> Context:
        """The whole context of a comparison."""
        beside = context_from_json(stored.context)
        if not stored.earlier:
            return beside
        key = (stored.conversation_id, stored.branch)
        read = self._read.get(key, ())
        if len(read) < stored.earlier:
            read += _read(self._session, stored, len(read), stored.earlier)
            self._read[key] = read
        return read[: stored.earlier] + beside
