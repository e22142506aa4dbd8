"""Intervals and tests over many people, whose judgements are not independent: one person's choices go together, and so
do the choices of one conversation. Standard library only; how people are drawn anew stands in resampling.py.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from app.domain.personas.persona import Accuracy
from app.induction.proof.resampling import (
    MOST_EXACT,
    Observation,
    Sums,
    clusters,
    people_in,
    ratio_interval,
    share_as_extreme,
    sums,
)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over all judgements, each counted once, with its 95 % interval; `low` and `high` are nan where n is 0."""

    value: float
    low: float
    high: float
    n: int
    people: int


def share(observations: Sequence[Observation], seed: int) -> Mean:
    """The share of hits and its interval: the cluster bootstrap's, and never narrower than Wilson's.

    Wilson's takes all choices as independent, which is the least uncertainty there can be; it also speaks where every
    judgement is a hit, and a bootstrap has nothing to draw from.
    """
    if not observations:
        return Mean(math.nan, math.nan, math.nan, 0, 0)
    hits, n = sum(one.value for one in observations), len(observations)
    low, high = ratio_interval(sums(observations, _hits_and_number), seed)
    floor, ceiling = Accuracy(round(hits), n).interval()
    return Mean(hits / n, min(low, floor), max(high, ceiling), n, people_in(observations))


def mean_difference(observations: Sequence[Observation], seed: int) -> Mean:
    """The mean of paired differences (1, 0 or -1 each), by the cluster bootstrap and never narrower than over choices.

    The interval over choices is the Wald interval of matched proportions with half a choice added to each of the four
    cells: Agresti and Min, Statistics in Medicine 24 (2005).
    """
    if not observations:
        return Mean(math.nan, math.nan, math.nan, 0, 0)
    n = len(observations)
    better, worse = (sum(one.value * sign > 0 for one in observations) for sign in (1, -1))
    low, high = ratio_interval(sums(observations, _hits_and_number), seed)
    more = n + 2
    middle = (better - worse) / more
    half = 1.96 * math.sqrt(((better + worse + 1) / more - middle**2) / more)
    value = fmean(one.value for one in observations)
    return Mean(
        value, max(-1.0, min(low, middle - half)), min(1.0, max(high, middle + half)), n, people_in(observations)
    )


def sign_flip_p_value(observations: Sequence[Observation], seed: int) -> float:
    """How often paired differences as far from 0 arise where neither arm is better: two-sided.

    The signs of whole people are flipped (of conversations where there are fewer than five people), all ways where
    they are at most 5,000, else 5,000 drawn ones.
    """
    groups = clusters(observations)
    totals = [total for total in (sum(one.value for one in group) for group in groups) if total]
    observed = abs(sum(totals))
    if 2 ** len(totals) <= MOST_EXACT:
        ways: Iterable[Sequence[int]] = itertools.product((1, -1), repeat=len(totals))
        return share_as_extreme((abs(sum(map(_times, totals, way))) for way in ways), observed)
    rng = random.Random(seed)
    drawn = (abs(sum(map(_times, totals, rng.choices((1, -1), k=len(totals))))) for _ in range(MOST_EXACT))
    return share_as_extreme(drawn, observed, observed_too=True)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """P-values corrected for how many there are: Holm, Scandinavian Journal of Statistics 6 (1979)."""
    corrected, most = {}, 0.0
    for place, name in enumerate(sorted(p_values, key=lambda one: p_values[one])):
        most = max(most, min(1.0, (len(p_values) - place) * p_values[name]))
        corrected[name] = most
    return corrected


def matching_p_value(blocks: Sequence[Sequence[Sequence[float]]], seed: int) -> float:
    """How often a random matching inside the blocks agrees at least as well as the real one: one-sided.

    `blocks[b][i][j]` says how well persona j fits what person i stated; the real matching is i = j. All matchings where
    they are at most 5,000, else 5,000 drawn ones. A permutation test in the manner of Mantel, Cancer Research 27 (1967),
    with blocks as in Good, Permutation, Parametric and Bootstrap Tests (2005).
    """
    observed = sum(_fit(block, range(len(block))) for block in blocks)
    if math.prod(math.factorial(len(block)) for block in blocks) <= MOST_EXACT:
        each = [[_fit(block, way) for way in itertools.permutations(range(len(block)))] for block in blocks]
        return share_as_extreme((sum(fits) for fits in itertools.product(*each)), observed)
    rng = random.Random(seed)
    drawn = (sum(_fit(block, rng.sample(range(len(block)), len(block))) for block in blocks) for _ in range(MOST_EXACT))
    return share_as_extreme(drawn, observed, observed_too=True)


def _fit(block: Sequence[Sequence[float]], way: Sequence[int]) -> float:
    return sum(row[place] for row, place in zip(block, way, strict=True))


def _times(one: float, sign: int) -> float:
    return one * sign


def _hits_and_number(group: Sequence[Observation]) -> Sums:
    return sum(one.value for one in group), len(group)
