"""Whose answers a person chooses: the models of their own verdicts in order, by Bradley and Terry (1952).

Every model has a strength, normal around 0 with a spread of 1 before anything is known: few verdicts move it little, and a model that won
all of three is not put above everything. "About the same" and "both are bad" are half a win each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.induction.counting.weights import Row, Weights, fit_weights

FEWEST_VERDICTS = 20
"""Before so many verdicts between two models nothing is said."""
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
    rows: list[Row] = []
    times: list[float] = []
    for (one, other), (won, lost, even) in sorted(counts.items()):
        for winner, loser, wins in ((one, other, won + even / 2), (other, one, lost + even / 2)):
            if one != other and wins:
                rows.append(_against(models, winner, loser))
                times.append(wins)
    fitted = fit_weights(rows, len(models), counts=times)
    order = sorted(range(len(models)), key=lambda at: (-fitted.values[at], models[at]))
    groups = _groups(order, models, fitted)
    return [_standing(models[at], counts, _beside_middle(at, len(models)), fitted, groups[at]) for at in order]


def _against(models: Sequence[str], one: str, other: str) -> list[float]:
    return [float(model == one) - float(model == other) for model in models]


def _beside_middle(at: int, n: int) -> list[float]:
    """One model against the mean of all."""
    return [float(place == at) - 1 / n for place in range(n)]


def _standing(model: str, counts: Counts, row: Row, fitted: Weights, group: int) -> Standing:
    wins = losses = even = 0
    for (one, other), (won, lost, neither) in counts.items():
        if one != other and model in (one, other):
            mine, theirs = (won, lost) if model == one else (lost, won)
            wins, losses, even = wins + mine, losses + theirs, even + neither
    strength, spread = fitted.log_odds(row), fitted.spread_of(row)
    low, high = strength - _SURE * spread, strength + _SURE * spread
    return Standing(model, wins, losses, even, _chance(strength), _chance(low), _chance(high), group)


def _groups(order: Sequence[int], models: Sequence[str], fitted: Weights) -> dict[int, int]:
    """Down the order, a new group begins with the first model that is surely weaker than the one its group began with."""
    groups: dict[int, int] = {}
    first, group = order[0], 1
    for at in order:
        row = _against(models, models[first], models[at])
        if fitted.log_odds(row) > _SURE * fitted.spread_of(row):
            first, group = at, group + 1
        groups[at] = group
    return groups


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
