"""A model of one person's choices from what can be counted in answers alone: a baseline, and facts shown beside the persona.

The same regularised regression as for traits (weights.py) over the measures of domain/style.py. It costs no call. Counts
enter as the sign of the difference, so that one huge answer cannot outweigh the rest. A choice is thus a row of -1, 0 and
1, and many choices share one: leaving each of N choices out in turn measures N choices and fits as many models as there
are different rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.preference import PreferencePair
from app.domain.style import MEASURES, lead
from app.induction.counting.weights import Weights, fit_weights

Row = tuple[float, ...]
"""One entry a measure, in the order of `MEASURES`: 1 where the chosen answer has more of it, -1 less, 0 hardly differs."""


@dataclass(frozen=True, slots=True)
class StyleModel:
    """Weights over the measures, shrunk to 0."""

    weights: Weights

    def log_odds(self, pair: PreferencePair) -> float:
        """Log-odds of the person's real choice; 0 where nothing that counts for this person differs."""
        return self.weights.log_odds(_row(pair))


def fit_style(pairs: Sequence[PreferencePair]) -> StyleModel:
    """The style model of the choices, whatever their order; of none, one that says nothing."""
    return _fit(Counter(_row(pair) for pair in pairs))


def fit_each_without(pairs: Sequence[PreferencePair], left_out: Sequence[Collection[int]]) -> list[StyleModel]:
    """For each entry of `left_out` (places in `pairs`, each once) the style model of all other choices.

    Equal to `fit_style` of the others, but each choice is measured once however many there are, and entries that leave
    out equal rows share a fit.
    """
    rows = [_row(pair) for pair in pairs]
    all_rows = Counter(rows)
    fits: dict[tuple[Row, ...], StyleModel] = {}
    models = []
    for places in left_out:
        gone = tuple(sorted(rows[place] for place in places))
        if gone not in fits:
            fits[gone] = _fit(all_rows - Counter(gone))
        models.append(fits[gone])
    return models


def longer_log_odds(pair: PreferencePair) -> float:
    """1 where the longer answer was chosen, -1 where the shorter one was, 0 where they hardly differ."""
    return _row(pair)[0]


def _row(pair: PreferencePair) -> Row:
    return tuple(float(lead(measure, pair.chosen.text, pair.rejected.text)) for measure in MEASURES)


def _fit(counts: Mapping[Row, int]) -> StyleModel:
    rows = [row for row in sorted(counts) for _ in range(counts[row])]
    return StyleModel(fit_weights(rows, len(MEASURES)))
