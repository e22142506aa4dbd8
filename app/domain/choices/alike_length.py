"""Whether two answers are about as long: on those a guess by length alone cannot be right by itself."""

from __future__ import annotations

from app.domain.choices.preference import PreferencePair

APART = 0.2
"""Part of the longer answer from which on two lengths differ."""


def alike_in_length(pair: PreferencePair) -> bool:
    """Whether the answers' lengths, in characters without the white space around them, differ by less than a fifth of the
    longer one."""
    one, other = len(pair.chosen.text.strip()), len(pair.rejected.text.strip())
    return abs(one - other) < APART * max(one, other)
