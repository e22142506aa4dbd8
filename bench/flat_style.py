"""The style model that counted before 2026-11-27, kept for the comparison alone: eight measures by sign, from nothing."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.preference import PreferencePair
from app.domain.personas.style import MEASURES, lead
from app.induction.counting.weights import Weights, fit_weights

FlatRow = tuple[float, ...]


def flat_row(pair: PreferencePair) -> FlatRow:
    """1 where the chosen answer has more of a measure, -1 less, 0 hardly differs."""
    return tuple(float(lead(measure, pair.chosen.text, pair.rejected.text)) for measure in MEASURES)


def fit_flat(rows: Sequence[FlatRow]) -> Weights:
    """Ridge logistic regression, shrunk to 0."""
    return fit_weights(sorted(rows), len(MEASURES))
