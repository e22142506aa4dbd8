"""The way back to an account that no name and no password belongs to: sixteen words that are shown once.

Only their SHA-256 is kept: a secret of 128 random bits cannot be found from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFound
from app.domain.people.access import token_digest
from app.domain.people.secret_words import as_typed, new_words
from app.storage.choosing import verdicts
from app.storage.database import Session
from app.storage.people import accounts, identities, recovery

OPENS_NOTHING = "These words open nothing here. They may be of another site, or newer ones were made since, or they were switched off."


@dataclass(frozen=True)
class WayBack:
    """That an account can be opened again by words: when they were made, and when they last opened it."""

    made_at: datetime
    used_at: datetime | None


def way_back(session: Session, account_id: str) -> WayBack | None:
    """Whether there is a way back; None without one."""
    kept = recovery.find(session, account_id)
    return WayBack(kept.made_at, kept.used_at) if kept else None


def make_words(session: Session, account_id: str) -> str:
    """New words, shown this once; those made before open nothing any more. Raises NotFound without the account."""
    accounts.lock(session, account_id)
    words = new_words()
    recovery.replace(session, account_id, token_digest(words))
    return words


def are_its_words(session: Session, account_id: str, typed: str) -> bool:
    """Whether these words open this account. Raises BadInput for what are no words of ours."""
    kept = recovery.find(session, account_id)
    return kept is not None and kept.secret_sha256 == token_digest(as_typed(typed))


def forget_words(session: Session, account_id: str) -> None:
    """From now on no words open the account."""
    recovery.drop(session, account_id)


def opened_by(session: Session, typed: str) -> str:
    """The id of the account that the words open; notes that they were used. Raises BadInput for what are no words of ours,
    NotFound where they open nothing."""
    account_id = recovery.use(session, token_digest(as_typed(typed)))
    if account_id is None:
        raise NotFound(OPENS_NOTHING)
    return account_id


def is_lost_by_leaving(session: Session, account_id: str) -> bool:
    """Whether something was chosen in the account, and neither words nor a provider lead back to it."""
    has_way = recovery.find(session, account_id) is not None or identities.of_account(session, account_id)
    return not has_way and verdicts.are_any(session, account_id)
