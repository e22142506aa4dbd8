"""How long the answers are that a person chose: the upper quarter, by kind of request.

"Nearer to the median" guesses choices worse than "more is better up to the upper quarter of what was chosen", so the upper
quarter is what a prompt aims for.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.decisions import heads_of
from app.domain.choices.preference import PreferencePair
from app.domain.texts.request_kinds import KINDS, kind_of

FEWEST_OF_A_KIND = 4
_UNSPACED_CHARACTERS = 2
"""Characters that stand for a word where words are not parted by spaces."""


def chosen_lengths(pairs: Sequence[PreferencePair]) -> dict[str, int]:
    """Words, by kind of request (`KINDS`) where four decisions or more have it, and under "" of all; {} of no choices.
    An answer that was chosen over several counts once."""
    by_kind: dict[str, list[int]] = {}
    for pair in heads_of(pairs):
        by_kind.setdefault(kind_of(pair.context), []).append(words_in(pair.chosen.text))
    whole = [words for each in by_kind.values() for words in each]
    if not whole:
        return {}
    kinds = {kind: by_kind[kind] for kind in KINDS if len(by_kind.get(kind, ())) >= FEWEST_OF_A_KIND}
    return {"": upper_quarter(whole), **{kind: upper_quarter(words) for kind, words in kinds.items()}}


def words_in(text: str) -> int:
    """Words, or half the characters where a script has no spaces between them."""
    parts = text.split()
    letters = sum(map(len, parts))
    return letters // _UNSPACED_CHARACTERS if letters > 15 * max(1, len(parts)) else len(parts)


def upper_quarter(numbers: Sequence[int]) -> int:
    """The number that three quarters of them do not exceed."""
    ordered = sorted(numbers)
    return ordered[(3 * len(ordered) - 1) // 4]
