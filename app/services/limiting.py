"""Counting what is limited for all processes together; of an address only a keyed digest is kept."""

from __future__ import annotations

from app.domain.people.windows import Use
from app.storage.database import Session
from app.storage.spending import rate_counts
from app.storage.spending.address_keys import digest_of
from app.storage.tables import is_id, now


def use(session: Session, kind: str, who: str, most: int, seconds: int) -> Use:
    """Counts one use by an account's id or an address. It counts where the session's transaction is committed."""
    subject = f"account:{who}" if is_id(who) else f"address:{digest_of(session, who)}"
    return rate_counts.use(session, f"{subject}:{kind}", most, seconds, now())
