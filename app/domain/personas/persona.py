"""What was induced: traits with their evidence, demonstrations, the persona, and how often it is right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BadInput
from app.domain.personas.counted import CountedTrait

Certainty = Literal["tentative", "likely", "clear"]

FEWEST_FOR_A_SKETCH = 5
FEWEST_FOR_A_CLAIM = 10
COUNTING = "counting"
"""The form of a report for which no model was asked: then counting is what was tested."""
LONGEST_SUMMARY_WORDS = 120
CLEAR, LIKELY = 0.975, 0.8
"""Probability that the person leans the way of a trait: the end of the 95 % interval that is drawn, and four to one."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One sentence about answers, with the choices for and against it (ids of preference pairs).

    weight  what it adds to the log-odds of a choice that it speaks for; 0 where the recipe weighs nothing
    spread  how unsure the weight is (posterior standard deviation)
    when    the scope: the kinds of request that it holds for (domain/texts/scopes), "" for every request
    counted  what it says as a predicate, where counting found it; None where a model proposed it
    most_people  share (0 to 1) of most people's choices that go its way, None where that was not counted; and `sets_apart`
                 whether its choices show that this person is not like them
    is_common  whether a judge who knew nothing of the person chose its way wherever it bears on a choice: any reader would
    """

    text: str
    supporting: tuple[str, ...]
    opposing: tuple[str, ...] = ()
    weight: float = 0.0
    spread: float = 0.0
    when: str = ""
    counted: CountedTrait | None = None
    most_people: float | None = None
    sets_apart: bool = False
    is_common: bool = False

    def __post_init__(self) -> None:
        if not self.supporting:
            raise BadInput("A trait needs at least one choice that supports it.")

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the person leans this way: clear from 39 in 40 on, the end of the
        interval that is drawn, likely from 4 in 5 on. Where nothing was weighed, by the choices: clear from 5 for it and at most a fifth against on,
        likely from 3 and at most a third."""
        if self.counted is not None or self.spread > 0:
            sure = self.counted.sure if self.counted else NormalDist().cdf(self.weight / self.spread)
            return "clear" if sure >= CLEAR else "likely" if sure >= LIKELY else "tentative"
        seen = len(self.supporting) + len(self.opposing)
        against = len(self.opposing) / seen
        if len(self.supporting) >= 5 and against <= 0.2:
            return "clear"
        if len(self.supporting) >= 3 and against <= 1 / 3:
            return "likely"
        return "tentative"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A pair placed in a prompt as a worked example, with its verified reasoning if it has one."""

    pair: PreferencePair
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Persona:
    """The summary (at most 120 words) under a title (at most six, "" where nobody wrote one), 1 to 9 traits, those first that go against common taste, and the chosen demonstrations. Counting may find no
    taste; then there is no trait, and the summary says so."""

    summary: str
    traits: tuple[Trait, ...]
    demonstrations: tuple[Demonstration, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Hits of n pairs that selected nothing; `failed` counts pairs on which the model gave no usable judgement."""

    hits: int
    n: int
    failed: int = 0

    @property
    def share(self) -> float:
        return self.hits / self.n if self.n else 0.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """The Wilson score interval (95 % by default), as shares between 0 and 1; (0, 1) where n is 0."""
        return wilson(self.hits, self.n, z)

    def in_words(self) -> str:
        """As shown to people: `right on 14 of 20 unseen choices (70 %, likely between 48 % and 85 %)`."""
        if not self.n:
            return "not tested yet: no unseen choices"
        low, high = self.interval()
        noun = "choice" if self.n == 1 else "choices"
        return (
            f"right on {self.hits} of {self.n} unseen {noun} "
            f"({self.share:.0%}, likely between {low:.0%} and {high:.0%})".replace("%", " %")
        )


def wilson(hits: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval (95 % by default) of hits of n, as shares between 0 and 1; (0, 1) where n is 0."""
    if not n:
        return (0.0, 1.0)
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return (max(0.0, middle - half), min(1.0, middle + half))


def chance_of_gap(one: Accuracy, other: Accuracy) -> float:
    """How often two judges who are equally good differ as much as these: Fisher's exact test, two-sided.

    It takes their choices as drawn apart. Where both judged the same ones it is on the careful side; a paired test, which
    needs every single judgement, is the report's.
    """
    hits, n = one.hits + other.hits, one.n + other.n
    ways = [
        math.comb(one.n, mine) * math.comb(other.n, hits - mine)
        for mine in range(max(0, hits - other.n), min(one.n, hits) + 1)
    ]
    seen = math.comb(one.n, one.hits) * math.comb(other.n, other.hits)
    return sum(way for way in ways if way <= seen) / math.comb(n, hits)
