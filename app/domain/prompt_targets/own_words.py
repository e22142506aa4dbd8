"""What the person's own words rule, so that no line of the prompt speaks against them.

Whether a line agrees with what somebody typed is seldom sure: words may be turned round, put as a picture, or in another
language. So own words rule their subjects: of what they speak of, a line stands only where they plainly ask for the same.
`Nicht zu lang` leaves out every line on length, `keep it short` leaves the one that says how many words; of words in a
language that is not read here nothing can be told, and they stand alone. Two languages are told apart by sentences, not within one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.personas.style_claims import COUNTED_AS, claims
from app.domain.prompt_targets.subjects import SUBJECTS_OF, is_understood, plain, subjects_of

_CLAUSE = re.compile(r"[.;,!?\n]|\b(?:and|und|et|y|e|en)\b")
_NOT_PLAIN = re.compile(
    r"\b(?:but|far|anything|opposite|contrary|no|not|none|never|nothing|nor|neither|without|avoid\w*|less|fewer|least|dislike\w*|hate\w*|rather|instead|than|over|unless|"
    r"except\w*|only|sometimes|if|when|while|though|although|until|too|need|stop\w*|skip\w*|cut|drop|enough|sick|tired|\w+n't|cannot|"
    r"nicht|nie|kein\w*|ohne|statt|wenn|zu|weniger|ne|pas|sans|jamais|moins|trop|si|sin|nunca|menos|senza|non|mai|meno|sem|nao|"
    r"niet|geen|nooit|zonder|te|minder|als)\b"
)
_GENERIC_WORDS = (
    "answe respo reply repli prefe likes like want wants value enjoy disli avoid would shoul could please pleas alway never about "
    "their there these those which where while every always give gives with that this have more less when than rathe inste such"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LONG_ENOUGH = 4
_STEM = 5
_BULLET = re.compile(r"^(?:[-*•–—+]|\d{1,2}[.)])\s+")
_MOST_LINES = 5


class OwnWords:
    """The words as typed, line by line, and what may be said beside them."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.lines = _lines(text)
        self._subjects = subjects_of(self.text)
        self._is_understood = not self.text or is_understood(text)
        self._stems = _stems(self.text)
        self._is_denied = bool(_NOT_PLAIN.search(plain(self.text)))
        self._wishes = _wishes(self.text)

    def allow_measure(self, measure: str, claimed: Mapping[str, int]) -> bool:
        """Whether a line on a measure may stand; `claimed` is what it says in the terms of domain/personas/style_claims."""
        if not self._is_understood:
            return False
        return not self._subjects & SUBJECTS_OF[measure] or self._agree(claimed)

    def allow_statement(self, statement: str) -> bool:
        """The same of a line that is made from a trait's sentence."""
        claimed = claims(statement)
        if claimed is None:
            return False
        if not self.text:
            return True
        if not self._is_understood:
            return False
        if self._subjects & subjects_of(statement):
            return self._agree(claimed)
        shared = self._stems & _stems(statement)
        return not shared or not (self._is_denied or _NOT_PLAIN.search(plain(statement)))

    def _agree(self, claimed: Mapping[str, int]) -> bool:
        ruled = {
            name: sign for name, sign in claimed.items() if self._subjects & SUBJECTS_OF[COUNTED_AS.get(name, name)]
        }
        return bool(ruled) and all(self._wishes.get(name) == {sign} for name, sign in ruled.items())


def _lines(text: str) -> tuple[str, ...]:
    """The lines that were typed, without bullets; many lines are one, for the others' sake."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    found = tuple(_BULLET.sub("", line) for line in lines)
    return found if len(found) <= _MOST_LINES else (" ".join(lines),)


def _wishes(text: str) -> dict[str, set[int]]:
    """What the words ask for, clause by clause: measure -> the sides; 0 for a clause that is not plain."""
    wanted: dict[str, set[int]] = {}
    for clause in _CLAUSE.split(text):
        is_plain = not _NOT_PLAIN.search(plain(clause))
        for name, sign in (claims(clause) or {}).items():
            wanted.setdefault(name, set()).add(sign if is_plain else 0)
    return wanted


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", plain(text))
    return frozenset(word[:_STEM] for word in words if len(word) >= _LONG_ENOUGH) - _GENERIC
