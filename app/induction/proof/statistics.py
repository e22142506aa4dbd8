"""Intervals and tests over many people, whose judgements are not independent: one person's choices go together, and so
do the choices of one conversation. Standard library only; everything drawn is drawn from a seed.

Sources. Whole people are resampled, as in Davison and Hinkley, Bootstrap Methods and their Application (1997), section
3.8: resampling inside people as well would count the chance between choices twice. Percentiles are taken further out
for few people, as in Hesterberg, What Teachers Should Know about the Bootstrap, The American Statistician 69 (2015).
P-values count the observed arrangement as one of the draws: Phipson and Smyth, Statistical Applications in
Genetics and Molecular Biology 9 (2010).
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

from app.domain.persona import Accuracy

DRAWS = 2_000
FEWEST_PEOPLE = 5
"""With fewer people than this their conversations are drawn anew inside them too: so few do not show how people differ.
Simulated, 6 choices each, right on 60 % with a spread of 0 to 20 points between people: `share` held the truth in 94 to
97 % of trials with 2 to 4 people and in 94 to 98 % with 5 to 40. Whole people alone hold it in 75 % with 3; drawing inside
people throughout makes intervals a quarter wider than they need be."""
_MOST_EXACT = 5_000
_TOLERANCE = 1e-9

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Observation:
    """One judgement of one choice: `value` is 1 or 0 for a hit or a miss, or a difference of two such."""

    person: str
    conversation: str
    pair: str
    value: float
    size: float = 0.0
    """Number of choices that were learnt from, where a slope is asked for."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over all judgements, each counted once, with its 95 % interval; `low` and `high` are nan where n is 0."""

    value: float
    low: float
    high: float
    n: int
    people: int


@dataclass(frozen=True, slots=True)
class Slope:
    """Accuracy gained for each further choice learnt from (share, not points), its 95 % interval and p-value."""

    value: float
    low: float
    high: float
    p: float
    intercept: float


def share(observations: Sequence[Observation], seed: int) -> Mean:
    """The share of hits and its interval: the cluster bootstrap's, and never narrower than Wilson's.

    Wilson's takes all choices as independent, which is the least uncertainty there can be; it also speaks where every
    judgement is a hit, and a bootstrap has nothing to draw from.
    """
    if not observations:
        return Mean(math.nan, math.nan, math.nan, 0, 0)
    hits, n = sum(one.value for one in observations), len(observations)
    low, high = _bootstrap(_sums(observations, lambda group: (sum(one.value for one in group), len(group))), seed)
    floor, ceiling = Accuracy(round(hits), n).interval()
    return Mean(hits / n, min(low, floor), max(high, ceiling), n, _people(observations))


def mean_difference(observations: Sequence[Observation], seed: int) -> Mean:
    """The mean of paired differences (1, 0 or -1 each), by the cluster bootstrap and never narrower than over choices.

    The interval over choices is the Wald interval of matched proportions with half a choice added to each of the four
    cells: Agresti and Min, Statistics in Medicine 24 (2005).
    """
    if not observations:
        return Mean(math.nan, math.nan, math.nan, 0, 0)
    n = len(observations)
    better, worse = (sum(one.value * sign > 0 for one in observations) for sign in (1, -1))
    low, high = _bootstrap(_sums(observations, lambda group: (sum(one.value for one in group), len(group))), seed)
    more = n + 2
    middle = (better - worse) / more
    half = 1.96 * math.sqrt(((better + worse + 1) / more - middle**2) / more)
    value = fmean(one.value for one in observations)
    return Mean(value, max(-1.0, min(low, middle - half)), min(1.0, max(high, middle + half)), n, _people(observations))


def sign_flip_p_value(observations: Sequence[Observation], seed: int) -> float:
    """How often paired differences as far from 0 arise where neither arm is better: two-sided.

    The signs of whole people are flipped (of conversations where there are fewer than five people), all ways where
    they are at most 5,000, else 5,000 drawn ones.
    """
    clusters = _clusters(observations)
    sums = [total for total in (sum(one.value for one in group) for group in clusters) if total]
    observed = abs(sum(sums))
    if 2 ** len(sums) <= _MOST_EXACT:
        ways: Iterable[Sequence[int]] = itertools.product((1, -1), repeat=len(sums))
        return _share_as_extreme((abs(sum(map(_times, sums, way))) for way in ways), observed)
    rng = random.Random(seed)
    drawn = (abs(sum(map(_times, sums, rng.choices((1, -1), k=len(sums))))) for _ in range(_MOST_EXACT))
    return _share_as_extreme(drawn, observed, observed_too=True)


