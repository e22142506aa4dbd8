"""How much an account has brought in and typed, kept with the account and counted in the transaction that stores it.

A sum over the texts themselves would be as true, but reads 200 MB at every import; a counter that is changed with the rows, on a row that
the transaction holds until its end, can neither be passed by two at once nor forget what was committed. Of an account little but
the whole is ever deleted, so it only grows: a prompt that is thrown away stays counted. Answers that are written here are not counted: what they may cost is bounded by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.errors import StorageFull
from app.storage.tables import Account

LIMITS = "storage_limits"
COUNTED: Mapping[str, tuple[str, ...]] = {
    "conversation": ("turns",),
    "context_part": ("turns",),
    "comparison": ("context",),
    "completion": ("text", "lead_in"),
}
"""The columns whose bytes count, by table."""


@dataclass(frozen=True, slots=True)
class StorageLimits:
    """The most that one account may hold; 0: no limit."""

    most_bytes: int = 0
    most_conversations: int = 0


def note(session: Session, account_id: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Counts rows, by table, that are being stored. Raises StorageFull where the session's database has limits and they would be passed."""
    size = sum(_size(row[name]) for table, values in rows.items() for row in values for name in COUNTED.get(table, ()))
    conversations = len(rows.get("conversation", ()))
    if not size and not conversations:
        return
    mine = col(Account.account_id) == account_id
    more = {
        "stored_bytes": col(Account.stored_bytes) + size,
        "stored_conversations": col(Account.stored_conversations) + conversations,
    }
    session.connection().execute(sa.update(Account).where(mine).values(more))
    _refuse_beyond(session.info.get(LIMITS, StorageLimits()), *used(session, account_id))


def used(session: Session, account_id: str) -> tuple[int, int]:
    """Bytes and conversations of the account, as this transaction sees them."""
    rows = select(Account.stored_bytes, Account.stored_conversations).where(Account.account_id == account_id)
    return session.exec(rows).one()


def limits_of(session: Session) -> StorageLimits:
    """The limits of the session's database."""
    limits: StorageLimits = session.info.get(LIMITS, StorageLimits())
    return limits


def _refuse_beyond(most: StorageLimits, size: int, conversations: int) -> None:
    if most.most_bytes and size > most.most_bytes:
        what = f"{size / 1e6:,.1f} MB of texts; at most {most.most_bytes / 1e6:,.0f} MB"
    elif most.most_conversations and conversations > most.most_conversations:
        what = f"{conversations:,} conversations; at most {most.most_conversations:,}"
    else:
        return
    raise StorageFull(
        f"With this your account would hold {what} are kept for one person. Nothing was stored. Bring in less, or take your data on "
        "the page My data, delete all of it there, and begin anew."
    )


def _size(value: Any) -> int:
    """Bytes as the database keeps them: texts as UTF-8, anything else as JSON."""
    return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(json.dumps(value))
