"""The outbox of background work, and who holds each piece of it.

A request is written in the transaction that makes it necessary; a dispatcher hands it to the job engine. Each execution
of a job takes the request's `holder`; spending and finishing check it, so that a worker which was believed dead and
wakes up again can change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import JobRequest, LedgerEntry, ModelCall, new_id

MOST_STARTS = 5
"""Executions without a new reply in between, or in-flight deaths of one call, after which work is parked."""

LEFT_IN_FLIGHT = "The worker stopped while it waited for the answer."


class TakenOver(Exception):
    """Another worker adopted the job of this execution; nothing was written."""


@dataclass(frozen=True)
class Waiting:
    """A request that no worker has handed to the job engine yet."""

    kind: str
    subject_id: str
    asked: int = 1

    @property
    def workflow_id(self) -> str:
        """One id a request, so that two workers that hand it over at once start one workflow."""
        return f"{self.kind}-{self.subject_id}" + (f"-{self.asked}" if self.asked > 1 else "")


@dataclass(frozen=True)
class Hold:
    """One execution's right to spend and finish. `starts` counts executions since the last new reply."""

    kind: str
    subject_id: str
    holder: str
    starts: int

    @property
    def is_hopeless(self) -> bool:
        """True once as many executions as permitted have died without a single new reply."""
        return self.starts > MOST_STARTS


def ask_for(session: Session, kind: str, subject_id: str) -> None:
    """Asks for a piece of work once; asking again puts a finished piece up again with a clean count, of its starts and
    of the tries that a dying worker left in flight. Those stay spent. Not for work that is still under way: whoever
    carries it out would be taken for dead."""
    row = _row(session, kind, subject_id)
    if row is None:
        session.add(JobRequest(kind=kind, subject_id=subject_id))
        return
    row.handed_over, row.asked, row.holder, row.starts = False, row.asked + 1, "", 0
    session.add(row)
    session.connection().execute(
        sa.update(LedgerEntry)
        .where(col(LedgerEntry.scope_id) == subject_id, col(LedgerEntry.state) == "reserved")
        .values(state="failed", reason=LEFT_IN_FLIGHT)
    )


def lock(session: Session, kind: str, subject_id: str) -> None:
    """Keeps whoever carries this work out from storing anything until this transaction ends."""
    _row(session, kind, subject_id, lock=True)


def waiting(session: Session, limit: int = 20) -> list[Waiting]:
    """Requests not handed over yet, oldest first."""
    rows = session.exec(
        select(JobRequest)
        .where(col(JobRequest.handed_over).is_(False))
        .order_by(col(JobRequest.created_at))
        .limit(limit)
    )
    return [Waiting(row.kind, row.subject_id, row.asked) for row in rows]


def mark_handed_over(session: Session, request: Waiting) -> None:
    """Notes that the job engine has the request; it is looked at no more."""
    session.connection().execute(
        sa.update(JobRequest)
        .where(
            col(JobRequest.kind) == request.kind,
            col(JobRequest.subject_id) == request.subject_id,
            col(JobRequest.asked) == request.asked,
        )
        .values(handed_over=True)
    )


def take(session: Session, kind: str, subject_id: str) -> Hold | None:
    """Makes this execution the holder and counts the start; None where the work is gone (its account was deleted)."""
    row = _row(session, kind, subject_id, lock=True)
    if row is None:
        return None
    replies = session.exec(
        select(sa.func.count()).select_from(ModelCall).where(col(ModelCall.scope_id) == subject_id)
    ).one()
    row.starts = 1 if replies > row.replies_seen else row.starts + 1
    row.replies_seen = replies
    row.holder = new_id()
    session.add(row)
    return Hold(kind, subject_id, row.holder, row.starts)


def check_held(session: Session, hold: Hold) -> None:
    """Locks the request for the rest of the transaction. Raises TakenOver where somebody else holds it by now."""
    row = _row(session, hold.kind, hold.subject_id, lock=True)
    if row is None or row.holder != hold.holder:
        raise TakenOver(f"{hold.kind} {hold.subject_id} is held by another worker")


def forgive_starts(session: Session, holders: list[str]) -> None:
    """Takes back the counted starts of executions that were stopped in good order, not by a crash."""
    session.connection().execute(
        sa.update(JobRequest)
        .where(col(JobRequest.holder).in_(holders), col(JobRequest.starts) > 0)
        .values(starts=JobRequest.starts - 1)
    )


def _row(session: Session, kind: str, subject_id: str, *, lock: bool = False) -> JobRequest | None:
    query = select(JobRequest).where(col(JobRequest.kind) == kind, col(JobRequest.subject_id) == subject_id)
    if lock:
        query = query.with_for_update()
    return session.exec(query).first()
