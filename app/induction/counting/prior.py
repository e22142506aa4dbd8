"""What other people's choices say beforehand of a new person's: the prior of counting, as it is kept in a file.

The one that comes with the program (`prior.json` here) was learnt from votes of 40 people; NOTICE names them. Another is
learnt by `python -m app learn-prior`. The file, shortened:

`{"schema": "synthesize-me/prior/1", "attribution": "...", "people": 40, "choices": 1158, "sources": ["mtbench", "tulu"],
"measures": [{"name": "length", "unit": 0.7, "mean": 1.1049, "variance": 0.0155, "more": 50.0, "less": 18.0}, ...]}`
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from app.domain.errors import BadInput
from app.domain.measures import LENGTH, MEASURES, NAMES
from app.induction.counting.betas import Beta
from app.induction.counting.posterior import Normal

SCHEMA = "synthesize-me/prior/1"
LIKE_MOST, OWN, CONTRARY = "like_most", "own", "contrary"
PARTS = (LIKE_MOST, OWN, CONTRARY)
SHARES = (0.90, 0.05, 0.05)
"""How likely it is beforehand that a person is like most, of a taste of their own, and the contrary of most in length: a
judgement. Of the people it was learnt from every one is like most; a share of 0 would follow nobody who is not."""
FURTHER = (0.0, 0.15)
"""What people differ by, on top of what is not known of their mean: variances of the weight of length and of every other. The likeliest
for people of sources that the prior did not see, whichever source is left out (`bench.counting`; docs/experiments.md)."""
_OWN, _CONTRARY = (1.0, 0.25), (0.5, 0.08)
"""The same variances of somebody of whom nothing is known, and of somebody who wants it short: judgements."""


@dataclass(frozen=True, slots=True)
class CountedPrior:
    """Weights of most people with what is unsure of them, and for each measure how many choices went to more of it.

    most   the weights; shares   Beta counts, in the order of `MEASURES`
    """

    most: Normal
    shares: tuple[Beta, ...]
    people: int
    choices: int
    sources: tuple[str, ...]
    attribution: str

    @property
    def parts(self) -> tuple[Normal, Normal, Normal]:
        """What a person's weights are beforehand, in the order of `PARTS`."""
        size = len(self.most.mean)
        turned = tuple(-mean if name == LENGTH else 0.0 for name, mean in zip(NAMES, self.most.mean, strict=True))
        return self.like_most(), Normal((0.0,) * size, _by_column(_OWN)), Normal(turned, _by_column(_CONTRARY))

    def like_most(self, further: tuple[float, float] = FURTHER) -> Normal:
        """The weights of somebody like most, if people differ by these variances of length and of every other measure."""
        variance = (known + apart for known, apart in zip(self.most.variance, _by_column(further), strict=True))
        return Normal(self.most.mean, tuple(variance))

    def shares_of(self, name: str) -> Beta:
        """How people's shares are spread of choices, differing in a measure, whose chosen answer has more of it."""
        return self.shares[NAMES.index(name)]

    def share_of(self, name: str) -> float:
        """In what share of most people's choices that differ in a measure the chosen answer has more of it."""
        more, less = self.shares_of(name)
        return more / (more + less)

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "attribution": self.attribution,
            "people": self.people,
            "choices": self.choices,
            "sources": list(self.sources),
            "measures": [
                {
                    "name": measure.name,
                    "unit": measure.unit,
                    "mean": round(mean, 4),
                    "variance": round(variance, 4),
                    "more": round(more, 4),
                    "less": round(less, 4),
                }
                for measure, mean, variance, (more, less) in zip(
                    MEASURES, self.most.mean, self.most.variance, self.shares, strict=True
                )
            ],
        }


@lru_cache(maxsize=1)
def shipped_prior() -> CountedPrior:
    """The prior that comes with the program."""
    file = resources.files("app.induction.counting").joinpath("prior.json")
    return read_prior(file.read_bytes(), "the prior that comes with the program")


def read_prior(data: bytes, name: str) -> CountedPrior:
    """The prior in a file called `name`. Raises BadInput, naming the file and the fault, for anything that is none: other
    measures or units than this version counts by, no number where one belongs, a variance or count that is not above 0."""
    try:
        stored = json.loads(data)
    except ValueError as error:
        raise BadInput(
            f"{name}: this is no JSON. Learn a prior with: python -m app learn-prior FILES --out FILE"
        ) from error
    if not isinstance(stored, dict) or stored.get("schema") != SCHEMA:
        raise BadInput(f"{name}: this is no prior of this program; its schema should be {SCHEMA}.")
    rows = stored.get("measures")
    if not isinstance(rows, list) or [_name(row) for row in rows] != list(NAMES):
        raise BadInput(f"{name}: it should have these measures in this order: {', '.join(NAMES)}. Learn it anew.")
    for measure, row in zip(MEASURES, rows, strict=True):
        if _number(row, "unit", name) != measure.unit:
            raise BadInput(
                f"{name}: {measure.name} is counted in units of {row['unit']:g} there and {measure.unit:g} here."
            )
    return CountedPrior(
        Normal(
            tuple(_number(row, "mean", name) for row in rows), tuple(_above_zero(row, "variance", name) for row in rows)
        ),
        tuple((_above_zero(row, "more", name), _above_zero(row, "less", name)) for row in rows),
        people=int(_number(stored, "people", name)),
        choices=int(_number(stored, "choices", name)),
        sources=tuple(map(str, stored.get("sources", ()))),
        attribution=str(stored.get("attribution", "")),
    )


def _by_column(variances: tuple[float, float]) -> tuple[float, ...]:
    length, other = variances
    return tuple(length if name == LENGTH else other for name in NAMES)


def _name(row: object) -> object:
    return row.get("name") if isinstance(row, dict) else None


def _number(row: Mapping[str, Any], key: str, name: str) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        where = f" of {row['name']}" if "name" in row else ""
        raise BadInput(f"{name}: {key}{where} should be a number.")
    return float(value)


def _above_zero(row: Mapping[str, Any], key: str, name: str) -> float:
    value = _number(row, key, name)
    if value <= 0:
        raise BadInput(f"{name}: {key} of {row['name']} should be above 0.")
    return value
