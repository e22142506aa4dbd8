"""Whether one sentence says the contrary of another: a summary must not say what the traits deny."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.personas.style_claims import claims
from app.induction.wording.statements import content_words

_DENIES = re.compile(
    r"\b(?:dislikes?|disliking|avoids?|avoiding|not|no|without|never|less|fewer|rarely|hardly)\b|n't\b", re.IGNORECASE
)
_LEANS = re.compile(
    r"\b(?:prefer|like|liking|want|value|enjoy|appreciat|need|favou?r|love|seek|welcom|look for)\w*\b", re.IGNORECASE
)
_BREAK = re.compile(r"[,;:.]|\b(?:and|but|while|yet)\b", re.IGNORECASE)


def contradicts(sentence: str, trait: str) -> bool:
    """Whether a sentence claims the contrary of a trait, or of itself, in what can be counted; or whether one of the two
    denies what the other does not, in words that they share. Denial is known of English alone."""
    mine, theirs = claims(sentence), claims(trait) or {}
    if mine is None:
        return True
    shared = mine.keys() & theirs.keys()
    if any(mine[name] != theirs[name] for name in shared):
        return True
    denied_there = {word: denied for words, denied in _leanings(trait) for word in words}
    return not shared and any(
        denied_there.get(word, denied) != denied for words, denied in _leanings(sentence) for word in words
    )


def _leanings(text: str) -> Iterator[tuple[frozenset[str], bool]]:
    """The content words of each part of a sentence, and whether it denies them; a part without a verb goes on as before."""
    denied = False
    for part in _BREAK.split(text):
        if _DENIES.search(part):
            denied = True
        elif _LEANS.search(part):
            denied = False
        yield content_words(_LEANS.sub(" ", part)), denied
