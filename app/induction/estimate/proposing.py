"""What proposing costs: a call for each closed group of choices, which notes every choice and then names traits."""

from __future__ import annotations

from app.induction.estimate.costs import MANNERS_TOKENS, PAIR_TOKENS, PROPOSING_TOKENS, WRITTEN, Cost
from app.induction.model.language_model import ModelProfile
from app.induction.traits.proposals import LARGE_SLOT, closed, group_ends


def proposing(n: int, profile: ModelProfile) -> Cost:
    """Of so many choices, of which only those in closed groups are read."""
    groups, together = len(group_ends(n, profile)), min(n, closed(n))
    frame = PROPOSING_TOKENS + (MANNERS_TOKENS if profile.slot_tokens >= LARGE_SLOT else 0)
    return Cost(
        groups, groups * frame + together * PAIR_TOKENS, groups * WRITTEN["propose"] + together * WRITTEN["note"]
    )
