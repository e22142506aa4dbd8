"""The learning curve as a straight line: what one further choice is worth, and how sure the line is at every size.

The band is one of the line itself: whole people are drawn anew, the line is fitted to each draw, and its height is read off at
every size. It therefore has width everywhere, and most at the ends. A band of the slope alone would have none in the middle.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from app.domain.personas.persona import wilson
from app.induction.proof.resampling import (
    MOST_EXACT,
    TOLERANCE,
    Observation,
    Sums,
    grouped,
    interval,
    redrawn,
    share_as_extreme,
    sums,
)

_STEPS = 16
"""Places between the smallest size and the largest at which the band is told, besides the sizes themselves."""


@dataclass(frozen=True, slots=True)
class Height:
    """The line at one size, with its 95 % interval."""

    size: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """Accuracy gained for each further choice learnt from (share, not points) with its 95 % interval; the accuracy that
    the line would have at none; and its band, from the smallest size that was learnt from to the largest."""

    slope: float
    low: float
    high: float
    intercept: float
    band: tuple[Height, ...]

    def crosses(self, level: float) -> float | None:
        """The size at which the line has this height; None where that is not between the sizes that were measured."""
        if abs(self.slope) <= TOLERANCE:
            return None
        size = (level - self.intercept) / self.slope
        return size if self.band[0].size <= size <= self.band[-1].size else None


def line(observations: Sequence[Observation], seed: int) -> Line | None:
    """The straight line of hits over sizes within choices, or None where no choice was judged at two sizes.

    Each unseen choice is compared with itself only, so that people with few choices, who are missing from the larger
    sizes, do not bend the line. It goes through the mean size and the mean of all judgements. Intervals: the cluster
    bootstrap of slope and line, never narrower than they would be for as many independent judgements: by least squares
    for the slope, and by Wilson's interval in the middle of the band.
    """
    observations = sorted(observations, key=lambda one: (one.person, one.pair, one.size))
    parts = sums(observations, _line_sums)
    whole: Sums = tuple(map(sum, zip(*(talk for person in parts for talk in person), strict=True)))
    if not whole or whole[-1] <= TOLERANCE:
        return None
    drawn = [one for one in redrawn(parts, seed) if one[-1] > TOLERANCE]
    value, least = _slope(whole), 1.96 * _independent_error(observations, whole)
    low, high = interval([_slope(one) for one in drawn], len(parts))
    sizes = sorted({one.size for one in observations})
    places = {*sizes, *(sizes[0] + (sizes[-1] - sizes[0]) * at / _STEPS for at in range(1, _STEPS))}
    band = [_at(size, whole, drawn, least, len(parts)) for size in sorted(places)]
    return Line(value, min(low, value - least), max(high, value + least), _height(whole, 0.0), tuple(band))


def _at(size: float, whole: Sums, drawn: Sequence[Sums], least: float, people: int) -> Height:
    """The line at one size; `least` is half the width that the slope's interval has at least."""
    value, n = _height(whole, size), whole[0]
    low, high = interval([_height(one, size) for one in drawn], people)
    inside = min(1.0, max(0.0, value))
    floor, ceiling = wilson(inside * n, round(n))
    turned = least * (size - whole[2] / n)
    low = min(low, inside - math.hypot(inside - floor, turned))
    high = max(high, inside + math.hypot(ceiling - inside, turned))
    return Height(size, value, max(0.0, low), min(1.0, high))


def _independent_error(observations: Sequence[Observation], whole: Sums) -> float:
    """The standard error of the slope by least squares, as if no two judgements went together; 0 on an exact line."""
    choices = grouped(observations, lambda one: (one.person, one.pair))
    spread = sum((one.value - fmean(each.value for each in choice)) ** 2 for choice in choices for one in choice)
    freedom = len(observations) - len(choices) - 1
    left = max(0.0, spread - _slope(whole) ** 2 * whole[4])
    return math.sqrt(left / freedom / whole[4]) if freedom > 0 else 0.0


def _line_sums(talk: Sequence[Observation]) -> Sums:
    """Of one conversation: judgements, hits, sizes; and within choices the products of sizes and hits, and of sizes."""
    across, spread = 0.0, 0.0
    for choice in grouped(talk, lambda one: (one.pair,)):
        size, value = fmean(one.size for one in choice), fmean(one.value for one in choice)
        across += sum((one.size - size) * (one.value - value) for one in choice)
        spread += sum((one.size - size) ** 2 for one in choice)
    return len(talk), sum(one.value for one in talk), sum(one.size for one in talk), across, spread


def _slope(total: Sums) -> float:
    return total[3] / total[4]


def _height(total: Sums, size: float) -> float:
    n, hits, sizes, _, _ = total
    return hits / n + _slope(total) * (size - sizes / n)


def slope_p_value(observations: Sequence[Observation], seed: int) -> float:
    """How often a slope as steep arises where the number of choices learnt from changes nothing: two-sided.

    Each person's sizes are dealt out anew, 5,000 times: one deal a person, the same for all their unseen choices, because
    what was learnt at one size is shared by them.
    """
    observations = sorted(observations, key=lambda one: (one.person, one.pair, one.size))
    people = []
    for person in grouped(observations, lambda one: (one.person,)):
        sizes = sorted({one.size for one in person})
        # Choices that were judged at all of the person's sizes: a deal of the others would change the spread.
        groups = [group for group in grouped(person, lambda one: (one.pair,)) if len(group) == len(sizes)]
        values = [sum(one.value for group in groups for one in group if one.size == size) for size in sizes]
        middle = fmean(sizes)
        people.append(([size - middle for size in sizes], values))
    # Only the numerator moves: a deal keeps the spread of sizes.
    observed = abs(sum(_dot(sizes, values) for sizes, values in people))
    rng = random.Random(seed)
    drawn = (abs(sum(_dot(rng.sample(s, len(s)), values) for s, values in people)) for _ in range(MOST_EXACT))
    return share_as_extreme(drawn, observed, observed_too=True)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
