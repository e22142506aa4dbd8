"""How the stand-in model judges: a generic taste, bent by whatever taste is stated in words in the prompt.

It reads prompts as a model would: answers stand between tags, and "prefers shorter answers" anywhere before the last
message, or in its guide, is a statement about the person.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

GENERIC = {"long": 0.8, "lists": 0.2}
"""What it likes where nothing is stated: as models do, more."""
STATED = 3.0
NOISE = 0.3


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing an answer can have more or less of, and how more and less are worded."""

    name: str
    amount: Callable[[str], float]
    more: str
    less: str
    more_words: str
    less_words: str


def _per(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    return lambda text: math.log1p(len(compiled.findall(text)))


AXES = (
    Axis(
        "long",
        lambda text: math.log1p(len(text.split())),
        "answers that are longer and go into detail",
        "answers that are shorter and come to the point",
        r"longer|detailed|in detail|thorough|more text|in depth|comprehensive",
        r"shorter|short|brief|concise|to the point|less text|direct",
    ),
    Axis(
        "lists",
        _per(r"^\s*(?:[-*•]|\d{1,2}[.)])\s"),
        "answers laid out as lists",
        "answers in flowing prose",
        r"\blists?\b|bullet|numbered|structured",
        r"flowing|prose|without lists",
    ),
    Axis(
        "warm",
        _per(r"!|\b(?:glad|happy to|great|wonderful|i understand|sorry|thank you|good luck|feel free)\b"),
        "answers in a warm and encouraging voice",
        "answers in a plain and matter-of-fact voice",
        r"\bwarm|encourag|friendly|kind\b",
        r"matter-of-fact|neutral|without flattery",
    ),
    Axis(
        "examples",
        _per(r"\b(?:for example|for instance|such as|e\.g\.)"),
        "answers with worked examples",
        "answers without examples",
        r"with (?:worked |more |concrete )?examples|illustrat",
        r"without examples",
    ),
    Axis(
        "hedges",
        _per(r"\b(?:may|might|perhaps|possibly|probably|however|generally)\b"),
        "answers that voice doubt where there is some",
        "answers that commit themselves",
        r"voice doubt|careful|caveat|nuance",
        r"commit|confident|decisive",
    ),
)

_STATEMENT = re.compile(r"\b(prefers?|likes?|wants?|enjoys?|dislikes?|avoids?)\b([^.;\n]*)", re.IGNORECASE)


def stated_taste(text: str) -> dict[str, float]:
    """Weight per axis from statements such as "dislikes long answers"; an axis nobody speaks of is absent."""
    weights: dict[str, float] = {}
    for verb, rest in _STATEMENT.findall(text):
        if rest.strip().startswith("in the manner"):
            continue
        sign = -1.0 if verb.lower().startswith(("dislike", "avoid")) else 1.0
        for axis in AXES:
            said = bool(re.search(axis.more_words, rest, re.IGNORECASE)) - bool(
                re.search(axis.less_words, rest, re.IGNORECASE)
            )
            if said:
                weights[axis.name] = weights.get(axis.name, 0.0) + sign * said
    return {name: math.copysign(STATED, weight) for name, weight in weights.items() if weight}


def liking(answer: str, weights: Mapping[str, float]) -> float:
    """How much a person of this taste likes an answer, with a little noise that the same texts always get."""
    taste = {**GENERIC, **weights}
    sum_ = sum(taste.get(axis.name, 0.0) * (axis.amount(answer) - _typical(axis.name)) for axis in AXES)
    drawn = hashlib.sha256(f"{sorted(taste.items())}{answer}".encode("utf-8", "replace")).digest()
    return sum_ + NOISE * (drawn[0] / 127.5 - 1)


def differences(chosen: str, other: str) -> list[tuple[Axis, bool]]:
    """The axes on which two answers differ, the largest difference first, each with whether the chosen has more."""
    found = [(axis, axis.amount(chosen) - axis.amount(other)) for axis in AXES]
    found = [(axis, gap) for axis, gap in found if abs(gap) > 0.1]
    return [(axis, gap > 0) for axis, gap in sorted(found, key=lambda each: -abs(each[1]))]


def worded(axis: Axis, *, has_more: bool) -> str:
    """The axis as a phrase about answers."""
    return axis.more if has_more else axis.less


def _typical(name: str) -> float:
    """Of an ordinary answer: about a hundred words, and none of the rest."""
    return math.log1p(100) if name == "long" else 0.3
