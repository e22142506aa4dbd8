"""What counting says of each choice by those that do not belong with it, and whether anything may be said of a taste.

The gate has three doors. The evidence of the three parts is three times a coin's; or the choices foresee one another so well that
a coin would in three tries of a hundred at most; or all of them that differ in one thing went one way in it, as of one thing or
another a coin's do in two of a hundred. The second is for people who choose alike where the answers hardly differ: the weights
expect little there, and so gain little by being right. The third is for who goes by one thing that most people do not go by: what
most people choose is then wrong of half their choices, and outweighs the one thing in both other doors.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.decisions import decisions_of
from app.domain.choices.preference import PreferencePair, together
from app.domain.measures import Row, sides
from app.induction.counting.counted_model import CountedModel, fit_each_without
from app.induction.counting.prior import CountedPrior
from app.induction.counting.weights import chance_of_foresight

FORESEEN = 0.03
ONE_WAY = 0.02
_FEWEST = 6
"""Of five choices that all agree, one in 32 people without any taste would make each kind."""
_MOST_PARTS = 30
_SEED = 0


def passes(model: CountedModel, pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior) -> bool:
    """Whether a taste may be spoken of. `model` is that of all `rows`, one a decision of `pairs`."""
    if model.passes or goes_by_one_thing(rows):
        return True
    if len(rows) < _FEWEST:
        return False
    return chance_of_foresight(foreseen(pairs, rows, prior), _SEED, crossed=True) <= FORESEEN


def goes_by_one_thing(rows: Sequence[Row]) -> bool:
    """Whether in some measure all choices that differ in it went one way, and are so many that of a coin's choices this happens in
    two tries of a hundred at most, whichever measure it be.

    Bonferroni's bound, over those measures alone that differ often enough to reach it (Tarone 1990): at ten choices that differ in up
    to ten measures, ten of ten.
    """
    counts = [(column.count(1), column.count(-1)) for column in zip(*map(sides, rows), strict=True)]
    by_chance = [2.0 ** (1 - more - less) for more, less in counts]
    level = next(ONE_WAY / k for k in range(1, len(counts) + 2) if sum(p <= ONE_WAY / k for p in by_chance) <= k)
    return any(min(counted) == 0 and p <= level for counted, p in zip(counts, by_chance, strict=True))


def foreseen(pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior) -> list[float]:
    """The log-odds of each decision by a model of those in other parts, in the order of `rows`."""
    return [model.log_odds_of(row) for model, row in zip(each_without(pairs, rows, prior), rows, strict=True)]


def each_without(pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior) -> list[CountedModel]:
    """For each decision the model of those in other parts; `rows` are one a decision, in time order."""
    places = {pair.pair_id: place for place, one in enumerate(decisions_of(pairs)) for pair in one.pairs}
    groups = [sorted({places[pair.pair_id] for pair in part}) for part in parts_of(pairs)]
    models = fit_each_without(rows, groups, prior)
    by_place = {place: model for group, model in zip(groups, models, strict=True) for place in group}
    return [by_place[place] for place in range(len(rows))]


def parts_of(pairs: Sequence[PreferencePair]) -> list[list[PreferencePair]]:
    """The pairs in up to thirty parts that are guessed from one another; what belongs together stays so."""
    groups = together(sorted(pairs, key=lambda pair: (pair.seq, pair.pair_id)))
    parts: list[list[PreferencePair]] = [[] for _ in range(min(_MOST_PARTS, len(groups)))]
    for group in sorted(groups, key=len, reverse=True):
        min(parts, key=len).extend(group)
    return parts
