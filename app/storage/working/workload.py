"""How much work waits and is under way over the whole site, and which calls failed. No text of anybody is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import CompletionRow, ImportBatch, InductionRun, JobRequest, LedgerEntry

MOST_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Amount:
    """So many rows, the oldest of them made at `since` (None without any)."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Failed:
    """How often calls of one model failed for one reason, and when last."""

    model: str
    reason: str
    count: int
    last: datetime


def runs(session: Session, state: str) -> Amount:
    """Induction runs in this state."""
    return _amount(session, InductionRun, col(InductionRun.state) == state)


def answers(session: Session) -> Amount:
    """Answers that a model still has to write."""
    return _amount(session, CompletionRow, col(CompletionRow.state) == "pending")


def imports(session: Session) -> Amount:
    """Imports whose answers are being written."""
    return _amount(session, ImportBatch, col(ImportBatch.state) == "working")


def not_taken(session: Session) -> Amount:
    """Requested work that no worker has looked at yet; some for long means that none is running."""
    return _amount(session, JobRequest, col(JobRequest.handed_over).is_(False))


def failures(session: Session, since: datetime) -> list[Failed]:
    """By model and reason, the most frequent first, 20 at most."""
    count, last = sa.func.count(), sa.func.max(LedgerEntry.at, type_=sa.inspect(LedgerEntry).local_table.c["at"].type)
    rows = (
        select(LedgerEntry.model, LedgerEntry.reason, count, last)
        .where(col(LedgerEntry.state) == "failed", col(LedgerEntry.at) >= since)
        .group_by(col(LedgerEntry.model), col(LedgerEntry.reason))
        .order_by(count.desc(), col(LedgerEntry.model), col(LedgerEntry.reason))
    )
    return [Failed(*row) for row in session.exec(rows.limit(MOST_FAILURES))]


def _amount(
    session: Session,
    table: type[InductionRun | CompletionRow | ImportBatch | JobRequest],
    where: sa.ColumnElement[bool],
) -> Amount:
    oldest = sa.func.min(table.created_at, type_=sa.inspect(table).local_table.c["created_at"].type)
    return Amount(*session.exec(select(sa.func.count(), oldest).select_from(table).where(where)).one())
