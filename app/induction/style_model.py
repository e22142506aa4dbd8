"""A model of one person's choices from what can be counted in answers alone: a baseline, and facts shown beside the persona.

The same regularised regression as for traits (weights.py) over the measures of domain/style.py. It costs no call. Counts
enter as the sign of the difference, so that one huge answer cannot outweigh the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.preference import PreferencePair
from app.domain.style import MEASURES, lead
from app.induction.weights import Weights, fit_weights


@dataclass(frozen=True, slots=True)
class StyleModel:
    """Weights over the measures, shrunk to 0."""

    weights: Weights

    def log_odds(self, pair: PreferencePair) -> float:
        """Log-odds of the person's real choice; 0 where nothing that counts for this person differs."""
        return self.weights.log_odds(_row(pair))


def fit_style(pairs: Sequence[PreferencePair]) -> StyleModel:
    """The style model of the choices; of none, one that says nothing."""
    return StyleModel(fit_weights([_row(pair) for pair in pairs], len(MEASURES)))


def longer_log_odds(pair: PreferencePair) -> float:
    """1 where the longer answer was chosen, -1 where the shorter one was, 0 where they hardly differ."""
    return float(lead(MEASURES[0], pair.chosen.text, pair.rejected.text))


def _row(pair: PreferencePair) -> list[float]:
    return [float(lead(measure, pair.chosen.text, pair.rejected.text)) for measure in MEASURES]
