"""Comparisons with their answers and verdicts: finding, counting and adding them. Every query is of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.choices.preference import Comparison, Completion, Verdict
from app.domain.errors import NotFound
from app.domain.texts.conversation import context_from_json, question_of
from app.storage import stored
from app.storage.choosing import noted, samples
from app.storage.choosing.contexts import NO_COMPARISON, Whole
from app.storage.choosing.samples import ACCOUNT, Id
from app.storage.tables import (
    ComparisonRow,
    CompletionRow,
    ContextPart,
    ConversationRow,
    VerdictRevision,
    VerdictRow,
    is_id,
)

First = aliased(CompletionRow)
Second = aliased(CompletionRow)
CAN_BE_CHOSEN = (
    col(First.state) == "ready",
    col(Second.state) == "ready",
    col(ComparisonRow.equal_answers).is_(False),
    col(ComparisonRow.suggested) == "",  # asked about one by one (bringing/suggested)
)

ASKED_AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """A comparison with what belongs to it; `verdict` is None while there is none."""

    row: ComparisonRow
    first: CompletionRow
    second: CompletionRow
    verdict: VerdictRow | None

    @property
    def state(self) -> str:
        """Failed as soon as one answer failed, pending while one is being written, else ready."""
        states = (self.first.state, self.second.state)
        return next((state for state in ("failed", "pending") if state in states), "ready")

    @property
    def question(self) -> str:
        """What was asked, in one line."""
        return question_of(context_from_json(self.row.context))

    def comparison(self, whole: Whole) -> Comparison:
        """The comparison with its whole context, which may be long."""
        return Comparison(
            comparison_id=self.row.comparison_id,
            context=whole.of(self.row),
            first=completion(self.first),
            second=completion(self.second),
            conversation_id=self.row.conversation_id,
        )


def completion(row: CompletionRow) -> Completion:
    """The row's text and lead-in as the domain has them."""
    return Completion(text=row.text, lead_in=context_from_json(row.lead_in))


def find(session: Session, account_id: str, comparison_id: str) -> Found:
    """The account's comparison. Raises NotFound where there is none; somebody else's reads the same."""
    asked = {"account_id": account_id, "comparison_id": comparison_id}
    row = session.execute(_ONE, asked).first() if is_id(comparison_id) else None
    if row is None:
        raise NotFound(NO_COMPARISON)
    return Found(*row)


def find_many(session: Session, account_id: str, comparison_ids: Sequence[str]) -> list[Found]:
    """Those of the named comparisons that are the account's, in the order of `seq`."""
    ids = [comparison_id for comparison_id in comparison_ids if is_id(comparison_id)]
    found: list[Found] = []
    for start in range(0, len(ids), ASKED_AT_ONCE):
        rows = _rows(account_id).where(col(ComparisonRow.comparison_id).in_(ids[start : start + ASKED_AT_ONCE]))
        found += (Found(*row) for row in session.execute(rows))
    return sorted(found, key=lambda one: one.row.seq)


def next_waiting(session: Session, account_id: str, after_seq: int = 0) -> Found | None:
    """The first comparison past `after_seq` with both answers there, something to choose between, and no verdict yet."""
    row = session.execute(_NEXT, {"account_id": account_id, "after_seq": after_seq}).first()
    return Found(*row) if row else None


def oldest_waiting(session: Session, account_id: str) -> tuple[str, bool] | None:
    """Id and `is_sample` of the first of all that `next_waiting` gives."""
    found: Any = session.connection().execute(_OLDEST, {"account_id": account_id, "after_seq": 0}).first()
    return tuple(found) if found else None


def chosen_sides(session: Session, account_id: str) -> dict[str, bool]:
    """For each choice that counts: its comparison's id, and whether the first answer was chosen."""
    rows = (
        select(VerdictRow.comparison_id, VerdictRow.value)
        .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
        .where(VerdictRow.account_id == account_id, samples.counts_now(account_id))
    )
    found = {comparison_id: Verdict(value) for comparison_id, value in session.exec(rows)}
    return {comparison_id: value is Verdict.FIRST for comparison_id, value in found.items() if value.is_choice}


def last_seq(session: Session, account_id: str) -> int:
    """The highest `seq` of the account, 0 without comparisons. Lock the account before counting on from it."""
    return session.exec(select(sa.func.max(ComparisonRow.seq)).where(ComparisonRow.account_id == account_id)).one() or 0


def known_digests(session: Session, account_id: str) -> set[str]:
    """`pair_sha256` of everything the account already has."""
    return set(session.exec(select(ComparisonRow.pair_sha256).where(ComparisonRow.account_id == account_id)))


def ids_by_digest(session: Session, account_id: str, digests: Sequence[str]) -> dict[str, str]:
    """The comparison's id for each of these `pair_sha256` that the account has."""
    rows = session.connection().execute(_OF_DIGESTS, {"account_id": account_id, "digests": digests})
    return dict(rows.all())


