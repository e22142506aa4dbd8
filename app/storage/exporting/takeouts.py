"""What an account may take home: its own rows, in the order they came, and as plain data. Every query is of one account."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from app.storage.choosing import comparisons
from app.storage.choosing.comparisons import Found
from app.storage.tables import (
    Account,
    ComparisonRow,
    ContextPart,
    ConversationRow,
    ImportBatch,
    InductionRun,
    JudgementRow,
    OwnWords,
    PersonaRow,
    VerdictRevision,
)

Own = TypeVar("Own", ImportBatch, OwnWords, ConversationRow, InductionRun, PersonaRow)

READ_AT_ONCE = 200
PARTS_READ_AT_ONCE = 10


def own(session: Session, table: type[Own], account_id: str) -> Iterator[Own]:
    """The account's rows of a table, the oldest first, a few in memory at a time."""
    rows = select(table).where(col(table.account_id) == account_id).order_by(col(table.created_at))
    yield from session.exec(rows.execution_options(yield_per=READ_AT_ONCE))


def all_comparisons(session: Session, account_id: str) -> Iterator[tuple[Found, list[VerdictRevision]]]:
    """Every comparison with its answers, its verdict and every value that verdict ever had, in order."""
    rows_by_seq = select(ComparisonRow.comparison_id).where(ComparisonRow.account_id == account_id)
    ids = session.exec(rows_by_seq.order_by(col(ComparisonRow.seq))).all()
    for start in range(0, len(ids), READ_AT_ONCE):
        part = ids[start : start + READ_AT_ONCE]
        revisions: dict[str, list[VerdictRevision]] = {}
        rows = select(VerdictRevision).where(col(VerdictRevision.comparison_id).in_(part))
        for row in session.exec(rows.order_by(col(VerdictRevision.revision))):
            revisions.setdefault(row.comparison_id, []).append(row)
        for found in comparisons.find_many(session, account_id, part):
            yield found, revisions.get(found.row.comparison_id, [])
        session.expunge_all()  # what was written down need not stay in memory


def context_parts(session: Session, account_id: str) -> Iterator[ContextPart]:
    """The turns of long conversations, a part at a time."""
    rows = (
        select(ContextPart)
        .join(ConversationRow, col(ConversationRow.conversation_id) == col(ContextPart.conversation_id))
        .where(ConversationRow.account_id == account_id)
        .order_by(col(ContextPart.conversation_id), col(ContextPart.branch), col(ContextPart.position))
    )
    for row in session.exec(rows.execution_options(yield_per=PARTS_READ_AT_ONCE)):
        yield row
        session.expunge(row)


def judgements(session: Session, run_id: str) -> Sequence[JudgementRow]:
    """What the model guessed in a run, by pair and condition."""
    rows = select(JudgementRow).where(JudgementRow.run_id == run_id)
    return session.exec(rows.order_by(col(JudgementRow.pair_id), col(JudgementRow.condition))).all()


def plain(row: SQLModel, without: Collection[str] = ()) -> dict[str, Any]:
    """The columns as JSON has them, without the named ones; whose rows they are stands once, in the account itself."""
    hidden = set(without) if isinstance(row, Account) else {"account_id", *without}
    return row.model_dump(mode="json", exclude=hidden)
