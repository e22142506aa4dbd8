"""Which pair is judged next, the same for pages and programs."""

from __future__ import annotations

from app.services.choosing import comparing, starters
from app.services.choosing.comparing import ComparisonView
from app.storage.database import Session


def next_pair(session: Session, account_id: str) -> ComparisonView | None:
    """The oldest pair that waits; where that is a ready-made one, the one of them that tells most."""
    oldest = comparing.oldest_waiting(session, account_id)
    if oldest is None:
        return None
    comparison_id, is_sample = oldest
    wanted = starters.tells_most(session, account_id, comparison_id) if is_sample else comparison_id
    return comparing.comparison(session, account_id, wanted)
