"""The twenty measures: what can be counted in one answer, in which unit, and how more and less of it are said.

A unit is a difference that one clearly sees. Lengths and counts are logarithms, so that a unit is a factor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.measures import patterns
from app.domain.measures.answer_text import AnswerText, matter, words_of

SCANT = 200
"""Characters below which an answer is scant."""
_FLOOR = 20
"""Characters added to every length: of two tiny answers one is not many times the other."""
_SHORT_SENTENCE = 15
_RUN = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be counted; `more` and `less` complete "prefers answers ...".

    `everywhere` where it holds in every language; else its signs are English words.
    """

    name: str
    unit: float
    of: Callable[[AnswerText], float]
    more: str
    less: str
    everywhere: bool = False

    def told(self, *, more: bool) -> str:
        return self.more if more else self.less


def _count(sign: re.Pattern[str]) -> Callable[[AnswerText], float]:
    return lambda text: text.count(sign)


def _rate(sign: re.Pattern[str]) -> Callable[[AnswerText], float]:
    return lambda text: text.rate(sign)


def _length(text: AnswerText) -> float:
    """Characters, not words: it holds for scripts without spaces."""
    return math.log(len(text.raw) + _FLOOR)


def _scant(text: AnswerText) -> float:
    return max(0.0, math.log(SCANT) - _length(text))


def _paragraphs(text: AnswerText) -> float:
    return math.log1p(len(patterns.BLANK_LINE.findall(text.raw)))


def _code(text: AnswerText) -> float:
    return float(bool(patterns.CODE.search(text.raw)))


def _question_back(text: AnswerText) -> float:
    return float(text.raw.endswith(patterns.QUESTION_MARKS))


def _answer_first(text: AnswerText) -> float:
    """Whether the first sentence is short and answers: it opens nothing and announces nothing."""
    words = len(text.first.split())
    is_opening = patterns.OPENER.match(text.raw) is not None or text.first.endswith(":")
    return float(0 < words <= _SHORT_SENTENCE and not is_opening)


def _on_topic(text: AnswerText) -> float:
    """Share of the request's words of matter that come up again."""
    return len(matter(text.words) & text.asked) / (len(text.asked) + 2)


def _repetition(text: AnswerText) -> float:
    """Share of runs of five words that stood there before."""
    words = words_of(text.raw)
    runs = list(zip(*(words[start:] for start in range(_RUN)), strict=False))
    return (len(runs) - len(set(runs))) / (len(runs) + _RUN)


MEASURES: tuple[Measure, ...] = (
    Measure("length", 0.7, _length, "that are longer", "that are shorter", everywhere=True),
    Measure("scant", 0.5, _scant, "of one bare line", "that say more than a bare line"),
    Measure("lists", 0.7, _count(patterns.LIST_LINE), "with more list items", "with fewer list items", everywhere=True),
    Measure("headings", 0.7, _count(patterns.HEADING), "with more headings", "with fewer headings", everywhere=True),
    Measure("bold", 0.7, _count(patterns.BOLD), "with more bold words", "with fewer bold words", everywhere=True),
    Measure("paragraphs", 0.5, _paragraphs, "in more paragraphs", "in fewer paragraphs", everywhere=True),
    Measure("code", 0.7, _code, "with code blocks", "without code blocks", everywhere=True),
    Measure("hedging", 1.0, _rate(patterns.HEDGE), "that hedge more", "that are put more firmly"),
    Measure("refusal", 0.5, _count(patterns.REFUSAL), "that state their limits more", "that decline less"),
    Measure("warmth", 0.8, _rate(patterns.WARM), "with more warm words", "with fewer warm words"),
    Measure("you", 2.0, _rate(patterns.YOU), "that speak to the reader more", "that speak to the reader less"),
    Measure("question_back", 0.7, _question_back, "that end with a question back", "that end without a question back"),
    Measure("offer", 0.5, _count(patterns.OFFER), "with more offers of help", "with fewer offers of help"),
    Measure("examples", 0.5, _count(patterns.EXAMPLE), "with more examples", "with fewer examples"),
    Measure("numbers", 0.7, _count(patterns.NUMBER), "with more figures", "with fewer figures", everywhere=True),
    Measure("reasons", 0.6, _count(patterns.REASON), "with more reasons", "with fewer reasons"),
    Measure("summary", 0.5, _count(patterns.SUMMARY), "with a closing summary", "without a closing summary"),
    Measure("answer_first", 0.7, _answer_first, "that begin with a short answer", "that take longer to begin"),
    Measure("on_topic", 0.12, _on_topic, "that take up more of the request's words", "in more words of their own"),
    Measure(
        "repetition", 0.1, _repetition, "that repeat themselves more", "that repeat themselves less", everywhere=True
    ),
)
BY_NAME: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in MEASURES})
NAMES = tuple(BY_NAME)
LENGTH = "length"
"""The one measure on which a person may be the contrary of most people."""
WITH_LENGTH = frozenset({LENGTH, "scant", "paragraphs", "numbers"})
"""Measures that go with length wherever they were looked at."""
