"""The report on a persona: how often each way of guessing is right on unseen choices, and what may be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.personas.persona import wilson
from app.domain.prompt_targets.report import NAMES


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of n of the unseen choices (a coin's expectation may be a half)."""

    hits: float
    n: int

    def as_json(self) -> dict[str, Any]:
        return {"hits": self.hits, "n": self.n}


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One way of guessing: hits of n unseen choices (a coin's expectation may be a half), and of what the model failed on.

    flips, flips_of   verdicts that changed with the order of the answers, of those asked in both; None without an order
    alike             those of answers that are about as long (choices/alike_length)
    told_apart        those that a trait tells apart: one that holds for the request speaks for either answer; None where no trait
                      was asked
    """

    name: str
    hits: float
    n: int
    failed: int = 0
    flips: int | None = None
    flips_of: int | None = None
    alike: Share | None = None
    told_apart: Share | None = None

    @property
    def count(self) -> str:
        """`9 of 15`."""
        return f"{self.hits:g} of {self.n}"

    def as_json(self) -> dict[str, Any]:
        low, high = wilson(self.hits, self.n)
        return {
            "name": self.name,
            "label": NAMES.get(self.name, self.name),
            "hits": self.hits,
            "n": self.n,
            "failed": self.failed,
            "low": round(low, 4),
            "high": round(high, 4),
            "flips": self.flips,
            "flips_of": self.flips_of,
            "alike": self.alike and self.alike.as_json(),
            "told_apart": self.told_apart and self.told_apart.as_json(),
        }


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Hits of n unseen choices after learning from so many."""

    choices: int
    hits: int
    n: int

    def as_json(self) -> dict[str, Any]:
        low, high = wilson(self.hits, self.n)
        return {
            "choices": self.choices,
            "hits": self.hits,
            "n": self.n,
            "low": round(low, 4),
            "high": round(high, 4),
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many more choices would settle whether the prompt helps; None where no number in reach would."""

    more: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Taste:
    """Whether a taste was found; `chance` is the share of people without any who would look at least as consistent.

    foreseen   on how many choices it was tested that had no part in it; 0 where on the choices that were learnt from
    times      how many times likelier than a coin's the choices are, where counting told; None where votes did
    """

    found: bool
    chance: float
    foreseen: int = 0
    times: float | None = None

    def as_json(self) -> dict[str, Any]:
        """`times` is left out where there is none."""
        told = {"found": self.found, "chance": round(self.chance, 4), "foreseen": self.foreseen}
        return told if self.times is None else {**told, "times": float(f"{self.times:.3g}")}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was tested; what it means in words is in prompt_targets/report.py.

    words   sentences on this person that follow from no figure above
    folds   0 where nothing was held back, 1 for one part, else how many
    form    how the judge was asked: pointwise, both_orders, reasoned or stacked; "counting" where no model was asked
    """

    arms: tuple[ArmResult, ...]
    curve: tuple[CurvePoint, ...]
    forecast: Forecast
    taste: Taste | None
    explained_by: str
    words: tuple[str, ...]
    folds: int
    form: str

    @property
    def by_name(self) -> Mapping[str, ArmResult]:
        return {arm.name: arm for arm in self.arms}

    def as_json(self) -> dict[str, Any]:
        return {
            "arms": [arm.as_json() for arm in self.arms],
            "curve": [point.as_json() for point in self.curve],
            "forecast": {"more": self.forecast.more, "words": self.forecast.words},
            "taste": self.taste and self.taste.as_json(),
            "explained_by": self.explained_by,
            "words": list(self.words),
            "folds": self.folds,
            "form": self.form,
        }
