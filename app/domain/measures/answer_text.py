"""One answer to one request, read once for all measures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.measures.patterns import FENCED, SENTENCE_END, SMALL_WORDS, WORD

_STEM = 6
_DAMPED = 30
"""Words added to a text's own where something is counted per hundred: a single word is no rate of 100."""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """`raw` without space around it, `prose` without code fences, and the words and sentences of the prose."""

    raw: str
    prose: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]
    asked: frozenset[str]
    """Stems of the request's words of matter."""

    @property
    def first(self) -> str:
        """The first sentence, "" where there is none."""
        return self.sentences[0] if self.sentences else ""

    def count(self, sign: re.Pattern[str]) -> float:
        """How often a sign stands in the prose, as a logarithm: the first few tell most."""
        return math.log1p(len(sign.findall(self.prose)))

    def rate(self, sign: re.Pattern[str]) -> float:
        """How often it stands there per hundred words."""
        return 100 * len(sign.findall(self.prose)) / (len(self.words) + _DAMPED)


def answer_text(answer: str, request: str) -> AnswerText:
    """The answer as the measures read it: in a code fence a comment is no heading and a minus no list."""
    raw = answer.strip()
    prose = FENCED.sub("", raw)
    sentences = (part.strip() for part in SENTENCE_END.split(prose))
    return AnswerText(
        raw, prose, words_of(prose), tuple(one for one in sentences if len(one) > 1), matter(words_of(request))
    )


def words_of(text: str) -> tuple[str, ...]:
    """Its words in small letters; in scripts without spaces a run of characters is one."""
    return tuple(WORD.findall(text.lower()))


def matter(words: Iterable[str]) -> frozenset[str]:
    """The first six letters of words of more than two that are no small words."""
    return frozenset(word[:_STEM] for word in words if len(word) > 2 and word not in SMALL_WORDS)
