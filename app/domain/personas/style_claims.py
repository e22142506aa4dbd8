"""What a sentence claims about measurable manner ("prefers shorter answers"), so that it can be held against the choices.

A weak model cites choices at random; where a trait speaks of something that can be counted, the count is the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain import measures
from app.domain.choices.preference import PreferencePair
from app.domain.manners import manner_of
from app.domain.personas.style import MEASURES, lead

_MORE_AND_LESS: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {
        name: (re.compile(rf"\b(?:{more})", re.IGNORECASE), re.compile(rf"\b(?:{less})", re.IGNORECASE))
        for name, more, less in (
            ("length", r"long(?:er)?\b|lengthy|detailed|thorough|in-depth|comprehensive|extensive|elaborate|more text\b",
             r"short(?:er)?\b|concise|brief|succinct|compact|to the point|less text\b"),
            ("lists", r"bullet|list(?:s|ed)?\b|list items|numbered", r"prose|running text|paragraphs"),
            ("headings", r"heading|section title", r"(?!)"),
            ("code", r"code\b|code block", r"(?!)"),
            ("hedging", r"hedg|caveat|cautious", r"certain\b|decisive|definite"),
            ("warmth", r"warm|friendly|enthusias|encourag|(?<!words or )exclamation", r"matter-of-fact|neutral|sober"),
            ("questions", r"questions? back|ask(?:s|ing)? (?:a |back|questions)|follow-up question", r"(?!)"),
            ("examples", r"example", r"(?!)"),
        )
    }
)  # fmt: skip
_TURNED = re.compile(r"\b(?:dislikes?|avoids?|not|no|without|less|fewer|rather than|instead of|over)\b", re.IGNORECASE)
_BY_NAME = {measure.name: measure for measure in MEASURES}
_BARE_WORDS = 7
"""Words up to which a sentence that claims one thing that can be counted says nothing else."""


def claims(text: str) -> dict[str, int] | None:
    """Measure -> 1 (more of it) or -1 (less of it); None where the sentence contradicts itself.

    A word of denial turns round what follows it within three words ("dislikes long answers").
    """
    found: dict[str, int] = {}
    for name, patterns in _MORE_AND_LESS.items():
        for sign, pattern in zip((1, -1), patterns, strict=True):
            for word in pattern.finditer(text):
                before = " ".join(text[: word.start()].rsplit(None, 3)[-3:])
                side = -sign if _TURNED.search(before) else sign
                if found.setdefault(name, side) != side:
                    return None
    return found


COUNTED_AS: Mapping[str, str] = MappingProxyType({"questions": "question_back"})
"""Claims that the twenty measures name otherwise."""


def claimed_measure(text: str) -> tuple[str, int] | None:
    """The one of the twenty measures (domain/measures) that the sentence speaks of, and 1 or -1 for more or less of it; None
    where it speaks of none, of several, or contradicts itself. A manner of the list (domain/manners) says it of itself."""
    found = manner_of(text)
    if found:
        manner, side = found
        return (manner.measure, side if manner.more else -side) if manner.measure else None
    claimed = claims(text) or {}
    if len(claimed) != 1:
        return None
    name, sign = next(iter(claimed.items()))
    name = COUNTED_AS.get(name, name)
    return (name, sign) if name in measures.BY_NAME else None


def bare_claim(text: str) -> tuple[str, int] | None:
    """The same where the sentence is so short that it says nothing else."""
    return claimed_measure(text) if len(text.split()) <= _BARE_WORDS else None


def bears_out(text: str, pair: PreferencePair) -> bool | None:
    """Whether a choice agrees with all that the sentence claims (True), goes against some of it (False), or neither (None):
    where it agrees with one claim and says nothing of another, it does not bear out the sentence.

    A sentence that contradicts itself agrees with no choice.
    """
    claimed = claims(text)
    if claimed is None:
        return False
    sides = [sign * lead(_BY_NAME[name], pair.chosen.text, pair.rejected.text) for name, sign in claimed.items()]
    if not sides or min(sides) == 0:
        return None
    return min(sides) > 0
