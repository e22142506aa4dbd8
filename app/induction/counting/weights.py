"""A small regularised model over votes: logistic regression on differences, with the uncertainty of its weights.

Each row holds one choice as seen from the chosen answer: a positive entry speaks for what was chosen, a negative one
against it, 0 says nothing; it may weigh as so many. There is no intercept, because chosen and rejected have no order here. The prior is a normal
with mean 0 on each weight (ridge); the spread is its Laplace approximation (Bishop 2006, section 4.4). It costs no call.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

PRIOR_SD = 1.0
_STEPS = 50
_CLOSE = 1e-8
FLIPS = 2000

Row = Sequence[float]


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a column with its posterior standard deviation, both in log-odds per unit of the column."""

    values: tuple[float, ...]
    spreads: tuple[float, ...]
    _curvature: Sequence[Row] = field(default=(), repr=False, compare=False)

    def log_odds(self, row: Row) -> float:
        """Log-odds that the answer the row speaks for is the one chosen."""
        return sum(weight * entry for weight, entry in zip(self.values, row, strict=True))

    def spread_of(self, row: Row) -> float:
        """Posterior standard deviation of the log-odds of a row, of weights that were fitted."""
        return _spread(self._curvature, row)

    def is_positive(self, column: int) -> float:
        """Posterior probability that the weight of a column is above 0; one half where nothing was seen."""
        deviations: float = self.values[column] / self.spreads[column]
        return 0.5 * (1 + math.erf(deviations / math.sqrt(2)))


def fit_weights(
    rows: Sequence[Row], columns: int, prior_sd: float = PRIOR_SD, counts: Sequence[float] | None = None
) -> Weights:
    """The weights under which the choices in `rows` are likeliest, shrunk to 0. Without rows: 0 with the prior's spread.

    `counts`: how many choices each row stands for; one each where they are not given.
    """
    weighed = list(zip(rows, counts or [1.0] * len(rows), strict=True))
    ridge = 1 / (prior_sd * prior_sd)
    values = [0.0] * columns
    curvature = _scaled_identity(columns, ridge)
    for _ in range(_STEPS):
        slope, curvature = _slope_and_curvature(weighed, values, ridge)
        step = _solve(curvature, slope)
        values = [value + change for value, change in zip(values, step, strict=True)]
        if max(map(abs, step), default=0.0) < _CLOSE:
            break
    spreads = tuple(_spread(curvature, unit) for unit in _scaled_identity(columns, 1.0))
    return Weights(tuple(values), spreads, curvature)


def chance_of(rows: Sequence[Row], columns: int, seed: int) -> float:
    """How often choices without any taste would agree with some column, or with several, as strongly as these do.

    A sign-flip test: without taste, which of two answers was chosen is a coin, so the signs of each row are drawn anew
    2,000 times (seeded). Two measures are taken, the strongest column and the sum over columns; of their two ranks the
    better counts, and is itself ranked among the draws. The result lies above 0 and is at most 1; 1 without rows.
    """
    scale = [math.sqrt(sum(row[column] ** 2 for row in rows)) for column in range(columns)]
    used = [column for column in range(columns) if scale[column] > 0]
    if not used:
        return 1.0
    plain = [[row[column] / scale[column] for column in used] for row in rows]
    rng = random.Random(seed)
    measured = [_agreement(plain, [1] * len(plain))]
    for _ in range(FLIPS):
        bits = rng.getrandbits(len(plain))
        measured.append(_agreement(plain, [1 if bits >> place & 1 else -1 for place in range(len(plain))]))
    by_strongest, by_sum = (_ranks([each[which] for each in measured]) for which in (0, 1))
    best = [min(pair) for pair in zip(by_strongest, by_sum, strict=True)]
    return sum(each <= best[0] for each in best) / len(best)


def chance_of_foresight(said: Sequence[float], seed: int, *, crossed: bool) -> float:
    """How often choices without any taste would agree as much with what was said of them before they were seen.

    `said` holds the log-odds of each real choice by a model that did not learn from it. A one-sided sign-flip test of
    their sum with 2,000 seeded draws; above 0 and at most 1, 1 where nothing was said.

    `crossed` where the choices foresaw one another in folds. Two choices of different folds then speak twice of whether
    they agree, so without taste the sum spreads up to the square root of 2 wider than the draws do: with y the signs,
    Var(sum of y_i y_j K_ij) is the sum over pairs of (K_ij + K_ji)^2, at most twice that of K_ij^2 + K_ji^2. The draws
    are widened by as much.
    """
    if not any(said):
        return 1.0
    rng = random.Random(seed)
    least = round(sum(said) / math.sqrt(2 if crossed else 1), 9)
    reached = sum(round(sum(one if rng.getrandbits(1) else -one for one in said), 9) >= least for _ in range(FLIPS))
    return (reached + 1) / (FLIPS + 1)


def _agreement(rows: Sequence[Row], signs: Sequence[int]) -> tuple[float, float]:
    sums = [sum(sign * entry for sign, entry in zip(signs, column, strict=True)) for column in zip(*rows, strict=True)]
    # Rounded, so that what is equal in exact arithmetic ties, in whatever order the rows were added up.
    return round(max(map(abs, sums)), 9), round(sum(each * each for each in sums), 9)


def _ranks(values: Sequence[float]) -> list[int]:
    """How many of the values are at least as large as each of them (itself included)."""
    ordered = sorted(values)
    below: dict[float, int] = {}
    for place, value in enumerate(ordered):
        below.setdefault(value, place)
    return [len(values) - below[value] for value in values]


def _slope_and_curvature(
    weighed: Sequence[tuple[Row, float]], values: Sequence[float], ridge: float
) -> tuple[list[float], list[list[float]]]:
    columns = len(values)
    slope = [-ridge * value for value in values]
    curvature = _scaled_identity(columns, ridge)
    for row, count in weighed:
        said = [(column, entry) for column, entry in enumerate(row) if entry]
        share = _logistic(sum(values[column] * entry for column, entry in said))
        for column, entry in said:
            slope[column] += count * (1 - share) * entry
            for other, its in said:
                curvature[column][other] += count * share * (1 - share) * entry * its
    return slope, curvature


def _spread(curvature: Sequence[Row], row: Row) -> float:
    return math.sqrt(sum(entry * part for entry, part in zip(row, _solve(curvature, row), strict=True)))


def _scaled_identity(size: int, scale: float) -> list[list[float]]:
    return [[scale if row == column else 0.0 for column in range(size)] for row in range(size)]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a symmetric positive definite system, by Cholesky's factor."""
    size = len(right)
    factor = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - sum(factor[row][k] * factor[column][k] for k in range(column))
            factor[row][column] = math.sqrt(rest) if row == column else rest / factor[column][column]
    half: list[float] = []
    for row in range(size):
        half.append((right[row] - sum(factor[row][k] * half[k] for k in range(row))) / factor[row][row])
    whole = [0.0] * size
    for row in reversed(range(size)):
        rest = half[row] - sum(factor[k][row] * whole[k] for k in range(row + 1, size))
        whole[row] = rest / factor[row][row]
    return whole