def slope(observations: Sequence[Observation], seed: int) -> Slope | None:
    """The straight line of hits over sizes within choices, or None where no choice was judged at two sizes.

    Each unseen choice is compared with itself only, so that people with few choices, who are missing from the larger
    sizes, do not bend the line. Interval: the cluster bootstrap of this slope. P-value: two-sided, by dealing out each
    person's sizes anew (one deal a person, the same for all their unseen choices, because what was learnt at one size
    is shared by them), 5,000 times.
    """
    observations = sorted(observations, key=lambda one: (one.person, one.pair, one.size))
    centred = [_deviations(group) for group in _grouped(observations, lambda one: (one.person, one.pair))]
    flat = [one for group in centred for one in group]
    spread = sum(one.size**2 for one in flat)
    if spread <= _TOLERANCE:
        return None
    value = sum(one.size * one.value for one in flat) / spread
    low, high = _bootstrap(
        _sums(flat, lambda group: (sum(one.size * one.value for one in group), sum(one.size**2 for one in group))), seed
    )
    middle = fmean(one.value for one in observations) - value * fmean(one.size for one in observations)
    return Slope(value, low, high, _slope_p_value(observations, seed), middle)


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
    if math.prod(math.factorial(len(block)) for block in blocks) <= _MOST_EXACT:
        each = [[_fit(block, way) for way in itertools.permutations(range(len(block)))] for block in blocks]
        return _share_as_extreme((sum(fits) for fits in itertools.product(*each)), observed)
    rng = random.Random(seed)
    drawn = (
        sum(_fit(block, rng.sample(range(len(block)), len(block))) for block in blocks) for _ in range(_MOST_EXACT)
    )
    return _share_as_extreme(drawn, observed, observed_too=True)


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's t for a probability above one half and whole degrees of freedom, by bisection."""
    low, high = 0.0, 1e4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _student_within(middle, freedom) < 2 * probability - 1 else (low, middle)
    return (low + high) / 2


def _student_within(t: float, freedom: int) -> float:
    """P(|T| < t): Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine, odd = math.cos(angle), freedom % 2
    term = cosine if odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine**2 * (step - 1) / step
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total


def _bootstrap(people: Sequence[Sequence[tuple[float, float]]], seed: int) -> Interval:
    """The 95 % interval of sum of numerators over sum of denominators, `people` holding these sums by conversation."""
    rng = random.Random(seed)
    m = len(people)
    whole = [(sum(one[0] for one in person), sum(one[1] for one in person)) for person in people]
    ratios = []
    for _ in range(DRAWS):
        if m >= FEWEST_PEOPLE:
            drawn = rng.choices(whole, k=m)
        else:
            drawn = [part for person in rng.choices(people, k=m) for part in rng.choices(person, k=len(person))]
        under = sum(one[1] for one in drawn)
        if under > _TOLERANCE:
            ratios.append(sum(one[0] for one in drawn) / under)
    ratios.sort()
    outside = 0.025
    if m >= FEWEST_PEOPLE:
        outside = NormalDist().cdf(-math.sqrt(m / (m - 1)) * student_quantile(0.975, m - 1))
    return _quantile(ratios, outside), _quantile(ratios, 1 - outside)


def _quantile(ordered: Sequence[float], probability: float) -> float:
    place = probability * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _slope_p_value(observations: Sequence[Observation], seed: int) -> float:
    """Two-sided, over deals of each person's sizes. Only the numerator moves: a deal keeps the spread of sizes."""
    people = []
    for person in _grouped(observations, lambda one: (one.person,)):
        sizes = sorted({one.size for one in person})
        # Choices that were judged at all of the person's sizes: a deal of the others would change the spread.
        groups = [group for group in _grouped(person, lambda one: (one.pair,)) if len(group) == len(sizes)]
        values = [sum(one.value for group in groups for one in group if one.size == size) for size in sizes]
        middle = fmean(sizes)
        people.append(([size - middle for size in sizes], values))
    observed = abs(sum(_dot(sizes, values) for sizes, values in people))
    rng = random.Random(seed)
    drawn = (abs(sum(_dot(rng.sample(s, len(s)), values) for s, values in people)) for _ in range(_MOST_EXACT))
    return _share_as_extreme(drawn, observed, observed_too=True)


def _deviations(group: Sequence[Observation]) -> list[Observation]:
    size, value = fmean(one.size for one in group), fmean(one.value for one in group)
    return [Observation(one.person, one.conversation, one.pair, one.value - value, one.size - size) for one in group]


def _share_as_extreme(drawn: Iterable[float], observed: float, *, observed_too: bool = False) -> float:
    """The part of draws that reach the observed one; `observed_too` counts it in, where it is not among the draws."""
    reached = all_ = int(observed_too)
    for one in drawn:
        all_ += 1
        reached += one >= observed - _TOLERANCE
    return reached / all_


def _fit(block: Sequence[Sequence[float]], way: Sequence[int]) -> float:
    return sum(row[place] for row, place in zip(block, way, strict=True))


def _times(one: float, sign: int) -> float:
    return one * sign


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _people(observations: Sequence[Observation]) -> int:
    return len({one.person for one in observations})


def _grouped(
    observations: Sequence[Observation], key: Callable[[Observation], tuple[str, ...]]
) -> list[list[Observation]]:
    """Groups in the order of their keys, so that no result depends on the order in which judgements were made."""
    groups: dict[tuple[str, ...], list[Observation]] = {}
    for one in observations:
        groups.setdefault(key(one), []).append(one)
    return [groups[name] for name in sorted(groups)]


def _sums(
    observations: Sequence[Observation], both: Callable[[Sequence[Observation]], tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """Numerator and denominator by conversation, by person."""
    return [
        [both(talk) for talk in _grouped(person, lambda one: (one.conversation,))]
        for person in _grouped(observations, lambda one: (one.person,))
    ]


def _clusters(observations: Sequence[Observation]) -> list[list[Observation]]:
    if _people(observations) >= FEWEST_PEOPLE:
        return _grouped(observations, lambda one: (one.person,))
    return _grouped(observations, lambda one: (one.person, one.conversation))