def styles_by_digest(session: Session, account_id: str, digests: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """For each of these `pair_sha256` that the account has: the comparison's id, and the style of the answer that its verdict went to;
    "" where that was to neither, None without a verdict."""
    rows = session.connection().execute(_STYLES, {"account_id": account_id, "digests": digests})
    return {digest: (comparison_id, style) for digest, comparison_id, style in rows}


def failed(session: Session, account_id: str, limit: int) -> list[Found]:
    """Comparisons without a verdict that miss an answer which could not be written, newest first."""
    rows = (
        _rows(account_id)
        .where(
            col(ComparisonRow.decided).is_(False),
            sa.or_(col(First.state) == "failed", col(Second.state) == "failed"),
        )
        .order_by(col(ComparisonRow.seq).desc())
        .limit(limit)
    )
    return [Found(*row) for row in session.execute(rows)]


def being_written(session: Session, account_id: str) -> Found | None:
    """The oldest typed comparison without a verdict whose answers are being written."""
    rows = (
        _rows(account_id)
        .where(
            ComparisonRow.source == "typed",
            col(ComparisonRow.decided).is_(False),
            sa.or_(col(First.state) == "pending", col(Second.state) == "pending"),
            col(First.state) != "failed",
            col(Second.state) != "failed",
        )
        .order_by(col(ComparisonRow.seq))
        .limit(1)
    )
    row = session.execute(rows).first()
    return Found(*row) if row else None


Row = ConversationRow | ContextPart | CompletionRow | ComparisonRow
Values = dict[str, Any]


def add_all(session: Session, rows: Sequence[Row]) -> None:
    """Inserts rows of one account a table at a time, in the order in which the tables first appear: parents before children.

    Past the unit of work, which would not know that order by itself; every value must be set on the row, except what is worked
    out of the texts (storage/choosing/noted.py).
    """
    account_id = next((row.account_id for row in rows if not isinstance(row, ContextPart)), "")
    by_table: dict[type[Row], list[Values]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row.model_dump())
    insert(session, account_id, by_table)


def insert(session: Session, account_id: str, by_table: Mapping[type[Row], list[Values]]) -> None:
    """Inserts the values of rows, a table after the other as they are given; sets what is worked out of the texts."""
    noted.add_to(*(by_table.get(table, []) for table in (CompletionRow, ComparisonRow, ContextPart)))
    stored.note(session, account_id, {str(table.__tablename__): values for table, values in by_table.items()})
    for table, values in by_table.items():
        if values:
            session.connection().execute(sa.insert(table), values)


def replace_answer(session: Session, comparison: ComparisonRow, old: CompletionRow) -> None:
    """Puts a pending answer of the same model and style in the place of one: an answer is drawn by the id of its row, so the
    new one need not come out the same."""
    new = CompletionRow(
        account_id=old.account_id, state="pending", lead_in=old.lead_in, model=old.model, style=old.style
    )
    session.add(new)
    session.flush()
    side = "first_id" if comparison.first_id == old.completion_id else "second_id"
    setattr(comparison, side, new.completion_id)
    session.add(comparison)
    session.flush()
    session.delete(old)
    session.flush()


def drop(session: Session, found: Found) -> None:
    """Deletes a comparison with its answers, and its conversation where no other comparison points into it."""
    conversation_id = found.row.conversation_id
    for row in (found.row, found.first, found.second):
        session.delete(row)
        session.flush()
    others = select(ComparisonRow.comparison_id).where(ComparisonRow.conversation_id == conversation_id)
    if session.exec(others.limit(1)).first() is None:
        session.connection().execute(
            sa.delete(ConversationRow).where(col(ConversationRow.conversation_id) == conversation_id)
        )


def is_continued(session: Session, found: Found) -> bool:
    """Whether a later comparison points into the same conversation."""
    later = select(ComparisonRow.comparison_id).where(
        ComparisonRow.conversation_id == found.row.conversation_id, col(ComparisonRow.seq) > found.row.seq
    )
    return session.exec(later.limit(1)).first() is not None


def revision(session: Session, comparison_id: str) -> int:
    """How often the comparison's verdict was given, changed or undone; 0 where never."""
    return session.connection().execute(_REVISION, {"comparison_id": comparison_id}).scalar_one() or 0


def import_of(session: Session, conversation_id: str) -> str | None:
    """The import that brought the conversation in, if one did."""
    rows = select(ConversationRow.import_id).where(ConversationRow.conversation_id == conversation_id)
    return session.exec(rows).first()


def _rows(account_id: Id) -> Any:
    return (
        sa.select(ComparisonRow, First, Second, VerdictRow)
        .select_from(ComparisonRow)
        .join(First, col(First.completion_id) == col(ComparisonRow.first_id))
        .join(Second, col(Second.completion_id) == col(ComparisonRow.second_id))
        .outerjoin(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
        .where(col(ComparisonRow.account_id) == account_id)
    )


_COMPARISON: sa.BindParameter[str] = sa.bindparam("comparison_id")
_ONE = _rows(ACCOUNT).where(col(ComparisonRow.comparison_id) == _COMPARISON)
_NEXT = (
    _rows(ACCOUNT)
    .where(
        col(ComparisonRow.decided).is_(False),
        *CAN_BE_CHOSEN,
        col(ComparisonRow.seq) > sa.bindparam("after_seq"),
        samples.is_here(ACCOUNT),
    )
    .order_by(col(ComparisonRow.seq))
    .limit(1)
)
_OLDEST = _NEXT.with_only_columns(col(ComparisonRow.comparison_id), col(ComparisonRow.is_sample))
_REVISION = sa.select(sa.func.max(col(VerdictRevision.revision))).where(
    col(VerdictRevision.comparison_id) == _COMPARISON
)
_OF_DIGESTS = (
    sa.select(col(ComparisonRow.pair_sha256), col(ComparisonRow.comparison_id))
    .select_from(ComparisonRow)
    .where(
        col(ComparisonRow.account_id) == ACCOUNT,
        col(ComparisonRow.pair_sha256).in_(sa.bindparam("digests", expanding=True)),
    )
)
_STYLE = sa.case(
    (col(VerdictRow.value) == "first", col(First.style)),
    (col(VerdictRow.value) == "second", col(Second.style)),
    (col(VerdictRow.value).is_not(None), ""),
)
_STYLES = (
    _OF_DIGESTS.add_columns(_STYLE)
    .join(First, col(First.completion_id) == col(ComparisonRow.first_id))
    .join(Second, col(Second.completion_id) == col(ComparisonRow.second_id))
    .outerjoin(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
)
