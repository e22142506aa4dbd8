"""Answers that are not as their model meant them: what is wrong with them, which losers teach nothing of manner, what is cut."""

from app.domain.flaws.cut import CUT, stops_short
from app.domain.flaws.flaws import FLAWS, Flaw, flaws
from app.domain.flaws.teaching import first_unshared, flaw_beside, flaw_of_loser, left_out_words, that_teach

__all__ = [
    "CUT",
    "FLAWS",
    "Flaw",
    "first_unshared",
    "flaw_beside",
    "flaw_of_loser",
    "flaws",
    "left_out_words",
    "stops_short",
    "that_teach",
]
