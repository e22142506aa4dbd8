"""Shares with their uncertainty: the beta distribution in plain Python, and how one is learnt from many people's counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_TINY = 1e-30
_STEPS = 200
_CLOSE = 1e-12
_USUAL_STRENGTH = 15.0
"""Choices that a share of most people weighs as much as, where the counts do not say otherwise."""
_FEWEST_PEOPLE = 3
_UNKNOWN = (5.0, 5.0)

Beta = tuple[float, float]


def beta_below(a: float, b: float, x: float) -> float:
    """The probability that a share with Beta(a, b) lies below x: the regularised incomplete beta function, by its
    continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(b, a, 1 - x)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b)) / a
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for part in (even, odd):
            d, c = 1 / _away(1 + part * d), _away(1 + part / c)
            change = c * d
            fraction *= change
        if abs(change - 1) < _CLOSE:
            break
    return min(1.0, front * fraction)


def log_evidence(prior: Beta, more: int, less: int) -> float:
    """Log-probability of these counts, in one order, under a share drawn from the prior."""
    a, b = prior
    return _log_beta(a + more, b + less) - _log_beta(a, b)


def fit_beta(counts: Sequence[tuple[int, int]]) -> Beta:
    """The distribution of people's shares from (more, less) of each: empirical Bayes, kept near a half and 15 choices.

    Beta(5, 5) where fewer than three people counted anything.
    """
    seen = [(more, less) for more, less in counts if more + less]
    if len(seen) < _FEWEST_PEOPLE:
        return _UNKNOWN

    def loss(at: tuple[float, float]) -> float:
        far = 0.5 * at[0] ** 2 + 0.5 * (at[1] - math.log(_USUAL_STRENGTH)) ** 2
        return far - sum(log_evidence(_beta_at(at), more, less) for more, less in seen)

    return _beta_at(_lowest(loss, (0.0, math.log(_USUAL_STRENGTH))))


def _lowest(loss: Callable[[tuple[float, float]], float], start: tuple[float, float]) -> tuple[float, float]:
    """Compass search: a step along an axis where it helps, half the step where none does."""
    at, lowest, step = start, loss(start), 0.5
    while step > 1e-6:
        tries = [(at[0] + dx, at[1] + dy) for dx, dy in ((step, 0), (-step, 0), (0, step), (0, -step))]
        best = min(tries, key=loss)
        value = loss(best)
        if value < lowest:
            at, lowest = best, value
        else:
            step /= 2
    return at


def _beta_at(at: tuple[float, float]) -> Beta:
    share, strength = 1 / (1 + math.exp(-at[0])), math.exp(at[1])
    return share * strength, (1 - share) * strength


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _away(value: float) -> float:
    """Away from 0, by which is divided."""
    return value if abs(value) > _TINY else _TINY
