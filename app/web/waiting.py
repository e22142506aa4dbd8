"""Which pair is judged next, the same for pages and programs."""

from __future__ import annotations

from app.services.choosing import comparing, starters
from app.services.choosing.comparing import ComparisonView
from app.storage.database import Session


def next_pair(session: Session, account_id: str) -> ComparisonView | None:
    """The oldest pair that waits; where that is a ready-made one, the one of them that tells most."""
    oldest = comparing.next_comparison(session, account_id)
    if oldest is None or not oldest.is_sample:
        return oldest
    tells_most = starters.tells_most(session, account_id, oldest.comparison_id)
    return oldest if tells_most == oldest.comparison_id else comparing.comparison(session, account_id, tells_most)
