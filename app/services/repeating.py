"""Requests that may come twice: the second with the same Idempotency-Key gets the reply of the first, and costs nothing.

The reply is kept in the transaction that does the work, so either both are there or neither, and whoever asks at the same
moment waits for the account's lock and then finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain.errors import KeyReused
from app.domain.moments import is_within
from app.storage.database import Session
from app.storage.people import accounts, request_keys
from app.storage.tables import RequestKey, now

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class KeptReply:
    """A reply as it was sent: its status, where what was made is, and its JSON."""

    status: int
    location: str
    document: Any


def earlier_reply(session: Session, account_id: str, key: str, request_sha256: str) -> KeptReply | None:
    """The reply this request got with this key in the last 24 hours, or None: then do it, and keep the reply.

    Locks the account until the transaction ends. Raises KeyReused where the key came with another request.
    """
    accounts.lock(session, account_id)
    found = request_keys.find(session, account_id, key, now() - KEPT_FOR)
    if found is None:
        return None
    if found.request_sha256 != request_sha256:
        if not is_within(found.created_at, now(), KEPT_FOR):
            return None  # A clock that was ahead wrote it: kept for the same request, it holds no other one up.
        raise KeyReused(
            "This Idempotency-Key was used for another request. Nothing was done; send a new key with a new request."
        )
    return KeptReply(found.status, found.location, found.reply)


def keep_reply(session: Session, account_id: str, key: str, request_sha256: str, reply: KeptReply) -> None:
    """Keeps the reply for 24 hours; to be called in the transaction of `earlier_reply`."""
    row = RequestKey(
        account_id=account_id,
        key=key,
        request_sha256=request_sha256,
        status=reply.status,
        location=reply.location,
        reply=reply.document,
    )
    request_keys.keep(session, row, now() - KEPT_FOR)
