"""What of the traits is anybody's and what this person's: the order in which they stand, and what a trait must be seen on.

Common taste is known twice: by what most people choose, where that is counted, and by what the judge guessed who knew nothing of the
person. A trait whose side that judge took wherever it bears on a choice tells a reader nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.choices.decisions import Decision
from app.domain.measures import request_of
from app.domain.personas.persona import Trait
from app.induction.traits.cited import LEAST_SHARE

FEWEST_REQUESTS = 2
"""Different ones on which a trait must have been chosen: of two answers to one request, often asked, nothing of others is known."""
_FEWEST_GUESSED = 3
_HALF = 0.5


def is_seen_widely(votes: Sequence[float], decisions: Sequence[Decision], concerned: int) -> bool:
    """Whether a leaning is seen on a fifth of the decisions that it concerns, and was chosen on two different requests."""
    seen = [(vote, decision) for vote, decision in zip(votes, decisions, strict=True) if vote]
    chosen = {" ".join(request_of(decision.head).lower().split()) for vote, decision in seen if vote > 0}
    return len(seen) >= LEAST_SHARE * concerned and len(chosen) >= FEWEST_REQUESTS


def is_anybodys(sides: Mapping[str, int], guessed: Mapping[str, bool]) -> bool:
    """Whether the judge that knew nothing of the person took the trait's side on every choice that it bears on, three at least.

    `sides` has 1 or -1 for a choice (by id) that the trait is for or against; `guessed` whether a choice was guessed rightly.
    """
    judged = [(side > 0) is guessed[one] for one, side in sides.items() if side and one in guessed]
    return len(judged) >= _FEWEST_GUESSED and all(judged)


def rank(trait: Trait, guessed: Mapping[str, bool]) -> int:
    """0 where a trait goes against common taste, 2 where it is common taste, 1 where neither is known."""
    if trait.sets_apart or (trait.most_people is not None and trait.most_people < _HALF):
        return 0
    if trait.is_common or (trait.most_people or 0.0) > _HALF:
        return 2
    seen = [guessed[one] for one in trait.supporting if one in guessed]
    return 0 if seen and 2 * sum(seen) < len(seen) else 1
