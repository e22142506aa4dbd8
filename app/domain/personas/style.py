"""How one answer differs from another in words that a model can read, by eight simple counts; for prompts alone.

What a person is told is counted by domain/measures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.choices.preference import PreferencePair

# Indentation is any white space but a line's end: with \s a text of blank lines would be read anew from each of them.
_LIST_LINE = re.compile(r"^[^\S\n]*(?:[-*•]|\d{1,3}[.)])\s+\S", re.MULTILINE)
_HEADING = re.compile(r"^[^\S\n]*(?:#{1,6}\s+\S|\*\*[^*\n]+\*\*:?[^\S\n]*$)", re.MULTILINE)
_FENCED = re.compile(r"^[^\S\n]*```.*?(?:^[^\S\n]*```|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"```|^(?: {4}|\t)\S", re.MULTILINE)
_HEDGE = re.compile(
    r"\b(?:may|might|perhaps|possibly|probably|it depends|however|generally|typically|can vary|in some cases|not sure)\b",
    re.IGNORECASE,
)
_WARM = re.compile(
    r"\b(?:glad|happy to|great question|wonderful|congratulations|you've got this|i understand|sorry to hear|"
    r"thank you|good luck|feel free)\b|!",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\b(?:for example|for instance|such as|e\.g\.)", re.IGNORECASE)
_QUESTION = re.compile(r"\?(?=\s|$)")


def _count(pattern: re.Pattern[str]) -> Callable[[str], float]:
    """Outside code fences: there a comment is no heading, a minus no list and != no exclamation."""
    return lambda text: float(len(pattern.findall(_FENCED.sub("", text))))


def _code(text: str) -> float:
    return float(len(_CODE.findall(text)))


def _length(text: str) -> float:
    """Characters, not words: it holds for scripts without spaces. A difference below a tenth is no difference."""
    return float(len(text.strip()))


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be counted in an answer; `label` completes "you chose the answer with ..."."""

    name: str
    label: str
    of: Callable[[str], float]


MEASURES: tuple[Measure, ...] = (
    Measure("length", "more text", _length),
    Measure("lists", "more list items", _count(_LIST_LINE)),
    Measure("headings", "more headings", _count(_HEADING)),
    Measure("code", "more code", _code),
    Measure("hedging", "more hedging words (may, perhaps, however)", _count(_HEDGE)),
    Measure("warmth", "more warm words or exclamation marks", _count(_WARM)),
    Measure("questions", "more questions back", _count(_QUESTION)),
    Measure("examples", "more examples", _count(_EXAMPLE)),
)


def lead(measure: Measure, chosen: str, other: str) -> int:
    """1 where the chosen text has more of it, -1 where the other has, 0 where they hardly differ."""
    a, b = measure.of(chosen), measure.of(other)
    if measure.name == "length" and abs(a - b) <= 0.1 * max(a, b):
        return 0
    return (a > b) - (a < b)


def differences(pair: PreferencePair) -> str:
    """How the chosen answer differs from the other by count, in words a model can read; "" where nothing differs."""
    words = [len(pair.chosen.text.split()), len(pair.rejected.text.split())]
    found = []
    for measure in MEASURES:
        side = lead(measure, pair.chosen.text, pair.rejected.text)
        if side and measure.name == "length":
            found.append(
                f"the chosen answer is {'longer' if side > 0 else 'shorter'} ({words[0]} against {words[1]} words)"
            )
        elif side:
            found.append(f"it has {told(measure, side)}")
    return "; ".join(found)


def leaning(pair: PreferencePair, most: int = 2) -> str:
    """What a choice alone says, as `answers that are shorter, with more examples`; "" where nothing differs."""
    sides = {measure: lead(measure, pair.chosen.text, pair.rejected.text) for measure in MEASURES}
    length = {1: "answers that are longer", -1: "answers that are shorter", 0: "answers"}[sides.pop(MEASURES[0])]
    others = [told(measure, side) for measure, side in sides.items() if side]
    kept = others[: most - (length != "answers")]
    if not kept:
        return "" if length == "answers" else length
    return f"{length}{', ' if length != 'answers' else ' '}with {' and '.join(kept)}"


def told(measure: Measure, side: int) -> str:
    """`more examples` or `fewer examples`, as a trait would say it."""
    words = measure.label.split(" (")[0]
    return words if side > 0 else words.replace("more", "less" if measure.name in ("length", "code") else "fewer", 1)
