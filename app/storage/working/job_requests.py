"""The outbox of background work, whose turn it is, and who holds each piece of it.

A request is written in the transaction that makes it necessary; a dispatcher hands it to the job engine. Each execution
of a job takes the request's `holder`; spending and finishing check it, so that a worker which was believed dead and
wakes up again can change nothing. At most two pieces a person are under way over all workers, answers that somebody waits
for first; long work is done a part at a time and put up again, so that two pieces never hold a person up for long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import JobRequest, LedgerEntry, ModelCall, new_id

MOST_STARTS = 5
"""Executions without a new reply in between, or in-flight deaths of one call, after which work is parked."""

AWAITED = "answers"
"""The kind that somebody sits and waits for; a run and the answers to an import go on by themselves."""
MOST_UNDER_WAY = 2
"""Pieces of work that one person may have under way, over all workers."""
HANDING_OVER_LOCK = 727_302

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


def ask_for(session: Session, kind: str, subject_id: str, account_id: str) -> None:
    """Asks for a piece of the account's work once; asking again puts a finished piece up again with a clean count, of its starts and
    of the tries that a dying worker left in flight. Those stay spent. Not for work that is still under way: whoever
    carries it out would be taken for dead."""
    row = _row(session, kind, subject_id)
    if row is None:
        session.add(JobRequest(kind=kind, subject_id=subject_id, account_id=account_id))
        return
    _put_up_again(session, row)
    session.connection().execute(
        sa.update(LedgerEntry)
        .where(col(LedgerEntry.scope_id) == subject_id, col(LedgerEntry.state) == "reserved")
        .values(state="failed", reason=LEFT_IN_FLIGHT)
    )


def lock(session: Session, kind: str, subject_id: str) -> None:
    """Keeps whoever carries this work out from storing anything until this transaction ends."""
    _row(session, kind, subject_id, lock=True)


def lock_handing_over(session: Session) -> None:
    """Lets one worker hand over at a time until the transaction ends, or two that look at once would hand over more than a
    person may have; on SQLite a writing transaction is that already."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(HANDING_OVER_LOCK)))


def waiting(session: Session, limit: int = 20) -> list[Waiting]:
    """Requests whose turn it is to be handed over: no more of a person than they may have under way, answers that somebody
    waits for first, then the people with the least under way, then the oldest."""
    live = (
        sa.select(col(JobRequest.account_id), sa.func.count().label("pieces"))
        .where(col(JobRequest.handed_over).is_(True), col(JobRequest.ended).is_(False))
        .group_by(col(JobRequest.account_id))
        .subquery("live")
    )
    behind = sa.case((col(JobRequest.kind) == AWAITED, 0), else_=1).label("behind")
    age = col(JobRequest.created_at), col(JobRequest.request_id)
    number = sa.func.row_number().over(partition_by=col(JobRequest.account_id), order_by=(behind, *age))
    place = (number + sa.func.coalesce(live.c.pieces, 0)).label("place")
    columns: list[Any] = [JobRequest.kind, JobRequest.subject_id, JobRequest.asked, behind, place, *age]
    open_ones = (
        sa.select(*columns)
        .outerjoin(live, live.c.account_id == col(JobRequest.account_id))
        .where(col(JobRequest.handed_over).is_(False))
        .subquery("open")
    )
    mine = open_ones.c
    rows = session.connection().execute(
        sa.select(mine.kind, mine.subject_id, mine.asked)
        .where(mine.place <= MOST_UNDER_WAY)
        .order_by(mine.behind, mine.place, mine.created_at, mine.request_id)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


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


def take(session: Session, kind: str, subject_id: str, workflow_id: str = "") -> Hold | None:
    """Makes this execution the holder and counts the start; None where the work is gone (its account was deleted), or was
    put up again and belongs to a later workflow than `workflow_id`."""
    row = _row(session, kind, subject_id, lock=True)
    if row is None or workflow_id not in ("", Waiting(kind, subject_id, row.asked).workflow_id):
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


def finish(session: Session, hold: Hold) -> None:
    """Notes that the work has ended, if it is still this execution's: the person's next piece may begin."""
    _end(session, hold.kind, hold.subject_id, col(JobRequest.holder) == hold.holder)


def put_up_again(session: Session, hold: Hold) -> None:
    """Puts the rest of the work up for another turn; this execution holds it no more. Raises TakenOver."""
    check_held(session, hold)
    row = _row(session, hold.kind, hold.subject_id)
    assert row is not None
    _put_up_again(session, row)


def ahead(session: Session, kind: str, subject_id: str) -> int | None:
    """How many pieces of the same kind, anybody's, were asked for earlier and are not begun either; None where this one is begun, or
    is not asked for."""
    mine = _row(session, kind, subject_id)
    if mine is None or mine.holder or mine.ended:
        return None
    earlier = sa.tuple_(col(JobRequest.created_at), col(JobRequest.request_id)) < (mine.created_at, mine.request_id)
    rows = select(sa.func.count()).select_from(JobRequest)
    waiting = JobRequest.kind == kind, JobRequest.holder == "", col(JobRequest.ended).is_(False)
    return session.exec(rows.where(*waiting, earlier)).one()


def is_begun(session: Session, kind: str, subject_id: str) -> bool:
    """Whether an execution holds the work, and keeps it from changing until this transaction ends."""
    row = _row(session, kind, subject_id, lock=True)
    return row is not None and bool(row.holder) and not row.ended


def withdraw(session: Session, kind: str, subject_id: str) -> None:
    """Ends work; whoever was at it loses the hold."""
    _end(session, kind, subject_id)


def _end(session: Session, kind: str, subject_id: str, *where: sa.ColumnElement[bool]) -> None:
    session.connection().execute(
        sa.update(JobRequest)
        .where(col(JobRequest.kind) == kind, col(JobRequest.subject_id) == subject_id, *where)
        .values(holder="", handed_over=True, ended=True)
    )


def _put_up_again(session: Session, row: JobRequest) -> None:
    row.handed_over, row.ended, row.asked, row.holder, row.starts = False, False, row.asked + 1, "", 0
    session.add(row)
    session.flush()


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
