"""One person's weights on rows of differences, from a normal prior with a mean and a variance for each column.

A row holds one choice as seen from the chosen answer, so P(chosen) = sigmoid(weights . row). The mode is found by
Newton's method and the spread around it is Laplace's (Bishop 2006, section 4.4); so is the evidence, which says how well
the prior foresaw the choices. Plain Python, some milliseconds for 30 choices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul

_STEPS = 50
_CLOSE = 1e-9

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Normal:
    """Weights that are independent of one another: a mean and a variance (above 0) for each column."""

    mean: tuple[float, ...]
    variance: tuple[float, ...]


@dataclass(frozen=True)
class Posterior:
    """What rows made of a prior: the likeliest weights, and the Cholesky factor of their precision.

    `factor` is about the columns `used` alone, those in which any row holds something; in the others the prior stands.
    """

    prior: Normal
    mean: tuple[float, ...]
    used: tuple[int, ...]
    factor: tuple[tuple[float, ...], ...]
    log_evidence: float
    """Natural logarithm of how likely the rows were beforehand."""

    def probability(self, row: Vector) -> float:
        """That the answer which the row speaks for is chosen; the less sure the weights, the nearer to a half."""
        middle = _dot(self.mean, row)
        return logistic(middle / math.sqrt(1 + math.pi / 8 * self._spread(row)))

    def _spread(self, row: Vector) -> float:
        seen = set(self.used)
        alone = sum(v * row[at] ** 2 for at, v in enumerate(self.prior.variance) if at not in seen)
        half = _forward(self.factor, [row[at] for at in self.used])
        return alone + _dot(half, half)

    @cached_property
    def variance(self) -> tuple[float, ...]:
        """The variance of each weight."""
        size = len(self.prior.mean)
        return tuple(self._spread([float(at == place) for at in range(size)]) for place in range(size))


def update(prior: Normal, rows: Sequence[Vector]) -> Posterior:
    """The prior after these rows, whatever their order; without rows the prior itself. Rows are as long as the prior."""
    rows = sorted(map(tuple, rows))
    used = tuple(at for at, column in enumerate(zip(*rows, strict=True)) if any(column))
    means, precisions = [prior.mean[at] for at in used], [1 / prior.variance[at] for at in used]
    told = [tuple(row[at] for at in used) for row in rows]
    columns = list(zip(*told, strict=True))
    weights, last, lowest = list(means), list(means), math.inf
    factor: list[list[float]] = []
    likelihood = distance = 0.0
    for _ in range(_STEPS):
        said = [_dot(row, weights) for row in told]
        apart = [weight - mean for weight, mean in zip(weights, means, strict=True)]
        likelihood = -sum(map(_softplus, said))
        distance = sum(p * d * d for p, d in zip(precisions, apart, strict=True))
        loss = distance / 2 - likelihood
        if loss > lowest + _CLOSE:
            # A step too far: half of it, until it leads down.
            weights = [(weight + before) / 2 for weight, before in zip(weights, last, strict=True)]
            continue
        lowest, last = loss, weights
        shares = [logistic(each) for each in said]
        missed = [1 - share for share in shares]
        slope = [_dot(column, missed) - p * d for column, p, d in zip(columns, precisions, apart, strict=True)]
        factor = _factor(_curvature(columns, list(map(mul, shares, missed)), precisions))
        step = _backward(factor, _forward(factor, slope))
        if max(map(abs, step), default=0.0) < _CLOSE:
            break
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
    mean = list(prior.mean)
    for at, weight in zip(used, last, strict=True):
        mean[at] = weight
    narrowed = sum(math.log(row[-1]) for row in factor) - sum(map(math.log, precisions)) / 2
    return Posterior(prior, tuple(mean), used, tuple(map(tuple, factor)), likelihood - distance / 2 - narrowed)


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _softplus(value: float) -> float:
    """-log(sigmoid(value))."""
    return math.log1p(math.exp(-abs(value))) + max(-value, 0.0)


def _curvature(columns: Sequence[Vector], scale: Vector, precisions: Vector) -> list[list[float]]:
    """The lower triangle of the sum over rows of scale x row x row, with the precisions on its diagonal."""
    found = []
    for place, column in enumerate(columns):
        scaled = list(map(mul, column, scale))
        line = [sum(map(mul, scaled, other)) for other in columns[: place + 1]]
        line[place] += precisions[place]
        found.append(line)
    return found


def _factor(matrix: Sequence[Vector]) -> list[list[float]]:
    """Cholesky's factor of a symmetric positive definite matrix, both as lower triangles."""
    factor: list[list[float]] = []
    for line in matrix:
        own: list[float] = []
        for other, entry in zip(factor, line, strict=False):
            # `other` is one longer than what of it takes part: zip and map end with the shorter.
            own.append((entry - sum(map(mul, own, other))) / other[-1])
        own.append(math.sqrt(line[-1] - sum(map(mul, own, own))))
        factor.append(own)
    return factor


def _forward(factor: Sequence[Vector], right: Vector) -> list[float]:
    half: list[float] = []
    for line, entry in zip(factor, right, strict=True):
        half.append((entry - sum(map(mul, half, line))) / line[-1])
    return half


def _backward(factor: Sequence[Vector], half: Vector) -> list[float]:
    whole = list(half)
    for place in reversed(range(len(factor))):
        line = factor[place]
        whole[place] /= line[-1]
        for before in range(place):
            whole[before] -= line[before] * whole[place]
    return whole


def _dot(one: Vector, other: Vector) -> float:
    total: float = sum(map(mul, one, other))
    return total
