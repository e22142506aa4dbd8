"""A judge from counting: what one person's choices say, on top of what most people choose. It asks no model.

A person may be like most, of a taste of their own, or the contrary of most in length (prior.py). Each of the three is
brought up to date by the choices, and its share grows with how well it foresaw them. The guess for a pair is the sum of the
three, by their shares.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.choices.preference import PreferencePair
from app.domain.measures import Row, row_of, rows_of
from app.induction.counting.posterior import Posterior, update
from app.induction.counting.prior import CONTRARY, OWN, PARTS, SHARES, CountedPrior

GATE = 3.0
"""How many times likelier than a coin's the choices must be for a taste to be spoken of."""
_NEVER_SURER = 1e-6


@dataclass(frozen=True, slots=True)
class CountedModel:
    """One person's choices as counting sees them.

    parts    the three posteriors, in the order of `PARTS`; shares   how likely each is by now
    ratio    how many times likelier the choices are than a coin's, as a natural logarithm
    """

    parts: tuple[Posterior, ...]
    shares: tuple[float, ...]
    ratio: float
    choices: int

    @property
    def passes(self) -> bool:
        """Whether the choices are at least three times likelier than a coin's: the first door of the gate (foresight.py).
        About one coin in sixteen comes through (docs/experiments.md)."""
        return self.choices > 0 and self.ratio >= math.log(GATE)

    def share(self, part: str) -> float:
        """How likely it is that the person is of this part (`PARTS`)."""
        return self.shares[PARTS.index(part)]

    def probability(self, row: Row) -> float:
        """That the answer which the row speaks for is chosen."""
        return sum(share * part.probability(row) for share, part in zip(self.shares, self.parts, strict=True))

    def log_odds_of(self, row: Row) -> float:
        """Natural log-odds that the answer which the row speaks for is chosen; 0 for a row of zeros."""
        if not any(row):
            return 0.0
        sure = min(1 - _NEVER_SURER, max(_NEVER_SURER, self.probability(row)))
        return math.log(sure / (1 - sure))

    def log_odds(self, pair: PreferencePair) -> float:
        """Natural log-odds of the person's real choice; 0 where nothing that is counted differs."""
        return self.log_odds_of(row_of(pair))


def longer_log_odds(pair: PreferencePair) -> float:
    """The rule that counting is held against: 1 where the longer answer was chosen, -1 where the shorter one was, 0 where
    their lengths differ by a tenth or less."""
    chosen, other = len(pair.chosen.text.strip()), len(pair.rejected.text.strip())
    if abs(chosen - other) <= 0.1 * max(chosen, other):
        return 0.0
    return 1.0 if chosen > other else -1.0


def of_shares(*, contrary: float, own: float, prior: CountedPrior) -> CountedModel:
    """What counting foresees of somebody of whom only the shares of the parts are known, as a persona document keeps them: each part
    stands as it does before any choice. `choices` is 0, and `ratio` too."""
    known = {CONTRARY: contrary, OWN: own}
    shares = tuple(known.get(part, 1 - contrary - own) for part in PARTS)
    return CountedModel(tuple(update(part, ()) for part in prior.parts), shares, 0.0, 0)


def fit_counted(pairs: Sequence[PreferencePair], prior: CountedPrior) -> CountedModel:
    """What the choices say, whatever their order; of none, what most people do."""
    return fit_rows(rows_of(pairs), prior)


def fit_rows(rows: Sequence[Row], prior: CountedPrior) -> CountedModel:
    """The same of choices that are measured already."""
    parts = tuple(update(part, rows) for part in prior.parts)
    logs = [math.log(share) + part.log_evidence for share, part in zip(SHARES, parts, strict=True)]
    most = max(logs)
    weights = [math.exp(each - most) for each in logs]
    total = sum(weights)
    ratio = most + math.log(total) + len(rows) * math.log(2)
    return CountedModel(parts, tuple(weight / total for weight in weights), ratio, len(rows))


def fit_each_without(
    rows: Sequence[Row], left_out: Sequence[Collection[int]], prior: CountedPrior
) -> list[CountedModel]:
    """For each entry of `left_out` (places in `rows`, each once) the model of all other choices; equal entries share a
    fit."""
    fits: dict[tuple[int, ...], CountedModel] = {}
    models = []
    for places in left_out:
        gone = tuple(sorted(places))
        if gone not in fits:
            fits[gone] = fit_rows([row for place, row in enumerate(rows) if place not in set(gone)], prior)
        models.append(fits[gone])
    return models
