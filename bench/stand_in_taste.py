"""What the stand-in model can see in an answer: five axes of manner, each with the words for more and for less of it.

The same axes make the simulated people (people.py); neither a person's taste nor a label is known here.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

GENERIC = {"long": 0.8, "lists": 0.2}
"""What it likes where nothing is stated: as models do, more."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing an answer can have more or less of.

    more, less              phrases that complete "prefers ...", the first one is the usual one
    more_words, less_words  patterns of the words by which others say so
    """

    name: str
    amount: Callable[[str], float]
    more: tuple[str, ...]
    less: tuple[str, ...]
    more_words: str
    less_words: str


def _per(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    return lambda text: math.log1p(len(compiled.findall(text)))


AXES = (
    Axis(
        "long",
        lambda text: math.log1p(len(text.split())),
        ("answers that are longer and go into detail", "thorough answers in some depth", "long, detailed answers"),
        ("answers that are shorter and come to the point", "short, concise answers", "brief answers without detail"),
        r"longer|long|lengthy|detail|details|detailed|thorough|more text|depth|comprehensive|elaborate|extensive",
        r"shorter|short|brief|concise|succinct|terse|compact|to the point|less text|direct",
    ),
    Axis(
        "lists",
        _per(r"^\s*(?:[-*•]|\d{1,2}[.)])\s"),
        ("answers laid out as lists", "bullet points", "answers structured as numbered lists"),
        ("answers in flowing prose", "running paragraphs rather than lists", "prose without bullet points"),
        r"lists?|bullets?|bullet points?|bulleted|numbered|list items|structured",
        r"prose|flowing|running text|running paragraphs|paragraphs",
    ),
    Axis(
        "warm",
        _per(r"!|\b(?:glad|happy to|great|wonderful|i understand|sorry|thank you|good luck|feel free)\b"),
        ("answers in a warm and encouraging voice", "a friendly, warm tone", "encouraging words"),
        ("answers in a plain and matter-of-fact voice", "a neutral, sober tone", "a tone without encouraging words"),
        r"warm|warmth|warmly|warmer|encourag\w+|friendl\w+|enthusias\w+|exclamation|flattery|empath\w+|kind words",
        r"matter-of-fact|neutral|sober|dry|business-?like|detached",
    ),
    Axis(
        "examples",
        _per(r"\b(?:for example|for instance|such as|e\.g\.)"),
        ("answers with worked examples", "concrete examples", "points illustrated by examples"),
        ("answers without examples", "the general rule without examples", "no examples"),
        r"examples?|illustrat\w+",
        r"general rules?|general principles?",
    ),
    Axis(
        "hedges",
        _per(r"\b(?:may|might|perhaps|possibly|probably|however|generally)\b"),
        ("answers that voice doubt where there is some", "careful answers with caveats", "nuanced, cautious answers"),
        ("answers that commit themselves", "confident, decisive answers", "definite answers without caveats"),
        r"voice doubt|doubts?|careful|caveats?|nuanced?|hedg\w+|cautious|mark what is not certain",
        r"commit|commits|confident|decisive|definite|say it plainly",
    ),
)
BY_NAME = {axis.name: axis for axis in AXES}


@lru_cache(maxsize=4096)
def amounts(answer: str) -> Mapping[str, float]:
    """How much of each axis an answer has."""
    return {axis.name: axis.amount(answer) for axis in AXES}


def gaps(one: str, other: str) -> dict[str, float]:
    """How much more of each axis the one answer has than the other (negative: less)."""
    has, others = amounts(one), amounts(other)
    return {name: has[name] - others[name] for name in BY_NAME}


def liking(answer: str, taste: Mapping[str, float]) -> float:
    """How much an answer is liked under a taste (weights by axis), 0 for an ordinary answer."""
    has = amounts(answer)
    return sum(weight * (has[name] - _typical(name)) for name, weight in taste.items())


def worded(name: str, side: float, variant: int = 0) -> str:
    """More (side above 0) or less of an axis as a phrase about answers, in one of its wordings."""
    phrases = BY_NAME[name].more if side > 0 else BY_NAME[name].less
    return phrases[variant % len(phrases)]


def uniform(*parts: object) -> float:
    """A number from 0 to below 1 that the same parts always give."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big") / float(1 << 56)


def gauss(*parts: object) -> float:
    """A standard normal number that the same parts always give."""
    size = math.sqrt(-2 * math.log(1 - uniform("size", *parts)))
    return size * math.cos(2 * math.pi * uniform("angle", *parts))


def _typical(name: str) -> float:
    """Of an ordinary answer: about a hundred words, and little of the rest."""
    return math.log1p(100) if name == "long" else 0.3
