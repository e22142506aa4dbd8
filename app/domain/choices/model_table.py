"""Whose answers a person chooses: the models of their own verdicts in order, by Bradley and Terry (1952).

Every model has a strength, normal around 0 with a spread of 1 before anything is known: few verdicts move it little, and a model that won
all of three is not put above everything. "About the same" and "both are bad" are half a win each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST_VERDICTS = 20
"""Before so many verdicts between two models nothing is said."""
_PRECISION = 1.0
_STEPS, _CLOSE = 50, 1e-9
_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Standing:
    """One model of the table.

    wins, losses, even  verdicts for it, against it, and for neither
    share               probability that its answer is chosen over that of a model in the middle of the table
    low, high           the 95 % interval of it
    group               1 for the foremost; models of one group cannot be told apart from the first of it
    """

    model: str
    wins: int
    losses: int
    even: int
    share: float
    low: float
    high: float
    group: int


Counts = Mapping[tuple[str, str], tuple[int, int, int]]
"""Two models -> verdicts for the first, for the second, and for neither; each two in one order."""


def verdicts_in(counts: Counts) -> int:
    """How many verdicts there are between two different models."""
    return sum(sum(each) for (one, other), each in counts.items() if one != other)


def model_table(counts: Counts) -> list[Standing]:
    """The models in order, the most often chosen first; empty below 20 verdicts. Equal counts, equal table."""
    if verdicts_in(counts) < FEWEST_VERDICTS:
        return []
    models = sorted({model for two in counts for model in two if two[0] != two[1]})
    place = {model: number for number, model in enumerate(models)}
    met = [
        (place[one], place[other], won + even / 2, won + lost + even)
        for (one, other), (won, lost, even) in counts.items()
        if one != other
    ]
    strengths, spread = _fitted(met, len(models))
    order = sorted(range(len(models)), key=lambda at: (-strengths[at], models[at]))
    groups = _groups(order, strengths, spread)
    middle = sum(strengths) / len(models)
    return [
        _standing(models[at], counts, strengths[at] - middle, _beside_middle(at, spread), groups[at]) for at in order
    ]


def _standing(model: str, counts: Counts, strength: float, spread: float, group: int) -> Standing:
    wins = losses = even = 0
    for (one, other), (won, lost, neither) in counts.items():
        if one != other and model in (one, other):
            mine, theirs = (won, lost) if model == one else (lost, won)
            wins, losses, even = wins + mine, losses + theirs, even + neither
    low, high = strength - _SURE * spread, strength + _SURE * spread
    return Standing(model, wins, losses, even, _chance(strength), _chance(low), _chance(high), group)


def _fitted(met: Sequence[tuple[int, int, float, int]], n: int) -> tuple[list[float], list[list[float]]]:
    """The likeliest strengths by Newton's steps, and their covariance by Laplace."""
    strengths, inverse = [0.0] * n, [[0.0] * n]
    for _ in range(_STEPS):
        slope = [-_PRECISION * each for each in strengths]
        bend = [[_PRECISION if row == column else 0.0 for column in range(n)] for row in range(n)]
        for one, other, won, total in met:
            chance = _chance(strengths[one] - strengths[other])
            slope[one] += won - total * chance
            slope[other] -= won - total * chance
            weight = total * chance * (1 - chance)
            bend[one][one] += weight
            bend[other][other] += weight
            bend[one][other] -= weight
            bend[other][one] -= weight
        inverse = _inverse(bend)
        step = [sum(a * b for a, b in zip(row, slope, strict=True)) for row in inverse]
        strengths = [each + move for each, move in zip(strengths, step, strict=True)]
        if max(map(abs, step)) < _CLOSE:
            break
    return strengths, inverse


def _beside_middle(at: int, spread: Sequence[Sequence[float]]) -> float:
    """How far the difference of one strength to the mean of all may be off: one standard deviation."""
    n = len(spread)
    own, mine, all_of_it = spread[at][at], sum(spread[at]), sum(map(sum, spread))
    return math.sqrt(own - 2 * mine / n + all_of_it / n**2)


def _groups(order: Sequence[int], strengths: Sequence[float], spread: Sequence[Sequence[float]]) -> dict[int, int]:
    """Down the order, a new group begins with the first model that is surely weaker than the one its group began with."""
    groups: dict[int, int] = {}
    first, group = order[0], 1
    for at in order:
        apart = strengths[first] - strengths[at]
        if apart > _SURE * math.sqrt(spread[first][first] + spread[at][at] - 2 * spread[first][at]):
            first, group = at, group + 1
        groups[at] = group
    return groups


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Of a matrix whose diagonal outweighs its rows, so that no rows need change places."""
    n = len(matrix)
    rows = [[*row, *(float(at == column) for column in range(n))] for at, row in enumerate(matrix)]
    for at in range(n):
        pivot = rows[at][at]
        rows[at] = [each / pivot for each in rows[at]]
        for other in range(n):
            if other != at and (factor := rows[other][at]):
                rows[other] = [mine - factor * theirs for mine, theirs in zip(rows[other], rows[at], strict=True)]
    return [row[n:] for row in rows]


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
