"""Tokens for programs: made with a name and scopes, listed, revoked. Only the digest of a token is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import BadInput, NotFound, TooManyTokens
from app.domain.people.access import chosen_scopes, scopes_from, stored_scopes, token_digest
from app.domain.texts.storable_text import storable
from app.storage.database import Session
from app.storage.people import accounts as rows
from app.storage.tables import SignIn, now

LONGEST_NAME = 60
MOST_DAYS = 365
MOST_TOKENS = 50
"""Living ones of one account; more than anybody tells apart."""
UNUSED_FOR = timedelta(days=60)


@dataclass(frozen=True)
class TokenView:
    """One token as it is listed. `last_used_at` is right to an hour, and None before the first use; a token dies at
    `expires_at`, or after 60 days without use."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True)
class MadeToken:
    """A new token with its secret, which is shown this once."""

    token: str
    about: TokenView


def make(session: Session, account_id: str, *, name: str, scopes: Sequence[str], days: int) -> MadeToken:
    """Makes a token. Raises BadInput for a name, scope or lifetime that cannot be, TooManyTokens where 50 live."""
    kept = " ".join(storable(name).split())
    if len(kept) > LONGEST_NAME:
        raise BadInput(f"The token's name has {len(kept)} characters; at most {LONGEST_NAME} are taken.")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A token lives for 1 to {MOST_DAYS} days.")
    allowed = chosen_scopes(scopes)
    rows.lock(session, account_id)
    rows.drop_dead_tokens(session, account_id, now() - UNUSED_FOR)
    if len(rows.tokens(session, account_id, now() - UNUSED_FOR)) >= MOST_TOKENS:
        raise TooManyTokens(f"There are {MOST_TOKENS} tokens already. Revoke some that are not needed any more.")
    token, moment = secrets.token_urlsafe(32), now()
    made = SignIn(
        account_id=account_id,
        token_sha256=token_digest(token),
        kind="api",
        name=kept,
        scopes=stored_scopes(allowed),
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    rows.add_sign_in(session, made)
    return MadeToken(token, _view(made))


def list_tokens(session: Session, account_id: str) -> list[TokenView]:
    """The living tokens of the account, newest first."""
    return [_view(row) for row in rows.tokens(session, account_id, now() - UNUSED_FOR)]


def revoke(session: Session, account_id: str, token_id: str) -> None:
    """Makes one token worthless. Raises NotFound; somebody else's reads the same."""
    if not rows.drop_token(session, account_id, token_id):
        raise NotFound("There is no such token, or it is not yours.")


def revoke_all(session: Session, account_id: str) -> None:
    """Makes every token of the account worthless; browsers stay signed in."""
    rows.drop_tokens(session, account_id)


def _view(row: SignIn) -> TokenView:
    used = None if row.last_seen_at == row.created_at else row.last_seen_at
    return TokenView(row.sign_in_id, row.name, scopes_from(row.scopes), row.created_at, used, row.expires_at)
