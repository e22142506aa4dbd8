"""Which workers are alive, by the database's clock, so that machines need not agree on the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.moments import is_within
from app.storage.tables import ExecutorHeartbeat

ADOPTION_LOCK = 727_301
SILENT_SECONDS = 12.0
"""After which a worker is taken for dead, unless it is set otherwise."""
FORGOTTEN_AFTER = timedelta(days=1)


def beat(session: Session, executor_id: str) -> None:
    """Notes that this worker is alive now."""
    at = database_now(session)
    changed = session.connection().execute(
        sa.update(ExecutorHeartbeat).where(col(ExecutorHeartbeat.executor_id) == executor_id).values(seen_at=at)
    )
    if changed.rowcount == 0:
        session.add(ExecutorHeartbeat(executor_id=executor_id, seen_at=at))


def sign_off(session: Session, executor_id: str) -> None:
    """Removes this worker at once, so that nobody waits for its silence to be noticed."""
    session.connection().execute(sa.delete(ExecutorHeartbeat).where(col(ExecutorHeartbeat.executor_id) == executor_id))


def living(session: Session, stale_seconds: float) -> set[str]:
    """The workers heard of within `stale_seconds`; a heartbeat from the future is none (domain/moments.py)."""
    at = database_now(session)
    beats = session.exec(select(ExecutorHeartbeat.executor_id, ExecutorHeartbeat.seen_at))
    return {name for name, seen_at in beats if is_within(seen_at, at, timedelta(seconds=stale_seconds))}


def forget_long_gone(session: Session) -> None:
    """Drops the rows of workers that have been silent for a day."""
    limit = database_now(session) - FORGOTTEN_AFTER
    session.connection().execute(sa.delete(ExecutorHeartbeat).where(col(ExecutorHeartbeat.seen_at) < limit))


def lock_adoption(session: Session) -> None:
    """Lets one worker adopt at a time until the transaction ends; on SQLite a writing transaction is that already."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADOPTION_LOCK)))


def database_now(session: Session) -> datetime:
    """The database server's time; SQLite has no clock but this machine's."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        at: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return at.astimezone(UTC)
    return datetime.now(UTC)
