"""The trail of acts that somebody may have to answer for; it holds codes, never a text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.storage.tables import AuditEntry

Act = Literal["role", "suspension", "lift", "erasure", "union", "export"]


def note(session: Session, act: Act, *, about: str = "", by: str, detail: str = "") -> None:
    """Keeps one act, in the transaction that does it. `by` is a code, "itself", "command" or "clock"."""
    session.add(AuditEntry(act=act, about=about, by=by, detail=detail))
    session.flush()


def newest_first(session: Session, limit: int) -> Sequence[AuditEntry]:
    """The last acts."""
    return session.exec(select(AuditEntry).order_by(col(AuditEntry.at).desc()).limit(limit)).all()


def forget_before(session: Session, moment: datetime) -> None:
    """Forgets what is older."""
    session.connection().execute(sa.delete(AuditEntry).where(col(AuditEntry.at) < moment))
