"""How much of what one person may store is used."""

from __future__ import annotations

from dataclasses import dataclass

from app.storage import stored
from app.storage.database import Session


@dataclass(frozen=True, slots=True)
class StorageView:
    """What an account keeps of texts that came from outside or with the product (ready-made pairs, samples), and the most that it may; 0: no limit."""

    stored_bytes: int
    most_bytes: int
    conversations: int
    most_conversations: int


def storage(session: Session, account_id: str) -> StorageView:
    """What the account uses."""
    size, conversations = stored.used(session, account_id)
    most = stored.limits_of(session)
    return StorageView(size, most.most_bytes, conversations, most.most_conversations)
