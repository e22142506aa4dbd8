"""The browsers that are signed in to an account: listed, and signed out one by one. Tokens for programs: tokens.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFound
from app.domain.people.access import IDLE_FOR, token_digest
from app.storage.database import Session
from app.storage.people import accounts as rows
from app.storage.tables import now


@dataclass(frozen=True)
class SignInView:
    """One browser; `last_seen_at` is right to an hour, `is_this` marks the one that asks, `provider` is by which it was signed in
    (its name in the settings, "" for a guest's and by words)."""

    sign_in_id: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool
    provider: str


def list_browsers(session: Session, account_id: str, token: str) -> list[SignInView]:
    """The browsers that are signed in, newest first; `token` is that of the one that asks."""
    digest = token_digest(token)
    return [
        SignInView(row.sign_in_id, row.created_at, row.last_seen_at, row.token_sha256 == digest, row.provider)
        for row in rows.browsers(session, account_id, now() - IDLE_FOR)
    ]


def end(session: Session, account_id: str, sign_in_id: str) -> None:
    """Signs one browser out. Raises NotFound; somebody else's reads the same."""
    if not rows.drop_browser(session, account_id, sign_in_id):
        raise NotFound("There is no such sign-in, or it is not yours.")
